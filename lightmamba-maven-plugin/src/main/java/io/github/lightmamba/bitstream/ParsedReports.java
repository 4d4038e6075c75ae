package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.CsynthReport;
import io.github.lightmamba.vitis.SystemEstimate;
import io.github.lightmamba.vitis.TimingSummary;
import io.github.lightmamba.vitis.Utilisation;
import io.github.lightmamba.vitis.XclbinInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads every report that the steps of a build left, for {@code report.json}. */
final class ParsedReports {
  /** The kind of figures of synthesis. */
  static final String ESTIMATED = "estimated by synthesis";

  /** The kind of figures after routing. */
  static final String ROUTED = "computed by the tool after routing";

  /** Reports by their names; the first form that fits counts. */
  private static final List<Form> FORMS =
      List.of(
          new Form("(?:.*_)?csynth\\.xml", ESTIMATED, CsynthReport::read),
          new Form("system_estimate.*\\.xtxt", "estimated by the tool, before placement", SystemEstimate::read),
          new Form(".*timing_summary.*(?:routed|physopted)\\.rpt", ROUTED, TimingSummary::read),
          new Form(".*_util.*routed\\.rpt", ROUTED, Utilisation::read),
          new Form(".*_util.*placed\\.rpt", "computed by the tool after placement", Utilisation::read),
          new Form(".*_util.*synthed\\.rpt", "estimated by the tool, before placement", Utilisation::read),
          new Form(".*\\.xclbin\\.info", "what xclbinutil says of the bitstream", XclbinInfo::read));

  private record Form(Pattern name, String kind, Function<Path, Record> reader) {
    Form(String name, String kind, Function<Path, Record> reader) {
      this(Pattern.compile(name), kind, reader);
    }
  }

  private ParsedReports() {}

  /**
   * Reads the reports of steps.
   *
   * @param folders of the finished steps; each has the name of its step
   * @param progress is told of a report that cannot be read: it is named in the result, and ends no build
   * @return figures by step and path of the report
   */
  static Map<String, Map<String, Object>> read(List<Path> folders, Progress progress) throws IOException {
    Map<String, Map<String, Object>> all = new TreeMap<>();
    for (Path folder : folders) {
      for (Path file : StepFiles.below(folder, path -> form(path).isPresent())) {
        String name = folder.getFileName() + "/" + folder.relativize(file).toString().replace('\\', '/');
        Form form = form(file).orElseThrow();
        try {
          all.put(name, ParsedReport.of(form.kind(), form.reader().apply(file)));
        } catch (LightMambaException e) {
          progress.warn("a report is not read: " + e.getMessage());
          all.put(name, Map.of("kind", "not read", "why", e.getMessage()));
        }
      }
    }
    return all;
  }

  private static Optional<Form> form(Path file) {
    String name = file.getFileName().toString();
    return FORMS.stream().filter(form -> form.name().matcher(name).matches()).findFirst();
  }
}

package io.github.lightmamba.vitis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The synthesis reports of one kernel: the aggregate for the list of modules, the report of each module for its
 * figures, because the aggregate's interval is not the module's.
 *
 * @param aggregate {@code csynth.xml}
 * @param modules {@code <module>_csynth.xml} by module
 */
public record CsynthReports(Optional<CsynthReport> aggregate, Map<String, CsynthReport> modules) {
  private static final int MAX_DEPTH = 12;
  private static final int MAX_FILES = 5_000;

  /**
   * Finds and reads the reports of a kernel. The classic flow leaves them in
   * {@code <temp_dir>/<kernel>/<kernel>/<kernel>/solution/syn/report}, and only with {@code --save-temps}; the flow
   * {@code --mode hls} in {@code <work_dir>/hls/syn/report}.
   *
   * @param folder the temporary or work folder of the compilation of one kernel
   * @throws io.github.lightmamba.error.LightMambaException
   *     {@link io.github.lightmamba.error.ErrorCode#REPORT_UNREADABLE} if there is none, or one is malformed
   */
  public static CsynthReports read(Path folder) {
    Map<String, CsynthReport> modules = new TreeMap<>();
    Optional<CsynthReport> aggregate = Optional.empty();
    for (Path file : files(folder)) {
      CsynthReport report = CsynthReport.read(file);
      if (file.getFileName().toString().equals("csynth.xml")) {
        aggregate = Optional.of(report);
      } else {
        modules.put(report.module().name(), report);
      }
    }
    if (aggregate.isEmpty() && modules.isEmpty()) {
      throw ReportText.unreadable(folder, "there is no syn/report/*csynth.xml in it.", null);
    }
    return new CsynthReports(aggregate, modules);
  }

  /** Returns the interval of a module in cycles; nothing, if it depends on data or the module has no report. */
  public Optional<CycleRange> interval(String module) {
    return Optional.ofNullable(modules.get(module)).flatMap(report -> report.module().interval());
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> found =
        Files.find(
            folder,
            MAX_DEPTH,
            (path, attributes) ->
                attributes.isRegularFile()
                    && path.getFileName().toString().endsWith("csynth.xml")
                    && path.getParent().endsWith(Path.of("syn", "report")))) {
      return found.sorted().limit(MAX_FILES).toList();
    } catch (IOException | UncheckedIOException e) {
      throw ReportText.unreadable(folder, "it cannot be searched (" + e + ").", e);
    }
  }
}

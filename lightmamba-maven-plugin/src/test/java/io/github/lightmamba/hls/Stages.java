package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.hls.Calls.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The processes of all dataflow regions. */
public final class Stages {
  private static final Pattern PROCESS =
      Pattern.compile("LIGHTMAMBA_PROCESS\\((?:LIGHTMAMBA_INSTANCE\\((\\w+), ([^)]*)\\)|(\\w+)(?:<([^>]*)>)?)[,)]");

  private Stages() {}

  /**
   * A process of a region.
   *
   * @param header where its function stands
   * @param function its name
   * @param arguments template arguments for the generated configuration, in angle brackets; empty if there are none
   */
  record Stage(String header, String function, String arguments) {}

  /** Returns the names of the processes by the function that is their region, from the bundled headers. */
  public static Map<String, List<String>> byRegion() {
    Map<String, List<String>> regions = new LinkedHashMap<>();
    KernelTexts.headers().forEach((name, text) -> regions(name, text).forEach(region ->
        regions.put(region.name(), region.body().children().stream().map(DataflowRules::process)
            .filter(Objects::nonNull).map(Call::name).toList())));
    return regions;
  }

  private static Stream<Function> regions(String name, String text) {
    return SourceFile.of(name, text).functions().stream()
        .filter(function -> Pragmas.of(function.body()).get("dataflow").isPresent());
  }

  /** Returns the processes that the text of headers starts. */
  static List<Stage> of(Map<String, String> headers) {
    Map<String, String> declared = new HashMap<>();
    headers.forEach((name, text) ->
        SourceFile.of(name, text).functions().forEach(function -> declared.put(function.name(), name)));
    List<Stage> stages = new ArrayList<>();
    headers.forEach((region, text) -> {
      if (!region.endsWith("dataflow.hpp")) {
        Matcher process = PROCESS.matcher(text);
        while (process.find()) {
          String function = process.group(1) != null ? process.group(1) : process.group(3);
          String arguments = process.group(1) != null ? process.group(2) : process.group(4);
          stages.add(new Stage(declared.get(function), function,
              arguments == null ? "" : "<" + arguments.replaceAll("\\bC\\b", "lightmamba::Config") + ">"));
        }
      }
    });
    assertThat(stages).extracting(Stage::function)
        .containsExactlyInAnyOrderElementsOf(byRegion().values().stream().flatMap(List::stream).toList());
    return stages;
  }
}

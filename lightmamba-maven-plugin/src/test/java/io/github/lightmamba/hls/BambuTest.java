package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each stage alone through an HLS tool that is not AMD's, with that tool's own integers and streams, to Verilog. Of
 * which stages it makes none or a wrong one, and why, stands in {@code hls/bambu.txt}.
 */
@DisplayName("Bambu")
class BambuTest {
  private static final Path LISTED = Path.of("src", "test", "resources", "hls", "bambu.txt");

  /** Scalars of the kernels: a tool's top function takes no struct by value. */
  private static final List<String> SCALARS = List.of("tokens", "sequences", "slot", "logits_for_all", "reset",
      "decode", "weight_bits", "activation_bits", "head_bits", "kept_layers");

  /** Bits of the streams of plain integers; all others carry structs. */
  private static final Map<String, String> BITS = Map.of("Word", "512", "ActivationBeat", "512", "ResultBeat", "512",
      "WordBeat", "520", "StateBeat", "128", "SignalBeat", "8", "Value", "32");

  private static final Pattern INTEGER = Pattern.compile("ap_u?int < (\\d+) >");

  private static final Pattern PORT = Pattern.compile(
      "Parameter : (\\w+)\\s+Protocol  : fifo\\s+Direction : \\w+\\s+Bundle    : \\w+\\s+Bitwidth  : (\\d+)");

  @TempDir static Path folder;

  private static Map<String, String> headers;

  /** What is wrong with the Verilog of each stage, or why there is none; empty where all is well. */
  private static Map<String, String> troubles;

  @BeforeAll
  static void synthesize() throws IOException {
    headers = KernelTexts.headers();
    if (ProcessRunner.find("bambu").isEmpty()) {
      return;
    }
    KernelTexts.generated(folder, Board.U280, 1);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      Path file = folder.resolve(header.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, prepared(header.getValue()));
    }
    // Ten seconds and more each, and each in a process of its own.
    troubles = stages().toList().parallelStream()
        .collect(Collectors.toConcurrentMap(Stages.Stage::function, BambuTest::trouble));
  }

  @ParameterizedTest
  @MethodSource("stages")
  @DisplayName("makes Verilog of each stage but of those that are listed")
  void makesVerilog(Stages.Stage stage) throws IOException {
    assumeTrue(troubles != null, "no bambu on this machine");
    String trouble = troubles.get(stage.function());
    String listed = listed().get(stage.function());
    if (listed == null) {
      assertThat(trouble).as(stage.function()).isEmpty();
    } else {
      assertThat(trouble).as(stage.function()).contains(listed);
    }
  }

  @Test
  @DisplayName("is listed with stages that there are")
  void listsStages() throws IOException {
    assertThat(stages().map(Stages.Stage::function)).containsAll(listed().keySet());
  }

  @Test
  @DisplayName("gets unrolled loops, inlined functions and no pragma of Vitis")
  void getsPreparedHeaders() {
    assertThat(prepared("inline void f(hls::stream<Word>& in) {\n#pragma HLS INLINE off\nLOOP:\n"
        + "  for (int i = 0; i < 4; ++i) {\n#pragma HLS UNROLL\n"))
        .isEqualTo("__attribute__((always_inline)) inline void f(hls::stream<Word>& in) {\n\nLOOP:\n"
            + "#pragma clang loop unroll(full)\n  for (int i = 0; i < 4; ++i) {\n\n");
  }

  static Stream<Stages.Stage> stages() {
    return Stages.of(headers == null ? KernelTexts.headers() : headers).stream();
  }

  /** Returns what the trouble of each listed stage says. */
  private static Map<String, String> listed() throws IOException {
    Map<String, String> listed = new TreeMap<>();
    for (String line : Files.readAllLines(LISTED)) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] parts = line.split("\\|", 2);
        listed.put(parts[0].strip(), parts[1].strip());
      }
    }
    return listed;
  }

  private static String trouble(Stages.Stage stage) {
    try {
      Path work = Files.createDirectory(folder.resolve(stage.function()));
      Path log = work.resolve("bambu.log");
      Files.writeString(work.resolve("stage.cpp"), top(stage));
      ProcessResult result = new ProcessRunner().run(Invocation.of(work, List.of("bambu", "stage.cpp",
          "--top-fname=stage", "--generate-interface=INFER", "--device=xcu55c-2Lfsvh2892-VVD", "--std=c++14", "-O2",
          "-DLIGHTMAMBA_STREAM_DEPTH_BY_PRAGMA", "-I" + folder.resolve("output/hls"),
          "-I" + folder.resolve("include"))).withLog(log));
      if (!result.good() || !Files.exists(work.resolve("stage.v"))) {
        return "no Verilog: " + Files.readString(log);
      }
      return wrongStreams(stage, Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bambu says how wide it makes each stream. It has been too narrow, with no other word. */
  private static String wrongStreams(Stages.Stage stage, String log) {
    Map<String, String> widths = new TreeMap<>();
    Matcher port = PORT.matcher(log);
    while (port.find()) {
      widths.put(port.group(1), port.group(2));
    }
    return function(stage).parameters().stream().filter(Function.Parameter::stream).map(stream -> {
      String item = text(stream.type()).replaceAll(".*stream < (.*) > &", "$1");
      Matcher integer = INTEGER.matcher(item);
      String bits = integer.matches() ? integer.group(1) : BITS.getOrDefault(item, "a struct");
      String width = widths.get(stream.name());
      return bits.equals(width) ? "" : stream.name() + " has " + width + " bits for " + item + ", " + bits + "\n";
    }).collect(Collectors.joining());
  }

  /**
   * A header as Bambu takes it. It stops at PIPELINE in a loop, at UNROLL behind the brace, where Vitis wants both, and
   * at a pragma in a template that nothing instantiates; and at a function that is called with different streams,
   * unless it is inlined.
   */
  private static String prepared(String text) {
    return text
        .replaceAll("(?m)^( *for \\([^\\n]*(?:\\n[^\\n]*)?\\{\\n)#pragma HLS UNROLL *$",
            "#pragma clang loop unroll(full)\n$1")
        .replaceAll("(?m)^#pragma HLS.*$", "")
        .replaceAll("(?m)^((?:inline )?void \\w+\\(hls::stream)", "__attribute__((always_inline)) $1");
  }

  /** A function with the stage's streams and memories and with scalars, as the kernels have them. */
  private static String top(Stages.Stage stage) {
    List<String> parameters = new ArrayList<>();
    List<String> arguments = new ArrayList<>();
    for (Function.Parameter parameter : function(stage).parameters()) {
      String type = text(parameter.type());
      if (type.replace("const", "").strip().equals("Run")) {
        SCALARS.forEach(scalar -> parameters.add("int " + scalar));
        arguments.add("Run{" + String.join(", ", SCALARS) + "}");
      } else {
        parameters.add(type + " " + parameter.name());
        arguments.add(parameter.name());
      }
    }
    return "#include \"lightmamba_config.hpp\"\n#include \"" + stage.header().replaceFirst("^include/", "") + "\"\n"
        + "namespace lightmamba {\ntypedef Config C;\nextern \"C\" void stage(" + String.join(", ", parameters)
        + ") {\n  " + stage.function() + stage.arguments() + "(" + String.join(", ", arguments) + ");\n}\n}\n";
  }

  private static Function function(Stages.Stage stage) {
    return SourceFile.of(stage.header(), headers.get(stage.header())).functions().stream()
        .filter(function -> function.name().equals(stage.function())).findFirst().orElseThrow();
  }

  private static String text(List<Token> tokens) {
    return tokens.stream().map(Token::text).collect(Collectors.joining(" "));
  }
}

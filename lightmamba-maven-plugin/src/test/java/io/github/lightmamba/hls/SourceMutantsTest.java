package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Each line that a rule asks for is missed when it is taken out of the real sources")
class SourceMutantsTest {
  @TempDir static Path folder;

  private static Map<String, String> sources;

  /** What is taken away, line by line. */
  enum Mutation {
    LABEL("^ *[A-Z][A-Z_]+:$", line -> "", Rule.LOOP_LABEL),
    FLATTEN_OFF("^#pragma HLS LOOP_FLATTEN off$", line -> "", Rule.LOOP_FLATTEN),
    TRIP_COUNT("^#pragma HLS LOOP_TRIPCOUNT .*", line -> "", Rule.LOOP_BOUND),
    UNROLL("^#pragma HLS UNROLL$", line -> "", Rule.PIPELINE_INNER_LOOP, Rule.PIPELINE_EXPLICIT),
    INTERFACE("^#pragma HLS INTERFACE .*", line -> "", Rule.PORT_INTERFACE),
    BUNDLE("^#pragma HLS INTERFACE mode=m_axi .*", line -> line.replaceFirst("bundle=\\w+ ", ""), Rule.PORT_BUNDLE),
    STREAM("^  LIGHTMAMBA_STREAM\\(.*", line -> line + line.replaceFirst("\\w+(, [^,]+\\);)", "other$1"),
        Rule.DATAFLOW_CHANNEL),
    PROCESS("^  LIGHTMAMBA_PROCESS\\((?!open|close).*\\);$", line -> "", Rule.DATAFLOW_CHANNEL),
    CONDITION("^  LIGHTMAMBA_PROCESS\\(.*\\);$", line -> "if (tokens > 1) { " + line + " }", Rule.DATAFLOW_CONDITION),
    ARGUMENT("^ *// No barrier: .*", line -> "", Rule.PIPELINE_BARRIER),
    ID_LOOP("^#pragma HLS PIPELINE off$", line -> "", Rule.PIPELINE_EXPLICIT);

    private final Pattern line;
    private final Function<String, String> change;
    private final Set<Rule> rules;

    Mutation(String line, Function<String, String> change, Rule... rules) {
      this.line = Pattern.compile(line);
      this.change = change;
      this.rules = Set.of(rules);
    }
  }

  @BeforeAll
  static void render() throws IOException {
    sources = KernelTexts.headers();
    sources.putAll(KernelTexts.generated(folder, Board.U280));
  }

  @ParameterizedTest
  @EnumSource(Mutation.class)
  void isMissed(Mutation mutation) {
    List<String> missed = new ArrayList<>();
    int mutants = 0;
    Map<String, SourceFile> parsed = new TreeMap<>();
    sources.forEach((name, text) -> parsed.put(name, SourceFile.of(name, text)));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      List<String> lines = source.getValue().lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (mutation.line.matcher(lines.get(i)).matches()) {
          mutants++;
          List<String> changed = new ArrayList<>(lines);
          changed.set(i, mutation.change.apply(lines.get(i)));
          Map<String, SourceFile> mutant = new TreeMap<>(parsed);
          mutant.put(source.getKey(), SourceFile.of(source.getKey(), String.join("\n", changed)));
          List<Finding> findings = RuleChecker.check(List.copyOf(mutant.values()));
          if (findings.stream().noneMatch(f -> mutation.rules.contains(f.rule()))) {
            missed.add(source.getKey() + ":" + (i + 1) + ": " + lines.get(i));
          }
        }
      }
    }
    // The sources may do without arguments and without loops that are switched off; not without the others.
    boolean needed = mutation != Mutation.ARGUMENT && mutation != Mutation.ID_LOOP;
    assertThat(mutants).isGreaterThanOrEqualTo(needed ? 1 : 0);
    assertThat(missed).as("of " + mutants).isEmpty();
  }
}

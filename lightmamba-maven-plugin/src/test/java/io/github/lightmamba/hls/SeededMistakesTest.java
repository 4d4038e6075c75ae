package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The rule checker finds seeded mistakes, each by exactly the right rule and line")
class SeededMistakesTest {
  private static final Pattern MARK = Pattern.compile("//! ([a-z-]+)");

  private static final String STAGE =
      """
      void stage(hls::stream<int>& in, hls::stream<int>& second, hls::stream<int>& out, hls::stream<int>& other, \
      const short* table, int count) {
      """;

  private static final String STAGES =
      """
      template <typename C> void copy(hls::stream<int>& in, hls::stream<int>& out) { out.write(in.read()); }
      template <typename C> void join(hls::stream<int>& a, hls::stream<int>& b, hls::stream<int>& out) {
        out.write(a.read() + b.read());
      }
      template <typename C> void split(hls::stream<int>& in, hls::stream<int>& a, hls::stream<int>& b) {
        copy<C>(in, a);
        b << 4;
      }
      template <typename C> void loop_back(hls::stream<int>& in, hls::stream<int>& own, hls::stream<int>& out) {
        own.write(in.read());
        out.write(own.read());
      }
      template <typename C> void fill(hls::stream<int>& in, int* buffer, hls::stream<int>& out) {
        buffer[0] = in.read();
        out.write(1);
      }
      template <typename C> void drain(const int* buffer) { helper(buffer[0]); }
      template <typename C> void region(hls::stream<int>& in, hls::stream<int>& out) {
      #pragma HLS DATAFLOW
      """;

  private static final String KERNEL =
      "extern \"C\" void kernel(const int* weights, int* result, hls::stream<int>& in, int tokens) {";

  /** A snippet as a file. */
  private record Snippet(String text) {
    Set<String> expected() {
      Set<String> expected = new java.util.TreeSet<>();
      List<String> lines = text.lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        Matcher mark = MARK.matcher(lines.get(i));
        if (mark.find()) {
          expected.add((i + 1) + " " + mark.group(1));
        }
      }
      return expected;
    }
  }

  static Stream<Named<Snippet>> snippets() throws IOException {
    String all = Files.readString(Path.of("src/test/resources/hls/mistakes.txt"));
    return Arrays.stream(all.split("(?m)^----\n")).map(SeededMistakesTest::snippet);
  }

  private static Named<Snippet> snippet(String text) {
    String title = text.lines().findFirst().orElseThrow();
    String rest = text.substring(title.length());
    String file;
    if (title.startsWith("BODY")) {
      file = STAGE.strip() + rest + "}\n";
    } else if (title.startsWith("REGION")) {
      file = STAGES.strip() + rest + "}\n";
    } else if (title.startsWith("KERNEL")) {
      file = KERNEL + title.replaceFirst("^[^/]*", " ") + rest + "}\n";
    } else {
      file = text;
    }
    return Named.of(title, new Snippet(file));
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void isFound(Snippet snippet) {
    List<Finding> findings = RuleChecker.check(Map.of("snippet.hpp", snippet.text()));
    assertThat(findings.stream().map(f -> f.line() + " " + f.rule().id()).toList()).as(findings.toString())
        .containsExactlyInAnyOrderElementsOf(snippet.expected());
    assertThat(findings).allSatisfy(f -> assertThat(f.toString())
        .startsWith("snippet.hpp:" + f.line() + ": " + f.rule().id() + ": ").endsWith("(" + f.rule().reason() + ")"));
  }

  @Test
  void everyRuleIsSeeded() throws IOException {
    Set<String> seeded = snippets().flatMap(s -> s.getPayload().expected().stream())
        .map(expected -> expected.replaceFirst("\\d+ ", "")).collect(Collectors.toSet());
    List<String> rules = new ArrayList<>();
    EnumSet.allOf(Rule.class).forEach(rule -> rules.add(rule.id()));
    assertThat(seeded).containsExactlyInAnyOrderElementsOf(rules);
  }
}

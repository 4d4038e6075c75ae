package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle is the sum of products of native integers; every operand is symmetric (numerics.md, section 2). */
@DisplayName("Packed multipliers")
class PackedProductsTest {

  private static final Path PAGE = Path.of("..", "docs", "accelerator.md");

  @TempDir
  static Path folder;

  private static CxxProgram program;

  @BeforeAll
  static void compile() throws IOException {
    program = CxxProgram.compile("g++", "packed_products_test.cpp", folder, "-O1", "-Wno-unknown-pragmas");
  }

  private static String run(String mode) throws IOException {
    CxxProgram.Run run = program.run(mode);
    assertThat(run.exitCode()).as(run.output() + run.errors()).isZero();
    return run.output();
  }

  /** Returns the combinations that the program has checked, by multiplier. */
  private static Map<String, Long> counts(String mode) throws IOException {
    return run(mode).lines()
        .collect(Collectors.toMap(
            line -> line.replaceFirst(" \\d+ field.*", ""),
            line -> Long.valueOf(line.replaceFirst(".*? (\\d+) field.*", "$1"))));
  }

  /** Returns the combinations of so many operands of 4 bits (15 values) and of 8 bits (255 values). */
  private static long combinations(int four, int eight) {
    return Math.round(Math.pow(15, four) * Math.pow(255, eight));
  }

  @Test
  @DisplayName("unpack every combination of operands exactly")
  void everyCombination() throws IOException {
    Map<String, Long> expected = Map.ofEntries(
        Map.entry("w8a8 one", combinations(0, 2)),
        Map.entry("w8a8 two tokens", combinations(0, 3)),
        Map.entry("w8a8 two rows", combinations(0, 3)),
        Map.entry("w4a8 two tokens", combinations(1, 2)),
        Map.entry("w4a8 two rows", combinations(2, 1)),
        Map.entry("w4a8 three rows", combinations(3, 1)),
        Map.entry("w4a8 two columns", combinations(2, 2)),
        Map.entry("w4a4 two tokens", combinations(3, 0)),
        Map.entry("w4a4 three rows", combinations(4, 0)),
        Map.entry("w4a4 two rows two tokens", combinations(4, 0)),
        Map.entry("w4a4 two columns", combinations(4, 0)),
        Map.entry("w4a4 two columns two tokens", combinations(6, 0)),
        Map.entry("w4a4 fabric", combinations(2, 0)),
        Map.entry("w4a8 fabric", combinations(1, 1)),
        Map.entry("w8a8 fabric", combinations(0, 2)),
        Map.entry("dot mode", combinations(0, 2)));
    assertThat(counts("products")).isEqualTo(expected);
  }

  @Test
  @DisplayName("of the switched array give every combination of operands exactly, in both modes")
  void everyCombinationOfTheSwitchedArray() throws IOException {
    assertThat(counts("switched")).isEqualTo(Map.of(
        "packed narrow", combinations(2, 2), "packed wide", combinations(0, 2),
        "dot mode narrow", combinations(2, 2), "dot mode wide", combinations(0, 2),
        "fabric narrow", combinations(2, 2), "fabric wide", combinations(0, 2)));
  }

  @Test
  @DisplayName("sum subgroups of every length, rows and lanes exactly, with extreme and random operands")
  void sums() throws IOException {
    assertThat(Long.parseLong(run("sums").strip().replace(" sums", ""))).isGreaterThan(900_000);
  }

  @Test
  @DisplayName("cost what docs/accelerator.md says")
  void costs() throws IOException {
    assertThat(Files.readAllLines(PAGE)).containsAll(run("costs").lines().toList());
  }
}

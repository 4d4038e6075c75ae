package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cases for {@code kernels_stages.cpp}, each with the check of the line that it prints. */
final class StageCases {

  private final List<String> input = new ArrayList<>();
  private final List<Consumer<String>> checks = new ArrayList<>();

  void table(String name, int entries, IntToDoubleFunction value) {
    input.add(name + IntStream.range(0, entries).mapToObj(i -> " " + Math.round(value.applyAsDouble(i)))
        .collect(Collectors.joining()));
  }

  void rsqrtTable() {
    table("RSQRT", 769, i -> 65536 / Math.sqrt((i + 256) / 256.0));
  }

  void add(String line, Consumer<String> check) {
    input.add(line);
    checks.add(check);
  }

  void exact(String line, BigInteger expected) {
    add(line, actual -> assertThat(actual).as(brief(line)).isEqualTo(expected.toString()));
  }

  void exact(String line, long[] expected) {
    add(line, actual -> assertThat(parse(actual)).as(brief(line)).isEqualTo(expected));
  }

  /** A case may be 100,000 characters long; a message shows how it begins. */
  private static String brief(String line) {
    return line.length() <= 500 ? line : line.substring(0, 500) + "...";
  }

  /** Compiles the stages for the configuration in the folder, runs all cases and checks every line. */
  void run(Path folder) throws IOException {
    Files.write(folder.resolve("cases.txt"), input);
    CxxProgram program = CxxProgram.compile("g++", "kernels_stages.cpp", folder, "-O1", "-Wno-unknown-pragmas");
    CxxProgram.Run run = program.run(folder.resolve("cases.txt").toString());
    assertThat(run.exitCode()).as(run.errors()).isZero();
    List<String> lines = run.output().lines().toList();
    assertThat(lines).hasSameSizeAs(checks);
    for (int i = 0; i < lines.size(); i++) {
      checks.get(i).accept(lines.get(i).trim());
    }
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static String join(long[] values) {
    return Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(" "));
  }

  static long[] parse(String line) {
    return Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
  }
}

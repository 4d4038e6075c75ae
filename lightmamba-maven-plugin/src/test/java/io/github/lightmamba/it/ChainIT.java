package io.github.lightmamba.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.takari.maven.testing.TestResources5;
import io.takari.maven.testing.executor.MavenExecutionResult;
import io.takari.maven.testing.executor.MavenRuntime;
import io.takari.maven.testing.executor.MavenRuntime.MavenRuntimeBuilder;
import io.takari.maven.testing.executor.MavenVersions;
import io.takari.maven.testing.executor.junit.MavenPluginTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The goals on the sample model, with the smallest settings that run every part; on one Maven, because it takes long.
 */
@MavenVersions("3.9.16")
class ChainIT {
  private static final Path MODEL = Path.of("..", "sample-project", "model").toAbsolutePath().normalize();
  private static final Path ACCELERATOR_SOURCE = Path.of("..", "accelerator-src").toAbsolutePath().normalize();

  /** A work directory with the quantized model, from the first test that needs one; the others copy it. */
  private static Path quantized;

  @RegisterExtension final TestResources5 resources = new TestResources5();
  private final MavenRuntime maven;
  private final Path cache;

  ChainIT(MavenRuntimeBuilder builder) throws Exception {
    ReactorState.addParent();
    // Each test starts with an empty one.
    cache = Files.createTempDirectory(Files.createDirectories(Path.of("target/caches")), "it").toAbsolutePath();
    maven = builder.withCliOptions("-B", "-Dlightmamba.cacheDirectory=" + cache).build();
  }

  @MavenPluginTest
  void quantizesOnceAndSaysWhyItRunsAgain() throws Exception {
    Path project = project("it-sample");
    Path report = project.resolve("target/lightmamba/1-quantized/report.json");
    JsonNode figures = json(report);
    assertThat(figures.at("/perplexity/float").asDouble()).isGreaterThan(1);
    assertThat(figures.at("/perplexity/quantized").asDouble()).isGreaterThan(1);
    assertThat(figures.at("/perplexity/unrotated").asDouble()).isGreaterThan(1);
    assertThat(figures.path("scheme").asText()).isEqualTo("w4a4");
    assertThat(figures.path("headBits").asInt()).isEqualTo(8);
    assertThat(figures.path("stateBits").isObject()).isTrue();
    assertThat(figures.path("bytesPerToken").asLong()).isPositive();

    FileTime written = Files.getLastModifiedTime(report);
    MavenExecutionResult again = run(project, List.of(), "lightmamba:quantize").assertErrorFreeLog();
    again.assertLogText("quantize: up to date (fingerprint ");
    again.assertNoLogText("quantize: runs because of");
    assertThat(Files.getLastModifiedTime(report)).isEqualTo(written);

    MavenExecutionResult changed =
        run(project, List.of("-Dlightmamba.windowTokens=48"), "lightmamba:quantize").assertErrorFreeLog();
    changed.assertLogText("quantize: runs because of windowTokens 64 -> 48");
    assertThat(json(report).at("/perplexity/windowTokens").asInt()).isEqualTo(48);
  }

  @MavenPluginTest
  void twoExecutionsForDifferentModelsAreBothNamed() throws Exception {
    Path project = project("it-two-models");
    Path poems = Files.createDirectory(project.resolve("poems"));
    for (String file : List.of("model.safetensors", "tokenizer.json")) {
      Files.copy(MODEL.resolve(file), poems.resolve(file));
    }
    Files.writeString(poems.resolve("config.json"), Files.readString(MODEL.resolve("config.json")) + "\n");
    MavenExecutionResult result =
        maven
            .forProject(project.toFile())
            .withCliOptions(
                "-Dsample.model=" + MODEL,
                "-Dlightmamba.method=rtn",
                "-Dlightmamba.calibrationText=" + MODEL.resolve("calibration.txt"),
                "-Dlightmamba.evaluationText=" + MODEL.resolve("heldout.txt"))
            .execute("verify");
    result.assertLogText("quantize: up to date");
    result.assertLogText("LM-STAGE-001: Two executions of this build write the same folder");
    result.assertLogText("quantize@novels of com.example:two-models made it or relies on it");
    result.assertLogText("quantize@poems of com.example:two-models would overwrite it (checkpoint config");
    result.assertLogText("BUILD FAILURE");
  }

  @MavenPluginTest
  void cleanDoesNotCostTheQuantization() throws Exception {
    Path project = project("it-sample");
    List<String> options = List.of("-Dlightmamba.windowTokens=32");
    run(project, options, "lightmamba:quantize").assertLogText("quantize: runs because of windowTokens 64 -> 32");
    Path manifest = project.resolve("target/lightmamba/1-quantized/manifest.json");
    JsonNode outputs = json(manifest).path("outputs");
    MavenExecutionResult again =
        maven
            .forProject(project.toFile())
            .withCliOptions(given(options))
            .execute("clean", "lightmamba:quantize")
            .assertErrorFreeLog();
    again.assertLogText("from the cache " + cache);
    again.assertLogText("instead of running because of first run");
    assertThat(json(manifest).path("outputs")).isEqualTo(outputs);
    run(project, options, "lightmamba:quantize").assertLogText("quantize: up to date (fingerprint ");
  }

  @MavenPluginTest
  void modulesInParallelQuantizeOnce() throws Exception {
    Path project = resources.getBasedir("it-two-modules").toPath();
    MavenExecutionResult result = run(project, List.of("-T2"), "verify").assertErrorFreeLog();
    result.assertNoLogText("not marked as thread-safe");
    assertThat(lines(result, "quantize: runs because of first run")).hasSize(1);
    assertThat(lines(result, "quantize: took ")).hasSize(1);
    for (String module : List.of("first", "second")) {
      assertThat(project.resolve(module).resolve("target/lightmamba/1-quantized/quantized.safetensors"))
          .hasSameBinaryContentAs(project.resolve("first/target/lightmamba/1-quantized/quantized.safetensors"));
      assertThat(project.resolve(module).resolve("target/lightmamba/u280/2-kernels/manifest.json")).exists();
    }
  }

  @MavenPluginTest
  void onePomVerifiesTheKernelsOfTwoBoards() throws Exception {
    Path project = project("it-two-boards");
    MavenExecutionResult result = run(project, List.of(), "verify").assertErrorFreeLog();
    result.assertLogText("perplexity, float");
    result.assertLogText("bytes a token");
    assertThat(lines(result, "quantize: up to date")).hasSize(1);
    assertThat(lines(result, "generate-kernels: runs because of first run")).hasSize(2);
    for (String board : List.of("u280", "vck190")) {
      result.assertLogText("verdict on " + board);
      Path folder = project.resolve("target/lightmamba").resolve(board);
      JsonNode report = json(folder.resolve("4-verify/report.json"));
      assertThat(report.path("verdict").asText()).isEqualTo("pass");
      assertThat(report.path("target").asText()).isEqualTo("csim");
      assertThat(report.path("tokens").asInt()).isEqualTo(3);
      assertThat(report.path("mismatches").asLong()).isZero();
      assertThat(report.path("comparedValues").asLong()).isPositive();
      assertThat(folder.resolve("4-verify/TEST-lightmamba-verify.xml"))
          .content()
          .contains("tests=\"3\" failures=\"0\"");
      assertThat(folder.resolve("2-kernels/manifest.json")).exists();
      assertThat(list(folder.resolve("4-verify")))
          .containsExactly("TEST-lightmamba-verify.xml", "csim/statistics.json", "manifest.json", "report.json");
      assertNoPathOfThisMachine(folder, project);
    }
    MavenExecutionResult again = run(project, List.of(), "verify").assertErrorFreeLog();
    assertThat(lines(again, "verify: up to date (fingerprint ")).hasSize(2);
    again.assertNoLogText("runs because of");
  }

  @MavenPluginTest
  void aWrongKernelFailsTheBuildAndIsLocated() throws Exception {
    Path project = project("it-sample");
    Path source = project.resolve("wrong-source");
    copy(ACCELERATOR_SOURCE, source);
    Path silu = source.resolve("include/lightmamba/silu.hpp");
    String right = Files.readString(silu);
    String wrong = right.replace("interp(table[i], table[i + 1], r, ", "interp(table[i], table[i + 1], r | 1, ");
    assertThat(wrong).isNotEqualTo(right);
    Files.writeString(silu, wrong);
    List<String> options = List.of("-Dlightmamba.acceleratorSource=" + source);

    MavenExecutionResult result = run(project, options, "lightmamba:verify");
    result.assertLogText("LM-VERIFY-001: ");
    result.assertLogText("BUILD FAILURE");
    assertThat(result.getLog())
        .anyMatch(
            line ->
                line.matches(
                    ".*The first: layer \\d+, residual, token \\d+, index \\d+:"
                        + " expected -?\\d+ \\(0x[0-9a-f]{8}\\), found -?\\d+ \\(0x[0-9a-f]{8}\\)\\..*"));
    Path folder = project.resolve("target/lightmamba/u280/4-verify");
    JsonNode report = json(folder.resolve("report.json"));
    assertThat(report.path("verdict").asText()).isEqualTo("fail");
    assertThat(report.path("mismatches").asLong()).isPositive();
    assertThat(report.at("/firstDivergences/0").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("token", "layer", "tensor", "index", "expected", "actual");
    assertThat(folder.resolve("TEST-lightmamba-verify.xml")).content().contains("<failure type=\"LM-VERIFY-001\"");
    assertThat(list(folder)).contains("csim/prefill-trace.bin", "csim/decode-trace.bin").doesNotContain("csim/csim");
  }

  @MavenPluginTest
  void evaluateComparesWithFloatAndRefusesTextOfTheCalibration() throws Exception {
    Path project = project("it-sample");
    run(project, List.of(), "lightmamba:evaluate")
        .assertErrorFreeLog()
        .assertLogText("evaluation: 1 window of 64 tokens, 64 tokens for each of 2 models; expected time ");
    JsonNode report = json(project.resolve("target/lightmamba/evaluation/report.json"));
    for (String figure : List.of("/perplexity/float", "/perplexity/quantized", "/klDivergence", "/top1Agreement")) {
      assertThat(report.at(figure).has("value")).as(figure).isTrue();
      assertThat(report.at(figure).has("standardError")).as(figure).isTrue();
    }

    Path other = Files.writeString(project.resolve("other.txt"), "Another text.");
    MavenExecutionResult foreign =
        run(project, List.of("-Dlightmamba.calibrationText=" + other), "lightmamba:evaluate");
    foreign.assertLogText("LM-PARAM-002: The quantized model was not made from " + other);

    Path text = project.resolve("overlapping.txt");
    String calibration = Files.readString(MODEL.resolve("calibration.txt"));
    String heldout = Files.readString(MODEL.resolve("heldout.txt"));
    Files.writeString(text, heldout.substring(0, 20_000) + calibration.substring(5_000, 9_000));
    MavenExecutionResult refused =
        run(project, List.of("-Dlightmamba.evaluationText=" + text), "lightmamba:evaluate");
    refused.assertLogText("LM-TEXT-001: The evaluationText shares 256 tokens with the calibrationText");
    refused.assertLogText("BUILD FAILURE");
  }

  @MavenPluginTest
  void theChainWithoutPomWritesOnlyBelowTarget() throws Exception {
    Path folder = project("it-empty");
    List<String> options =
        List.of(
            "-Dlightmamba.method=gptq",
            "-Dlightmamba.windows=1",
            "-Dlightmamba.windowTokens=64",
            "-Dlightmamba.prompt=To Sherlock Holmes",
            "-Dlightmamba.tokens=1");
    String coordinates = "io.github.lightmamba:lightmamba-maven-plugin:0.1.0-SNAPSHOT:";
    for (String goal : List.of("quantize", "generate-kernels", "verify", "evaluate")) {
      run(folder, options, coordinates + goal).assertErrorFreeLog().assertLogText(goal + ": ");
    }
    Path work = folder.resolve("target/lightmamba");
    for (String stage : List.of("1-quantized", "u280/2-kernels", "u280/4-verify", "evaluation")) {
      assertThat(work.resolve(stage).resolve("manifest.json")).exists();
      assertThat(work.resolve(stage).resolve("report.json")).exists();
    }
    assertThat(list(folder))
        .allMatch(
            path ->
                path.equals("notes.txt")
                    || path.equals("log.txt")
                    || path.startsWith("target/lightmamba/1-quantized/")
                    || path.startsWith("target/lightmamba/u280/")
                    || path.startsWith("target/lightmamba/evaluation/")
                    || path.matches("target/lightmamba/(\\.[a-z0-9-]+\\.lock|file-digests\\.json)"));
  }

  private MavenExecutionResult run(Path project, List<String> options, String goal) throws Exception {
    return maven.forProject(project.toFile()).withCliOptions(given(options)).execute(goal);
  }

  /**
   * Returns the options that name the sample model and its texts and round to nearest, which is fast, and others, which
   * override them.
   */
  private static String[] given(List<String> options) {
    List<String> all = new ArrayList<>();
    all.add("-Dlightmamba.method=rtn");
    all.add("-Dlightmamba.checkpoint=" + MODEL);
    all.add("-Dlightmamba.calibrationText=" + MODEL.resolve("calibration.txt"));
    all.add("-Dlightmamba.evaluationText=" + MODEL.resolve("heldout.txt"));
    for (String option : options) {
      all.removeIf(given -> given.startsWith(option.substring(0, option.indexOf('=') + 1)) && option.contains("="));
    }
    all.addAll(options);
    return all.toArray(String[]::new);
  }

  private static List<String> lines(MavenExecutionResult result, String part) throws Exception {
    return result.getLog().stream().filter(line -> line.contains(part)).toList();
  }

  /** Returns a fresh copy of a test project that has the quantized model. */
  private Path project(String name) throws Exception {
    if (quantized == null) {
      Path first = resources.getBasedir("it-sample").toPath();
      MavenExecutionResult result = run(first, List.of(), "lightmamba:quantize").assertErrorFreeLog();
      result.assertLogText("quantize: runs because of first run");
      Path kept = Files.createTempDirectory(first.getParent(), "quantized");
      copy(first.resolve("target/lightmamba/1-quantized"), kept.resolve("1-quantized"));
      quantized = kept;
    }
    Path project = resources.getBasedir(name).toPath();
    copy(quantized, project.resolve("target/lightmamba"));
    return project;
  }

  private static void assertNoPathOfThisMachine(Path folder, Path project) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(content.contains(project.toString())).as(file + " names its folder").isFalse();
      }
    }
  }

  private static List<String> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString()).sorted().toList();
    }
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }
}

package io.github.lightmamba.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.takari.maven.testing.TestResources5;
import io.takari.maven.testing.executor.MavenExecutionResult;
import io.takari.maven.testing.executor.MavenRuntime;
import io.takari.maven.testing.executor.MavenRuntime.MavenRuntimeBuilder;
import io.takari.maven.testing.executor.MavenVersions;
import io.takari.maven.testing.executor.junit.MavenPluginTest;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the goals are called, and what they say when something is wrong with the call. */
@MavenVersions({"3.8.7", "3.9.16", "4.0.0-rc-6"})
class GoalsIT {
  private static final String COORDINATES = "io.github.lightmamba:lightmamba-maven-plugin:0.1.0-SNAPSHOT:";

  @RegisterExtension final TestResources5 resources = new TestResources5();
  private final MavenRuntime maven;

  GoalsIT(MavenRuntimeBuilder builder) throws Exception {
    ReactorState.addParent();
    Path cache = Files.createTempDirectory(Files.createDirectories(Path.of("target/caches")), "it").toAbsolutePath();
    maven = builder.withCliOptions("-B", "-Dlightmamba.cacheDirectory=" + cache).build();
  }

  @MavenPluginTest
  void runsInTheLifecycleAndSkipStopsEveryGoal() throws Exception {
    File project = resources.getBasedir("it-phases");
    MavenExecutionResult result = maven.forProject(project).withCliOption("-Dlightmamba.skip").execute("verify");
    result.assertErrorFreeLog();
    assertThat(lines(result, ": skipped"))
        .extracting(line -> line.replaceAll(".*\\] ", ""))
        .containsExactly(
            "quantize: skipped (lightmamba.skip)",
            "generate-kernels: skipped (lightmamba.skip)",
            "evaluate: skipped (lightmamba.skip)",
            "verify: skipped (lightmamba.skip)");
    assertThat(new File(project, "target/lightmamba")).doesNotExist();
  }

  @MavenPluginTest
  void namesTheExecutionToRunWhenTheModelIsMissing() throws Exception {
    File project = resources.getBasedir("it-phases");
    MavenExecutionResult result = maven.forProject(project).execute("lightmamba:verify@model");
    result.assertLogText("LM-STAGE-002");
    result.assertLogText(
        "mvn lightmamba:quantize@model -Dlightmamba.calibrationText=path/to/calibration.txt"
            + " -Dlightmamba.checkpoint=path/to/checkpoint -Dlightmamba.evaluationText=path/to/heldout.txt");
    result.assertLogText("BUILD FAILURE");
    assertThat(new File(project, "target/lightmamba")).doesNotExist();
  }

  @MavenPluginTest
  void propertiesOfThePomGiveWayToTheCommandLine() throws Exception {
    File project = resources.getBasedir("it-properties");
    MavenExecutionResult result =
        maven.forProject(project).withCliOption("-Dlightmamba.board=u50").execute("lightmamba:generate-kernels");
    result.assertLogText("LM-PARAM-002: The parameter board is 'u50'; allowed is one of: u280, vck190, u55c.");
    result.assertNoLogText("has no effect");
  }

  @MavenPluginTest
  void warnsOfWhatTheConfigurationOverrides() throws Exception {
    File project = resources.getBasedir("it-configuration");
    MavenExecutionResult result =
        maven
            .forProject(project)
            .withCliOptions("-Dlightmamba.board=u280", "-Dlightmamba.tokens=16", "-Dlightmamba.bord=u280")
            .execute("lightmamba:generate-kernels");
    assertThat(lines(result, "has no effect"))
        .hasSize(2)
        .anyMatch(line -> line.contains("-Dlightmamba.board=u280 has no effect") && line.contains("<board>vck190<"))
        .anyMatch(line -> line.contains("-Dlightmamba.bord=u280 is no parameter"));
  }

  @MavenPluginTest
  void everyGoalRunsWithoutPomAndWritesOnlyBelowTarget() throws Exception {
    File folder = resources.getBasedir("it-empty");
    Path inputs = resources.getBasedir("unit").toPath();
    Files.createDirectory(inputs.resolve("model"));
    Files.writeString(inputs.resolve("model/config.json"), "{}");
    Files.writeString(inputs.resolve("text.txt"), "text");
    for (String goal : List.of("quantize", "generate-kernels", "build-bitstream", "verify", "evaluate", "help")) {
      MavenExecutionResult result =
          maven
              .forProject(folder)
              .withCliOptions(
                  "-Dlightmamba.checkpoint=" + inputs.resolve("model"),
                  "-Dlightmamba.calibrationText=" + inputs.resolve("text.txt"),
                  "-Dlightmamba.evaluationText=" + inputs.resolve("text.txt"))
              .execute(COORDINATES + goal);
      if (goal.equals("help")) {
        result.assertErrorFreeLog().assertLogText("lightmamba:quantize");
      } else {
        result.assertLogText("LM-");
      }
      if (List.of("generate-kernels", "build-bitstream", "verify", "evaluate").contains(goal)) {
        result.assertLogText("run `mvn " + COORDINATES + "quantize -Dlightmamba.calibrationText=");
      }
    }
    assertThat(below(folder.toPath()))
        .allMatch(path -> path.equals("notes.txt") || path.equals("log.txt") || path.startsWith("target"));
    assertThat(folder.toPath().resolve("target/lightmamba/1-quantized")).doesNotExist();
  }

  @MavenPluginTest
  void refusesToMeasureOnTheCalibrationTextAndKeepsTheTokenizerQuiet() throws Exception {
    File project = resources.getBasedir("it-phases");
    Path model = Path.of("..", "sample-project", "model").toAbsolutePath().normalize();
    MavenExecutionResult result =
        maven
            .forProject(project)
            .withCliOptions(
                "-Dlightmamba.checkpoint=" + model,
                "-Dlightmamba.calibrationText=" + model.resolve("calibration.txt"),
                "-Dlightmamba.evaluationText=" + model.resolve("calibration.txt"))
            .execute("lightmamba:quantize@model");
    result.assertLogText("LM-TEXT-001: The evaluationText shares 256 tokens with the calibrationText");
    result.assertLogText("BUILD FAILURE");
    for (String noise : List.of("GPU", "RUST_FLAVOR", "jar:file:", "Extracting", "maxLength", "SLF4J")) {
      result.assertNoLogText(noise);
    }
    assertThat(new File(project, "target/lightmamba/1-quantized")).doesNotExist();
  }

  private static List<String> lines(MavenExecutionResult result, String part) throws Exception {
    return result.getLog().stream().filter(line -> line.contains(part)).toList();
  }

  private static List<String> below(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> !f.equals(folder)).map(f -> folder.relativize(f).toString()).sorted().toList();
    }
  }
}

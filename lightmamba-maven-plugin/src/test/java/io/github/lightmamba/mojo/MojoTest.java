package io.github.lightmamba.mojo;

import static io.takari.maven.testing.TestMavenRuntime5.newParameter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.lightmamba.ledger.Figure;
import io.github.lightmamba.ledger.Ledger;
import io.github.lightmamba.progress.Progress;
import io.takari.maven.testing.TestMavenRuntime5;
import io.takari.maven.testing.TestResources5;
import java.io.File;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.Mojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.codehaus.plexus.util.xml.Xpp3Dom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameters of the goals, in the Maven that the plugin is compiled against. */
class MojoTest {
  @RegisterExtension final TestResources5 resources = new TestResources5();
  @RegisterExtension final TestMavenRuntime5 maven = new TestMavenRuntime5();

  private File project;
  private final Map<String, String> good = new TreeMap<>();

  @BeforeEach
  void inputs() throws Exception {
    project = resources.getBasedir("unit");
    Files.createDirectory(project.toPath().resolve("model"));
    Files.writeString(project.toPath().resolve("text.txt"), "text");
    good.put("checkpoint", project + "/model");
    good.put("calibrationText", project + "/text.txt");
    good.put("evaluationText", project + "/text.txt");
    good.put("cacheDirectory", project + "/cache");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quantize|scheme|W4A4|one of: w4a4, w4a8, w8a8|w4a4",
        "quantize|scheme|w4a2|one of: w4a4, w4a8, w8a8|w4a4",
        "quantize|headBits|6|one of: 8, 4|8",
        "quantize|headBits|eight|one of: 8, 4|8",
        "quantize|method|awq|one of: rtn, gptq|rtn",
        "quantize|groupSize|100|one of: 0, 8, 16, 32, 64, 128|0",
        "quantize|activationGroup|64|one of: 8, 16, 32|8",
        "quantize|rotation|loose|one of: auto, strict|auto",
        "quantize|windows|-1|a whole number from 0 to 1000000|24",
        "quantize|windowTokens|1|a whole number from 2 to 1000000|512",
        "quantize|windowTokens|99999999999|a whole number from 2 to 1000000|512",
        "quantize|cacheSize|-1|a whole number from 0 to 1000000|20",
        "generate-kernels|board|u50|one of: u280, vck190, u55c|u280",
        "verify|board|U280|one of: u280, vck190, u55c|u280",
        "verify|target|hw_emu|one of: csim|csim",
        "verify|tokens|-1|a whole number from 1 to 1000000|32",
        "build-bitstream|buildTarget|sw_emu|one of: hw, hw_emu|hw",
        "build-bitstream|frequencyMhz|20|0 or a whole number from 50 to 1000|0",
        "build-bitstream|jobs|65|a whole number from 0 to 64|0",
        "build-bitstream|timeout|0|a whole number from 1 to 100000|1440",
        "build-bitstream|retries|many|a whole number from 0 to 100|2",
        "build-bitstream|timingPolicy|ignore|one of: fail, warn, lower|fail",
        "evaluate|windows|0|a whole number from 1 to 1000000|24",
        "evaluate|windows|many|a whole number from 1 to 1000000|24",
        "estimate|lanes|2|one of: 8, 4, 1, 0|8",
        "estimate|frequencyMhz|20|a whole number from 50 to 600|250",
        "estimate|scheme|w2a2|one of: w4a4, w4a8, w8a8|w4a4"
      })
  void aBadValueIsNamedWithWhatIsAllowed(
      String goal, String parameter, String value, String allowed, String example) {
    good.put(parameter, value);
    assertThat(failure(goal))
        .isEqualTo(
            "LM-PARAM-002: The parameter " + parameter + " is '" + value + "'; allowed is " + allowed + ". Do: set <"
                + parameter + ">" + example + "</" + parameter + "> in the plugin's <configuration>, or -Dlightmamba."
                + parameter + "=" + example + " on the command line.");
    assertThat(new File(project, "target/lightmamba")).doesNotExist();
  }

  /** Maven gives the default for an empty element, or nothing at all; neither ends in anything but a named failure. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "scheme", "headBits", "method", "groupSize", "activationGroup", "rotation", "windows", "windowTokens", "cacheSize"
      })
  void anEmptyValueIsNoCrash(String parameter) {
    good.put(parameter, "");
    assertThat(failure("quantize")).startsWith("LM-");
    good.put(parameter, " ");
    assertThat(failure("quantize")).startsWith("LM-");
  }

  @ParameterizedTest
  @ValueSource(strings = {"u280", "vck190"})
  void anEstimateNeedsAConfigurationOnly(String onto) throws Exception {
    Files.copy(Path.of("..", "sample-project", "model", "config.json"), Path.of(good.get("checkpoint"), "config.json"));
    good.remove("calibrationText");
    good.remove("evaluationText");
    good.put("board", onto);
    assertThat(thrown("estimate")).isNull();
    assertThat(new File(project, "target/lightmamba/" + onto + "/estimate.json")).content().contains("tokensPerSecond");
    assertThat(new File(project, "target/lightmamba/" + onto).list())
        .containsExactlyInAnyOrder("estimate.json", "estimate-roofline.svg", "estimate-timeline.svg");
  }

  @Test
  void anEstimateSaysHowWrongEarlierOnesWere() throws Exception {
    Files.copy(Path.of("..", "sample-project", "model", "config.json"), Path.of(good.get("checkpoint"), "config.json"));
    assertThat(said("estimate"))
        .contains("past errors: no design for the u280 was built yet: the error of these estimates is not known");
    Ledger.Row row =
        new Ledger.Row(
            "u280", "a", Ledger.Row.DESIGN, "2023.1", false, Map.of("lut", Figure.of(88.0, 100.0, null)));
    Ledger.note(project.toPath().resolve("cache"), List.of(row), Progress.SILENT);
    assertThat(said("estimate"))
        .contains(
            "past errors: lut: of 1 earlier design estimated 12.0 % too low, against csynth (estimated by synthesis)");
  }

  /** Returns what a goal says, line by line. */
  private List<String> said(String goal) throws Exception {
    List<Xpp3Dom> parameters = new ArrayList<>();
    good.forEach((name, value) -> parameters.add(newParameter(name, value)));
    MavenSession session = maven.newMavenSession(maven.readMavenProject(project));
    Mojo mojo =
        maven.lookupConfiguredMojo(session, maven.newMojoExecution(goal, parameters.toArray(Xpp3Dom[]::new)));
    return Said.by(mojo);
  }

  @ParameterizedTest
  @ValueSource(strings = {"checkpoint", "calibrationText", "evaluationText"})
  void aMissingInputIsNamed(String parameter) {
    good.remove(parameter);
    assertThat(failure("quantize"))
        .startsWith("LM-PARAM-001: The parameter " + parameter + " (")
        .contains("-Dlightmamba." + parameter + "=");
    good.put(parameter, project + "/nowhere");
    assertThat(failure("quantize"))
        .startsWith("LM-FILE-001: The parameter " + parameter + " (")
        .contains(project + "/nowhere, which does not exist");
  }

  @Test
  void aTokenizerThatIsNotThereIsNamed() {
    good.put("tokenizer", project + "/nowhere.json");
    assertThat(failure("quantize"))
        .startsWith("LM-FILE-001: The parameter tokenizer (the tokenizer.json of the model) is ")
        .contains("nowhere.json, which does not exist", "-Dlightmamba.tokenizer=");
  }

  @Test
  void aFileIsNoCheckpointAndAFolderIsNoText() {
    good.put("checkpoint", project + "/text.txt");
    assertThat(failure("quantize")).contains("text.txt, which is no folder");
    good.put("checkpoint", project + "/model");
    good.put("evaluationText", project + "/model");
    assertThat(failure("quantize")).contains("model, which is no file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate-kernels", "build-bitstream", "verify", "evaluate"})
  void withoutAModelTheCommandToRunIsNamed(String goal) {
    assertThat(failure(goal))
        .startsWith("LM-STAGE-002: The output of the goal quantize is missing")
        .contains("Do: run `mvn io.github.lightmamba:lightmamba-maven-plugin:")
        .contains(":quantize`.");
    assertThat(new File(project, "target/lightmamba")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"quantize", "generate-kernels", "build-bitstream", "verify", "evaluate", "doctor", "clean-cache"})
  void skipComesBeforeEverything(String goal) throws Exception {
    maven.executeMojo(project, goal, newParameter("skip", "true"), newParameter("scheme", "nonsense"));
    assertThat(new File(project, "target/lightmamba")).doesNotExist();
  }

  @Test
  void aCacheOfSizeZeroIsNotTouched() {
    good.put("cacheSize", "0");
    assertThat(failure("quantize")).startsWith("LM-");
    assertThat(new File(project, "cache")).doesNotExist();
    good.put("cacheSize", "1");
    assertThat(failure("quantize")).startsWith("LM-");
    assertThat(new File(project, "cache/results/quantize")).isDirectory();
  }

  @Test
  void theCacheIsDeletedOnlyWhenAskedAndOnlyWhatIsItsOwn() throws Exception {
    Path cache = project.toPath().resolve("cache");
    String nothing = "clean-cache: deleted 0 results (0.0 MB) from " + cache;
    assertThat(said("clean-cache")).containsExactly(nothing);
    Path foreign = Files.createDirectories(cache.resolve("results/quantize/" + "0".repeat(64)));
    Files.writeString(foreign.resolve("photo"), "mine");
    assertThat(said("clean-cache")).containsExactly(nothing);
    assertThat(foreign.resolve("photo")).hasContent("mine");
    assertThat(new File(project, "target/lightmamba")).doesNotExist();
  }

  @Test
  void everyGoalIsThreadSafe() throws Exception {
    String descriptor = Files.readString(Path.of("target/classes/META-INF/maven/plugin.xml"));
    List<String> goals =
        List.of(
            "quantize", "generate-kernels", "build-bitstream", "verify", "estimate", "evaluate", "doctor",
            "clean-cache", "help");
    assertThat(descriptor.split("<goal>", -1)).hasSize(goals.size() + 1);
    assertThat(descriptor.split("<threadSafe>true</threadSafe>", -1)).hasSize(goals.size() + 1);
  }

  @Test
  void troubleWithTheMachineIsAnErrorAndNoFailure() throws Exception {
    Path lock = Files.createDirectories(project.toPath().resolve("target/lightmamba")).resolve(".1-quantized.lock");
    try (FileChannel other = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      assertThat(thrown("quantize"))
          .isInstanceOf(MojoExecutionException.class)
          .hasMessageStartingWith("LM-STAGE-003: ");
    }
  }

  private String failure(String goal) {
    Throwable thrown = thrown(goal);
    assertThat(thrown).isInstanceOf(MojoFailureException.class);
    return thrown.getMessage();
  }

  private Throwable thrown(String goal) {
    List<Xpp3Dom> parameters = new ArrayList<>();
    good.forEach((name, value) -> parameters.add(newParameter(name, value)));
    return catchThrowable(() -> maven.executeMojo(project, goal, parameters.toArray(Xpp3Dom[]::new)));
  }
}

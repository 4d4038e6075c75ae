package io.github.lightmamba.mojo;

import static io.takari.maven.testing.TestMavenRuntime5.newParameter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.SmallAccelerator;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.quantize.QuantizedTiny;
import io.github.lightmamba.standin.StandInInstallation;
import io.github.lightmamba.vitis.VitisCommands;
import io.github.lightmamba.vitis.VitisVersion;
import io.takari.maven.testing.TestMavenRuntime5;
import io.takari.maven.testing.TestResources5;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.Mojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.project.MavenProject;
import org.codehaus.plexus.util.xml.Xpp3Dom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("The goals around Vitis")
class BitstreamMojoTest {
  private static final String STAND_IN = "io.github.lightmamba.standin";

  @RegisterExtension final TestResources5 resources = new TestResources5();
  @RegisterExtension final TestMavenRuntime5 maven = new TestMavenRuntime5();

  private Path project;
  private final Map<String, String> parameters = new TreeMap<>();

  @BeforeEach
  void inputs() throws Exception {
    project = resources.getBasedir("unit").toPath();
    QuantizedTiny.write(new Workspace(project.resolve("target/lightmamba")));
    SmallAccelerator.write(project.resolve("accelerator"));
    parameters.put("acceleratorSource", project + "/accelerator");
    parameters.put("cacheDirectory", project + "/cache");
    parameters.put("vitisHome", project + "/tools");
  }

  @Test
  @DisplayName("attach the bitstream, its report, and nothing else for a card")
  void attach() throws Exception {
    install("2023.1");
    System.setProperty(STAND_IN, "accepted");
    try {
      for (String target : List.of("hw_emu", "hw", "hw")) {
        parameters.put("buildTarget", target);
        MavenProject pom = maven.readMavenProject(project.toFile());
        MavenSession session = maven.newMavenSession(pom);
        maven.executeMojo(session, pom, "build-bitstream", dom());
        String classifier = target.equals("hw") ? "u280" : "u280-hw_emu";
        assertThat(pom.getAttachedArtifacts()).extracting(Artifact::getType).containsExactly("xclbin", "json");
        assertThat(pom.getAttachedArtifacts())
            .extracting(Artifact::getClassifier)
            .containsExactly(classifier, classifier + "-report");
        assertThat(pom.getAttachedArtifacts().get(0).getFile()).isFile();
      }
    } finally {
      System.clearProperty(STAND_IN);
    }
    JsonNode rows = Json.read(project.resolve("cache/ledger.json"), JsonNode.class).path("rows");
    JsonNode design = rows.path(rows.size() - 1);
    assertThat(design.path("part").asText()).isEqualTo("design");
    double rate = design.path("figures").path("tokens/s").path("estimate").asDouble();
    assertThat(rate).isPositive();
    assertThat(design.path("figures").path("tokens/s").path("routed").asDouble()).isEqualTo(rate);
    JsonNode kernels = Json.read(project.resolve("target/lightmamba/u280/2-kernels/report.json"), JsonNode.class);
    assertThat(design.path("figures").path("GB/s").path("estimate").asDouble())
        .isEqualTo(kernels.path("bytesPerToken").asLong() * rate / 1e9);
    Path command = project.resolve("target/lightmamba/u280/3-bitstream.steps/work/link-default-250/command.sh");
    assertThat(command).content().contains("v++ -l").contains("--kernel_frequency 250");
  }

  @Test
  @DisplayName("refuse the stand-in outside of tests")
  void standIn() throws Exception {
    install("2023.1");
    assertThat(thrown("build-bitstream")).hasMessageStartingWith("LM-XCLBIN-002");
    assertThat(project.resolve("target/lightmamba/u280/3-bitstream")).doesNotExist();
  }

  @Test
  @DisplayName("say the commands without any Vitis, and fail without one otherwise")
  void dryRun() throws Exception {
    Files.createDirectories(project.resolve("tools"));
    assertThat(thrown("build-bitstream"))
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageStartingWith("LM-VITIS-001");
    parameters.put("dryRun", "true");
    parameters.put("buildTarget", "hw_emu");
    Path own = project.resolve("own.json");
    try (var in = VitisCommands.class.getResourceAsStream("commands.json")) {
      Files.write(own, new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("--od", "--out").getBytes());
    }
    parameters.put("vitisCommands", own.toString());
    assertThat(said("build-bitstream")).anyMatch(line -> line.matches("emconfigutil .* --out .*"));
    parameters.remove("vitisCommands");
    parameters.put("buildTarget", "hw");
    parameters.put("dfx", "perhaps");
    assertThat(thrown("build-bitstream")).hasMessageStartingWith("LM-PARAM-002").hasMessageContaining("auto");
    parameters.put("dfx", "true");
    parameters.put("vppOptions", "synthesis:-g");
    assertThat(thrown("build-bitstream")).hasMessageStartingWith("LM-PARAM-002").hasMessageContaining("compile:");
    parameters.put("vppOptions", "compile:-g");
    for (String board : List.of("u280", "vck190", "u55c")) {
      parameters.put("board", board);
      List<String> commands =
          said("build-bitstream").stream().filter(line -> line.startsWith("v++ ")).toList();
      // Three kernels, a link for each of three strategies, and the package, of a DFX platform in two steps.
      assertThat(commands).as(board).hasSize(board.equals("vck190") ? 8 : 7);
      assertThat(commands.subList(0, 3)).allMatch(line -> line.startsWith("v++ -c ") || line.contains("--mode hls"));
      assertThat(commands.subList(0, 3)).allMatch(line -> (line + " ").contains(" -g "));
      assertThat(commands.subList(3, 6)).allMatch(line -> line.startsWith("v++ -l ") && !(line + " ").contains(" -g "));
      assertThat(commands.get(commands.size() - 1))
          .startsWith("v++ -p ")
          .contains(board.equals("vck190") ? "sd" : ".xclbin");
      assertThat(project.resolve("target/lightmamba/" + board + "/2-kernels/hls/link.cfg")).exists();
      assertThat(project.resolve("target/lightmamba/" + board + "/3-bitstream.steps")).doesNotExist();
    }
  }

  @Test
  @DisplayName("tell what is missing, fail only for a goal that was asked for, and leave JSON")
  void doctor() throws Exception {
    Files.createDirectories(project.resolve("tools"));
    assertThat(thrown("doctor")).isNull();
    JsonNode found = Json.read(project.resolve("target/lightmamba/doctor.json"), JsonNode.class);
    assertThat(found.path("checks").findValuesAsText("name"))
        .contains("JDK", "C++ compiler", "Vitis for u280", "Vitis for vck190")
        .contains("licence", "memory", "disk", "XRT", "cards", "Slurm")
        .contains("rootfs", "kernelImage", "sysroot", "memory of the vck190");
    for (JsonNode check : found.path("checks")) {
      assertThat(check.path("fix").asText().isEmpty())
          .as(check.toString())
          .isEqualTo(check.path("state").asText().equals("GOOD"));
    }
    assertThat(found.path("needs").path("estimate").toString()).isEqualTo("[\"JDK\"]");
    parameters.put("goals", "quantize");
    assertThat(thrown("doctor")).isNull();
    parameters.put("goals", "build-bitstream");
    assertThat(thrown("doctor"))
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageStartingWith("LM-DOCTOR-001: build-bitstream lacks Vitis for u280");
    parameters.put("goals", "fly");
    assertThat(thrown("doctor")).isInstanceOf(MojoFailureException.class).hasMessageContaining("build-bitstream");
  }

  @Test
  @DisplayName("look at the same things in the doctor as before a build")
  void sameChecks() throws Exception {
    install("2023.1");
    assertThat(thrown("generate-kernels")).isNull();
    assertThat(thrown("doctor")).isNull();
    JsonNode found = Json.read(project.resolve("target/lightmamba/doctor.json"), JsonNode.class);
    assertThat(found.path("checks").findValuesAsText("name"))
        .contains("shell of the u280", "memory tags of the u280", "memory of the vck190");
    for (JsonNode check : found.path("checks")) {
      if (check.path("name").asText().equals("XRT")) {
        assertThat(check.path("state").asText()).as(check.toString()).isEqualTo("GOOD");
      }
    }
    assertThat(found.path("needs").path("build-bitstream").toString())
        .contains("shell of the u280", "memory tags of the u280", "licence", "XRT", "disk");
    parameters.put("board", "vck190");
    parameters.put("goals", "build-bitstream");
    assertThat(thrown("doctor"))
        .hasMessageContaining("build-bitstream lacks rootfs: not set. Do: set rootfs to rootfs.ext4")
        .hasMessageContaining("build-bitstream lacks kernelImage");
  }

  private void install(String version) throws Exception {
    StandInInstallation standIn =
        StandInInstallation.create(Files.createDirectories(project.resolve("tools")), VitisVersion.of(version));
    parameters.put("platformRepositories", standIn.platforms().toString());
  }

  private Xpp3Dom[] dom() {
    List<Xpp3Dom> all = new ArrayList<>();
    parameters.forEach((name, value) -> all.add(newParameter(name, value)));
    return all.toArray(Xpp3Dom[]::new);
  }

  /** Returns what a goal says, line by line. */
  private List<String> said(String goal) throws Exception {
    MavenSession session = maven.newMavenSession(maven.readMavenProject(project.toFile()));
    Mojo mojo = maven.lookupConfiguredMojo(session, maven.newMojoExecution(goal, dom()));
    return Said.by(mojo);
  }

  private Throwable thrown(String goal) {
    return catchThrowable(() -> maven.executeMojo(project.toFile(), goal, dom()));
  }
}

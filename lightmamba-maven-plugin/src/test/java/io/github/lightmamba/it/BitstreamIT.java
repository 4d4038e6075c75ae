package io.github.lightmamba.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.SmallAccelerator;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.quantize.QuantizedTiny;
import io.github.lightmamba.standin.StandInInstallation;
import io.github.lightmamba.vitis.VitisVersion;
import io.takari.maven.testing.TestResources5;
import io.takari.maven.testing.executor.MavenExecutionResult;
import io.takari.maven.testing.executor.MavenRuntime;
import io.takari.maven.testing.executor.MavenRuntime.MavenRuntimeBuilder;
import io.takari.maven.testing.executor.MavenVersions;
import io.takari.maven.testing.executor.junit.MavenPluginTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two boards of one POM, each with a Vitis of its own, through a whole Maven into a repository; with the stand-in. */
@MavenVersions({"3.8.7", "3.9.16", "4.0.0-rc-6"})
class BitstreamIT {
  private static final String DEPENDENCY_PLUGIN = "3.8.1";

  @RegisterExtension final TestResources5 resources = new TestResources5();
  private final MavenRuntimeBuilder builder;

  BitstreamIT(MavenRuntimeBuilder builder) throws Exception {
    ReactorState.addParent();
    this.builder = builder;
  }

  @MavenPluginTest
  void twoBoardsAreDeployedAsTwoFilesAlsoWhenUpToDate() throws Exception {
    Path project = resources.getBasedir("it-bitstreams").toPath();
    QuantizedTiny.write(new Workspace(project.resolve("target/lightmamba")));
    SmallAccelerator.write(project.resolve("accelerator"));
    Path tools = Files.createDirectory(project.resolve("tools"));
    StandInInstallation old = StandInInstallation.create(tools, VitisVersion.of("2023.1"));
    StandInInstallation recent = StandInInstallation.create(tools, VitisVersion.of("2025.2"));
    Files.writeString(project.resolve("rootfs.ext4"), "rootfs");
    Files.writeString(project.resolve("Image"), "kernel");
    Path toolchains =
        Files.writeString(
            project.resolve("toolchains.xml"),
            "<toolchains>" + toolchain("2023.1", old) + toolchain("2025.2", recent) + "</toolchains>");
    MavenRuntime maven =
        builder
            .withCliOptions(
                "-B",
                "-t", toolchains.toString(),
                "-Dmaven.install.skip",
                "-Dbitstreams=" + project,
                "-Dio.github.lightmamba.standin=accepted",
                "-Dlightmamba.cacheDirectory=" + project.resolve("cache"),
                "-Dlightmamba.acceleratorSource=" + project.resolve("accelerator"),
                "-Dlightmamba.platformRepositories=" + old.platforms(),
                "-Dlightmamba.rootfs=" + project.resolve("rootfs.ext4"),
                "-Dlightmamba.kernelImage=" + project.resolve("Image"))
            .build();
    MavenExecutionResult first = maven.forProject(project.toFile()).execute("deploy").assertErrorFreeLog();
    first.assertLogText("Vitis 2023.1").assertLogText("Vitis 2025.2");
    Path deployed = project.resolve("repository/io/github/lightmamba/it/bitstreams/1");
    byte[] card = Files.readAllBytes(deployed.resolve("bitstreams-1-u280.xclbin"));
    byte[] versal = Files.readAllBytes(deployed.resolve("bitstreams-1-vck190.xclbin"));
    assertThat(card).isNotEqualTo(versal);
    Path work = project.resolve("target/lightmamba");
    assertThat(card).isEqualTo(Files.readAllBytes(work.resolve("u280/3-bitstream/lightmamba-u280.xclbin")));
    assertThat(versal).isEqualTo(Files.readAllBytes(work.resolve("vck190/3-bitstream/lightmamba-vck190.xclbin")));
    assertThat(deployed.resolve("bitstreams-1-vck190-sd.img")).exists();
    assertThat(deployed.resolve("bitstreams-1-u280-report.json")).exists();

    Path consumer = resources.getBasedir("it-consumer").toPath();
    String copy = "org.apache.maven.plugins:maven-dependency-plugin:" + DEPENDENCY_PLUGIN + ":copy-dependencies";
    maven.forProject(consumer.toFile()).execute(copy).assertErrorFreeLog();
    assertThat(consumer.resolve("target/dependency/bitstreams-1-u280.xclbin")).hasBinaryContent(card);

    for (String file : List.of("bitstreams-1-u280.xclbin", "bitstreams-1-vck190.xclbin")) {
      Files.delete(deployed.resolve(file));
    }
    MavenExecutionResult again = maven.forProject(project.toFile()).execute("deploy").assertErrorFreeLog();
    again.assertLogText("build-bitstream: up to date");
    assertThat(deployed.resolve("bitstreams-1-u280.xclbin")).hasBinaryContent(card);
    assertThat(deployed.resolve("bitstreams-1-vck190.xclbin")).hasBinaryContent(versal);
  }

  /** What the consumer resolves is in the repository of the one who runs the test; nothing of the stand-in stays. */
  @BeforeEach
  @AfterEach
  void forgetResolved() throws IOException {
    Properties test = new Properties();
    try (InputStream in = BitstreamIT.class.getResourceAsStream("/test.properties")) {
      test.load(in);
    }
    Path resolved = Path.of(test.getProperty("localRepository"), "io/github/lightmamba/it");
    if (Files.exists(resolved)) {
      try (Stream<Path> files = Files.walk(resolved)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static String toolchain(String version, StandInInstallation installation) {
    return "<toolchain><type>vitis</type><provides><version>" + version + "</version></provides>"
        + "<configuration><vitisHome>" + installation.home() + "</vitisHome></configuration></toolchain>";
  }
}

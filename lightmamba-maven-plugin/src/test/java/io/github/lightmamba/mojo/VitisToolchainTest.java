package io.github.lightmamba.mojo;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.VitisSupport;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.maven.toolchain.model.ToolchainModel;
import org.codehaus.plexus.util.xml.Xpp3Dom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which Vitis of {@code toolchains.xml} is taken for a board. */
class VitisToolchainTest {
  private static final VitisSupport SUPPORT = new VitisSupport("2022.2", "2023.1", "2023.2", "tested", "platform");

  @ParameterizedTest
  @CsvSource({
    "2022.2 2023.1 2023.2 2024.1, 2023.1", "2022.2 2023.2, 2022.2", "2023.2 2024.1, 2023.2", "2022.1 2024.1 x,"
  })
  void theNewestUpToTheSafeReleaseThenOneThatIsNewer(String releases, String taken) {
    List<ToolchainModel> toolchains = Stream.of(releases.split(" ")).map(VitisToolchainTest::toolchain).toList();
    assertThat(VitisToolchain.find(toolchains, SUPPORT).map(Path::toString).orElse(null)).isEqualTo(taken);
  }

  private static ToolchainModel toolchain(String release) {
    ToolchainModel toolchain = new ToolchainModel();
    toolchain.addProvide("version", release);
    Xpp3Dom configuration = new Xpp3Dom("configuration");
    Xpp3Dom home = new Xpp3Dom("vitisHome");
    home.setValue(release);
    configuration.addChild(home);
    toolchain.setConfiguration(configuration);
    return toolchain;
  }
}

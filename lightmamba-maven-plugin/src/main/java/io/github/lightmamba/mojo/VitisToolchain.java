package io.github.lightmamba.mojo;

import io.github.lightmamba.kernel.VitisSupport;
import io.github.lightmamba.vitis.VitisVersion;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.toolchain.model.ToolchainModel;
import org.codehaus.plexus.util.xml.Xpp3Dom;

/**
 * Reads toolchains of the type {@code vitis} from {@code toolchains.xml}:
 *
 * <pre>
 * &lt;toolchain&gt;
 *   &lt;type&gt;vitis&lt;/type&gt;
 *   &lt;provides&gt;&lt;version&gt;2023.1&lt;/version&gt;&lt;/provides&gt;
 *   &lt;configuration&gt;&lt;vitisHome&gt;/tools/Xilinx/Vitis/2023.1&lt;/vitisHome&gt;&lt;/configuration&gt;
 * &lt;/toolchain&gt;
 * </pre>
 */
final class VitisToolchain {
  private static final String TYPE = "vitis";

  private VitisToolchain() {}

  /** Returns the folder of the newest one that serves a board; one that is not newer than the safe release first. */
  static Optional<Path> find(MavenSession session, VitisSupport support) {
    return find(session.getRequest().getToolchains().getOrDefault(TYPE, List.of()), support);
  }

  static Optional<Path> find(List<ToolchainModel> toolchains, VitisSupport support) {
    return toolchains.stream()
        .filter(toolchain -> version(toolchain).isPresent() && home(toolchain).isPresent())
        .filter(toolchain -> version(toolchain).get().between(support.firstRelease(), support.lastRelease()))
        .max(
            Comparator.comparing(
                    (ToolchainModel toolchain) ->
                        version(toolchain).get().between(support.firstRelease(), support.safeRelease()))
                .thenComparing(toolchain -> version(toolchain).get()))
        .flatMap(VitisToolchain::home);
  }

  private static Optional<VitisVersion> version(ToolchainModel toolchain) {
    return VitisVersion.parse(toolchain.getProvides().getProperty("version", ""));
  }

  private static Optional<Path> home(ToolchainModel toolchain) {
    Xpp3Dom home = toolchain.getConfiguration() instanceof Xpp3Dom dom ? dom.getChild("vitisHome") : null;
    return Optional.ofNullable(home).map(Xpp3Dom::getValue).filter(text -> !text.isBlank()).map(Path::of);
  }
}

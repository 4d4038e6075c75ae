package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Vitis")
class VitisSearchTest {
  @TempDir private Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("bash").isPresent(), "the installations of this test are shell scripts, and no bash");
  }

  @Test
  @DisplayName("is found in both layouts of a root, newest first, and chosen by what it answers")
  void roots() throws IOException {
    Path old = install("Vitis/2022.2", "2022.2");
    Path middle = install("Vitis/2023.1", "2023.1");
    Path young = install("2025.1/Vitis", "2025.1");
    install("Vitis/latest", "2024.2"); // Not a release by its name.
    VitisSearch search = new VitisSearch(Optional.empty(), Map.of(), List.of(root));
    assertThat(search.candidates()).containsSubsequence(young, middle, old).hasSizeGreaterThanOrEqualTo(3);
    VitisInstallation found = find(search, "2022.2", "2023.2", "the U280");
    assertThat(found.home()).isEqualTo(middle);
    assertThat(found.version()).hasToString("2023.1");
    assertThat(find(search, "2024.1", "2025.2", "x").home()).isEqualTo(young);
    assertThatThrownBy(() -> find(search, "2024.1", "2024.2", "the board"))
        .hasMessageContaining("LM-VITIS-002")
        .hasMessageContaining("the board")
        .hasMessageContaining(middle + " (2023.1)");
  }

  private static VitisInstallation find(VitisSearch search, String first, String last, String purpose) {
    return search.find(VitisVersion.of(first), VitisVersion.of(last), VitisVersion.of(last), purpose);
  }

  @Test
  @DisplayName("that is known to serve is taken before a newer one, unless somebody named the newer one")
  void safe() throws IOException {
    Path safe = install("Vitis/2023.1", "2023.1");
    Path newer = install("Vitis/2023.2", "2023.2");
    install("Vitis/2022.2", "2022.2");
    VitisVersion first = VitisVersion.of("2022.2");
    VitisVersion last = VitisVersion.of("2023.2");
    VitisSearch all = new VitisSearch(Optional.empty(), Map.of(), List.of(root));
    assertThat(all.find(first, VitisVersion.of("2023.1"), last, "x").home()).isEqualTo(safe);
    assertThat(all.find(last, last, last, "x").home()).isEqualTo(newer);
    VitisSearch below = new VitisSearch(Optional.of(root), Map.of(), List.of());
    assertThat(below.find(first, VitisVersion.of("2023.1"), last, "x").home()).isEqualTo(safe);
    VitisSearch named = new VitisSearch(Optional.of(newer), Map.of(), List.of());
    assertThat(named.find(first, VitisVersion.of("2023.1"), last, "x").home()).isEqualTo(newer);
    VitisSearch variable = new VitisSearch(Optional.empty(), Map.of("XILINX_VITIS", newer.toString()), List.of(root));
    assertThat(variable.find(first, VitisVersion.of("2023.1"), last, "x").home()).isEqualTo(newer);
  }

  @Test
  @DisplayName("says its version itself: the name of its folder is not believed")
  void probed() throws IOException {
    install("Vitis/2023.1", "2024.2");
    VitisSearch search = new VitisSearch(Optional.of(root), Map.of(), List.of());
    assertThatThrownBy(() -> find(search, "2023.1", "2023.1", "the U280"))
        .hasMessageContaining("(2024.2)");
  }

  @Test
  @DisplayName("is only looked for where the user says; a root, a release or Vitis itself may be named")
  void home() throws IOException {
    Path home = install("x/2025.1/Vitis", "2025.1");
    Path other = install("Vitis/2023.1", "2023.1");
    for (Path named : List.of(root.resolve("x"), root.resolve("x/2025.1"), home)) {
      Map<String, String> variables = Map.of("XILINX_VITIS", other.toString());
      VitisSearch search = new VitisSearch(Optional.of(named), variables, List.of(root));
      assertThat(search.candidates()).containsExactly(home);
    }
    assertThat(new VitisSearch(Optional.empty(), Map.of("XILINX_VITIS", other.toString()), List.of()).candidates())
        .startsWith(other);
    VitisSearch nothing = new VitisSearch(Optional.of(root.resolve("none")), Map.of(), List.of(root));
    assertThatThrownBy(() -> find(nothing, "2022.2", "2025.2", "x"))
        .hasMessageContaining("LM-VITIS-001")
        .hasMessageContaining(root.resolve("none").toString());
  }

  @Test
  @DisplayName("that fails or says no version is none")
  void silent() throws IOException {
    Path broken = install("Vitis/2023.1", "2023.1");
    Files.writeString(broken.resolve("bin/v++"), "#!/bin/sh\necho cannot open libfoo.so\nexit 127\n");
    assertThatThrownBy(() -> VitisInstallation.probe(broken))
        .hasMessageContaining("LM-VITIS-001")
        .hasMessageContaining("exit code 127")
        .hasMessageContaining("libfoo");
    Files.writeString(broken.resolve("bin/v++"), "#!/bin/sh\nexit 0\n");
    assertThatThrownBy(() -> VitisInstallation.probe(broken)).hasMessageContaining("does not tell a version");
    assertThatThrownBy(() -> VitisInstallation.probe(root)).hasMessageContaining("holds no bin/v++");
  }

  @Test
  @DisplayName("changes the environment as its settings script says, and only what belongs to it")
  void settings() throws IOException {
    Path home = install("Vitis/2023.1", "2023.1");
    VitisInstallation installation = VitisInstallation.probe(home);
    assertThat(installation.environment(Map.of())).isEmpty();
    Files.writeString(
        home.resolve("settings64.sh"),
        "echo noise\nexport XILINX_VITIS=" + home + "\nexport PATH=" + home + "/bin:$PATH\nexport SECRET=1\n");
    Map<String, String> changed = installation.environment(System.getenv());
    assertThat(changed).containsEntry("XILINX_VITIS", home.toString()).containsKey("PATH").doesNotContainKey("SECRET");
    assertThat(changed.get("PATH")).startsWith(home + "/bin:");
    Files.writeString(home.resolve("settings64.sh"), "return 3\n");
    assertThatThrownBy(() -> installation.environment(Map.of())).hasMessageContaining("cannot be sourced");
    assertThat(installation.command(List.of("v++", "-c"))).containsExactly(home.resolve("bin/v++").toString(), "-c");
    assertThatThrownBy(() -> installation.command(List.of("platforminfo"))).hasMessageContaining("no platforminfo");
  }

  @Test
  @DisplayName("has platforms: by name in repositories, or by path; what is missing is told with what is there")
  void platforms() throws IOException {
    Path file = Files.createDirectories(root.resolve("repo/p_1")).resolve("p_1.xpfm");
    Files.writeString(file, "<x/>");
    String variable = root.resolve("none") + ":" + root.resolve("repo");
    PlatformSearch search =
        PlatformSearch.of(List.of(), Map.of("PLATFORM_REPO_PATHS", variable), Optional.of(root.resolve("v")));
    assertThat(search.repositories()).contains(root.resolve("repo"), Path.of("/opt/xilinx/platforms"))
        .endsWith(root.resolve("v/base_platforms"));
    assertThat(search.find("p_1")).isEqualTo(new Platform("p_1", file));
    assertThat(search.find(file.toString())).isEqualTo(new Platform("p_1", file));
    Map<String, String> variables = Map.of("PLATFORM_REPO_PATHS", variable);
    assertThat(PlatformSearch.of(List.of(root), variables, Optional.empty()).repositories())
        .doesNotContain(root.resolve("repo"));
    assertThatThrownBy(() -> search.find("p_2"))
        .hasMessageContaining("LM-VITIS-003")
        .hasMessageContaining("p_1")
        .hasMessageContaining("repo");
    for (String bad : List.of("../p_1", "", "a b", root.resolve("no.xpfm").toString())) {
      assertThatThrownBy(() -> search.find(bad)).hasMessageContaining("LM-VITIS-003");
    }
  }

  private Path install(String place, String version) throws IOException {
    Path home = root.resolve(place);
    Path program = Files.createDirectories(home.resolve("bin")).resolve("v++");
    Files.writeString(
        program,
        "#!/bin/sh\necho\necho '****** v++ v" + version + " (64-bit)'\necho '  **** SW Build 7 on 2023-01-01'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return home;
  }
}

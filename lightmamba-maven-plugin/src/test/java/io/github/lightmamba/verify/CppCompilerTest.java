package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.process.ProcessRunner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which compiler is taken, and what it is called in a fingerprint. */
class CppCompilerTest {
  @Test
  void theVersionNamesTheCompilerAndNoPath() {
    Optional<Path> compiler = ProcessRunner.find("g++");
    Assumptions.assumeTrue(compiler.isPresent(), "no g++ on the PATH");
    String version = CppCompiler.find(null).version();
    assertThat(version).matches(".*\\d+\\.\\d+.*").doesNotContain("/").doesNotContain("\n");
    assertThat(CppCompiler.find(compiler.get().toString()).version()).isEqualTo(version);
  }

  @Test
  void aCompilerThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> CppCompiler.find("no-such-compiler"))
        .hasMessageStartingWith("LM-CSIM-001")
        .hasMessageContaining("no-such-compiler (environment variable CXX) is not to be found")
        .hasMessageContaining("apt-get install g++");
  }

  @Test
  void withoutAnyCompilerTheUsualOnesAreNamed(@TempDir Path empty) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Search.class.getName())
            .redirectErrorStream(true);
    builder.environment().put("PATH", empty.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(output)
        .startsWith("LM-CSIM-001: The C simulation needs a C++17 compiler, and there is none:")
        .contains("g++, clang++, c++ are not on the PATH")
        .contains("Do: install one (Debian: apt-get install g++), or set CXX to its path.");
  }

  /** Looks for a compiler in an environment of its own. */
  static final class Search {
    private Search() {}

    /**
     * Prints what comes of it.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
      try {
        System.out.println("found " + CppCompiler.find(null).program());
      } catch (LightMambaException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}

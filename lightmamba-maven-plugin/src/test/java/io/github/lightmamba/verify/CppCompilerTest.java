package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.process.ProcessRunner;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

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
}

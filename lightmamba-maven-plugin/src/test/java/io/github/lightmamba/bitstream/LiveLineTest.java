package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bitstream build at a terminal")
class LiveLineTest {
  @TempDir private Path root;

  @Test
  @DisplayName("shows the time and what v++ said last, of compilations side by side too")
  void live() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    List<String> shown = Collections.synchronizedList(new ArrayList<>());
    build.terminal = Optional.of(shown::add);
    build.echo = line -> build.ticker.tick();
    build.run();
    assertThat(shown)
        .anyMatch(line -> line.matches("(?s)..\\[K(./2 )?compile-lightmamba_.*: 0:0\\d:\\d\\d, synthesis estimates.*"))
        .anyMatch(line -> line.matches("(?s)..\\[Klink-default-250: 0:0\\d:\\d\\d, task 5 of 6 done, FPGA routing"))
        .endsWith("\r\033[K");
    assertThat(build.ticker.running()).isFalse();
  }

  @Test
  @DisplayName("that fails takes its line away")
  void liveFailure() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    List<String> shown = Collections.synchronizedList(new ArrayList<>());
    build.terminal = Optional.of(shown::add);
    build.echo = line -> build.ticker.tick();
    build.standIn.play("congestion");
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-001");
    assertThat(shown).last().isEqualTo("\r\033[K");
    assertThat(build.ticker.running()).isFalse();
  }
}

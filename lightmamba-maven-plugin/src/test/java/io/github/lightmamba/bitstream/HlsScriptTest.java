package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The script for the classic flow")
class HlsScriptTest {
  @Test
  @DisplayName("says what the configuration says of synthesis, and nothing of what the command says")
  void settings() throws IOException {
    String template = Files.readString(Path.of("..", "accelerator-src", "config", "hls.cfg.ftl"));
    assertThat(HlsScript.of(template).lines().skip(1))
        .containsExactly(
            "config_compile -pipeline_loops 0",
            "config_compile -enable_auto_rewind=false",
            "config_interface -m_axi_buffer_impl auto");
  }
}

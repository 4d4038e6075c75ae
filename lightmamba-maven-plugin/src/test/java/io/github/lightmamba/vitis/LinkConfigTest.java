package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The connectivity that a link is asked for")
class LinkConfigTest {
  @TempDir private Path folder;

  @Test
  @DisplayName("is instances, banks, regions and streams; other sections and comments are left out")
  void read() throws IOException {
    LinkConfig config =
        read(
            """
            platform=x
            [connectivity]
            nk=gemv:2:gemv_a.gemv_b   # two
            nk=core:1
            nk=old:2:x,y
            sp=gemv_a.w0:HBM[0]
            sp=gemv_b.w0:HBM[2:4].15
            sp=core_1.x:DDR
            slr=gemv_a:SLR0
            stream_connect=gemv_a.out:core_1.in0:64
            sc=core_1.out:gemv_b.in
            [vivado]
            prop=run.impl_1.strategy=Performance_Explore
            """);
    assertThat(config.instances())
        .containsEntry("gemv_a", "gemv")
        .containsEntry("gemv_b", "gemv")
        .containsEntry("core_1", "core")
        .containsEntry("y", "old")
        .hasSize(5);
    assertThat(config.mappings())
        .containsEntry("gemv_a.w0", List.of("HBM[0]"))
        .containsEntry("gemv_b.w0", List.of("HBM[2]", "HBM[3]", "HBM[4]"))
        .containsEntry("core_1.x", List.of("DDR"));
    assertThat(config.regions()).containsOnlyKeys("gemv_a");
    assertThat(config.streams()).containsExactly("gemv_a.out:core_1.in0", "core_1.out:gemv_b.in");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nk=gemv", "nk=gemv:0", "nk=gemv:2:a", "nk=gemv:2:a.a", "nk=a:1:x\nnk=b:1:x", "sp=w0:HBM[0]", "sp=a.b:HBM[4:2]",
        "sp=a.b:HBM[0:900]", "sp=a.b:HBM[0]\nsp=a.b:HBM[1]", "slr=a:0", "stream_connect=a:b", "nonsense=1", "nk"
      })
  @DisplayName("with a line that v++ would not understand is refused with the line")
  void refused(String lines) {
    assertThatThrownBy(() -> read("[connectivity]\n" + lines + "\n"))
        .hasMessageContaining("LM-PARAM-002")
        .hasMessageContaining("line " + (1 + lines.lines().count()));
  }

  private LinkConfig read(String text) throws IOException {
    return LinkConfig.read(Files.writeString(folder.resolve("link.cfg"), text));
  }
}

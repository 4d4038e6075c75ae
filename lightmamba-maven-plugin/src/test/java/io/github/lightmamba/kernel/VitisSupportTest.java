package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.vitis.VitisVersion;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The releases of Vitis that serve a board")
class VitisSupportTest {
  @ParameterizedTest
  @CsvSource({
    "U280,2022.1,false", "U280,2022.2,true", "U280,2023.1,true", "U280,2023.2,true", "U280,2024.1,false",
    "VCK190,2022.2,true", "VCK190,2025.2,true", "U55C,2024.2,true"
  })
  @DisplayName("are those of its profile")
  void releases(Board board, String release, boolean serves) {
    VitisSupport support = profile(board).vitis();
    assertThat(VitisVersion.of(release).between(support.firstRelease(), support.lastRelease())).isEqualTo(serves);
  }

  @Test
  @DisplayName("have a platform, whose name follows the release on the VCK190")
  void platforms() {
    assertThat(profile(Board.VCK190).vitis().platformFor(VitisVersion.of("2023.2")))
        .isEqualTo("xilinx_vck190_base_202320_1");
    assertThat(profile(Board.U280).vitis().platformFor(VitisVersion.of("2022.2")))
        .isEqualTo("xilinx_u280_gen3x16_xdma_1_202211_1");
  }

  @Test
  @DisplayName("promise nothing for the U55C, which has half a GiB a channel and no DDR4")
  void beyond() {
    BoardProfile board = profile(Board.U55C);
    assertThat(board.promised()).isFalse();
    assertThat(board.coreMemory().tag()).isEqualTo("HBM[31]");
    assertThat(board.weightMemories()).hasSize(1);
    assertThat(board.weightMemories().get(0).bytesPerChannel() * 32).isEqualTo(16L << 30);
    assertThat(profile(Board.U280).promised()).isTrue();
  }

  @Test
  @DisplayName("are in order")
  void order() {
    assertThatThrownBy(() -> new VitisSupport("2023.1", "2022.2", "2023.2", "", "p"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static BoardProfile profile(Board board) {
    return BoardProfile.read(board, AcceleratorSource.bundled());
  }
}

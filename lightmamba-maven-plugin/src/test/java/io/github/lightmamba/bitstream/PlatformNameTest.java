package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The platform that a bitstream names")
class PlatformNameTest {
  @ParameterizedTest
  @CsvSource({
    "xilinx_u280_gen3x16_xdma_1_202211_1,xilinx_u280_gen3x16_xdma_1_202211_1,true",
    "xilinx_u280_gen3x16_xdma_base_1,xilinx_u280_gen3x16_xdma_1_202211_1,true",
    "xilinx_u250_gen3x16_xdma_shell_4_1,xilinx_u250_gen3x16_xdma_4_1_202210_1,true",
    "xilinx.com_xd_xilinx_vck190_base_202320_1_202320_1,xilinx_vck190_base_202320_1,true",
    "xilinx:vck190:base:202320.1,xilinx_vck190_base_202320_1,true",
    "xilinx_kv260_kv260_ppse_hardware_platform_0_0,kv260-ppse-hardware-platform,true",
    "xilinx_vck190_base_1_0,xilinx_vck190_base_202320_1,true",
    "vendor_board_design_1_0,xilinx_u280_gen3x16_xdma_1_202211_1,true",
    "'',xilinx_u280_gen3x16_xdma_1_202211_1,true",
    "xilinx_u280_gen3x16_xdma_1_202211_1,xilinx_u280_gen3x16_xdma_1_202211_10,false",
    "xilinx_u280_gen3x16_xdma_1_202211_10,xilinx_u280_gen3x16_xdma_1_202211_1,false",
    "xilinx_u280_xdma_201920_3,xilinx_u280_gen3x16_xdma_1_202211_1,false",
    "xilinx_u280_gen3x16_xdma_base_2,xilinx_u280_gen3x16_xdma_1_202211_1,false",
    "xilinx_u55c_gen3x16_xdma_base_1,xilinx_u280_gen3x16_xdma_1_202211_1,false",
    "xilinx_vck190_base_dfx_202320_1,xilinx_vck190_base_202320_1,false",
    "xilinx_vck190_base_202320_1,xilinx_vck190_base_dfx_202320_1,false",
    "xilinx_vck190_base_202310_1,xilinx_vck190_base_202320_1,false"
  })
  @DisplayName("is the one that was asked for, however the tools write it, or another one")
  void names(String told, String asked, boolean fits) {
    assertThat(PlatformName.fits(told, asked)).isEqualTo(fits);
  }

  @Test
  @DisplayName("tells nothing if it was cut")
  void cut() {
    String told = "vendor_" + "a".repeat(56);
    assertThat(told).hasSize(63);
    String released = told.substring(9) + "_202211_1";
    assertThat(PlatformName.fits(told, "other")).isTrue();
    assertThat(PlatformName.fits(released, "other")).isTrue();
    assertThat(PlatformName.fits(released.substring(1), "other")).isFalse();
  }
}

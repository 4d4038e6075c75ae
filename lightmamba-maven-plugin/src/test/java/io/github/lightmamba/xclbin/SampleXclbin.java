package io.github.lightmamba.xclbin;

/** A file with every section that is read: one kernel, two instances, three banks. */
final class SampleXclbin {
  static final String PLATFORM = "xilinx_u280_gen3x16_xdma_1_202211_1";

  static final String METADATA =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <project name="demo">
        <platform vendor="xilinx" boardid="u280" name="gen3x16_xdma_1" featureRomTime="0">
          <device name="fpga0" fpgaDevice="virtexuplusHBM:xcu280:fsvh2892:-2L:e" addrWidth="0">
            <core name="OCL_REGION_0" target="hw" type="clc_region" clockFreq="300MHz" numComputeUnits="2">
              <kernel name="gemv" language="c" interrupt="true" hwControlProtocol="ap_ctrl_chain">
                <port name="M_AXI_W" mode="master" range="0xFFFFFFFFFFFFFFFF" dataWidth="512"/>
                <arg name="weights" addressQualifier="1" id="0" port="M_AXI_W" size="0x8" offset="0x10"
                     hostSize="0x8" type="ap_uint&lt;512&gt;*"/>
                <arg name="tokens" addressQualifier="0" id="1" port="S_AXI_CONTROL" size="0x4" offset="0x1C"
                     hostSize="0x4" type="int"/>
                <arg name="out" addressQualifier="4" id="" port="out" size="0x4" offset="0x0" hostSize="0x4"
                     type="stream"/>
                <instance name="gemv_1"><addrRemap base="0x800000" range="0x10000" port="S_AXI_CONTROL"/></instance>
                <instance name="gemv_2"><addrRemap base="0x810000" range="0x10000" port="S_AXI_CONTROL"/></instance>
              </kernel>
            </core>
          </device>
        </platform>
      </project>
      """;

  static final String BUILD =
      """
      {"build_metadata":{"schema_version":{"major":"1"},
       "xclbin":{"generated_by":{"name":"v++","version":"2022.2","cl":"3671529","options":"-t hw -l"},
                 "user_regions":[{"name":"OCL_REGION_0","kernels":[{"name":"gemv","instances":[{"name":"gemv_1"}]}]}]},
       "dsa":{"vendor":"xilinx","board_id":"u280","generated_by":{"name":"Vivado"}}}}
      """;

  static final String KEYS =
      """
      {"keyvalue_metadata":{"key_values":[{"key":"made for","value":"a test"},{"key":"n","value":"2"}]}}
      """;

  private SampleXclbin() {}

  static XclbinWriter writer() {
    return new XclbinWriter(PLATFORM, 1)
        .section(0, "image", new byte[400])
        .section(2, "embedded", METADATA)
        .section(14, "build", BUILD)
        .section(15, "keys", KEYS)
        .section(23, "unread", "whatever")
        .bank(6, true, 262_144, 0, "HBM[0]")
        .bank(6, true, 262_144, 0x10000000L, "HBM[1]")
        .bank(1, false, 16_777_216, 0x4000000000L, "DDR[0]")
        .instance("gemv:gemv_1", 0x800000)
        .instance("gemv:gemv_2", 0x810000)
        .connection(0, 0, 0)
        .connection(0, 1, 1)
        .clock(300, 1, "DATA_CLK")
        .clock(500, 2, "KERNEL_CLK");
  }
}

package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A report")
class ReportsTest {
  private static final String ESTIMATE =
      """
      ===============================================================================
      Version:    v++ v2021.2 (64-bit)
      Build:      SW Build 3363252 on 2021-10-14-04:41:01
      ===============================================================================
      -------------------------------------------------------------------------------
      Design Name:             gemv
      Target Device:           xilinx:u280:xdma:201920.3
      Target Clock:            300.000000MHz
      Total number of kernels: 1
      -------------------------------------------------------------------------------

      Kernel Summary
      Kernel Name  Type  Target              OpenCL Library  Compute Units
      -----------  ----  ------------------  --------------  -------------
      gemv         c     fpga0:OCL_REGION_0  gemv            1

      Timing Information (MHz)
      Compute Unit  Kernel Name  Module Name      Target Frequency  Estimated Frequency
      ------------  -----------  ---------------  ----------------  -------------------
      gemv_1        gemv         gemv_Pipeline_1  300.300293        411.015198
      gemv_1        gemv         gemv             300.300293        undef

      Latency Information
      Compute Unit  Kernel Name  Module Name  Start Interval  Best (cycles)  Worst (cycles)  Best (absolute)
      ------------  -----------  -----------  --------------  -------------  --------------  ---------------
      gemv_1        gemv         gemv         3 ~ 524291      undef          524290          13.332 ns

      Area Information
      Compute Unit  Kernel Name  Module Name  FF   LUT   BRAM  DSP  URAM
      ------------  -----------  -----------  ---  ----  ----  ---  ----
      gemv_1        gemv         gemv         123  4567  30    6    0
      """;

  private static final String TIMING =
      """
      ---------------------------------------------
      | Tool Version : Vivado v.2023.2 (lin64) Build 4029153
      | Device       : xcu280-fsvh2892
      ---------------------------------------------
      | Design Timing Summary
      | ---------------------
      ---------------------------------------------

          WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)    \
      \s THS(ns)  THS Failing Endpoints  THS Total Endpoints     WPWS(ns)     TPWS(ns)\
      \s TPWS Failing Endpoints  TPWS Total Endpoints
          -------      -------  ---------------------  -------------------      -------    \
      \s -------  ---------------------  -------------------     --------     --------\
      \s ----------------------  --------------------
           -0.069       -2.591                     84               124537        0.010      \
      \s 0.000                      0               124537           NA        0.000         \
      \s             0                 54321


      Timing constraints are not met.


      ---------------------------------------------
      | Clock Summary
      | -------------
      ---------------------------------------------

      Clock                           Waveform(ns)       Period(ns)      Frequency(MHz)
      -----                           ------------       ----------      --------------
      clk_a                           {0.000 1.667}      3.333           300.000
        clk_b_generated               {0.000 1.111}      2.222           450.045


      ---------------------------------------------
      | Intra Clock Table
      | -----------------
      ---------------------------------------------

      Clock                               WNS(ns)      TNS(ns)  TNS Failing Endpoints     WPWS(ns)
      -----                               -------      -------  ---------------------     --------
      clk_a                                -0.069  -123456.591                     84        0.500
        clk_b_generated                                                                      0.300
      """;

  private static final String UTILISATION =
      """
      | Device       : xcu280-fsvh2892-2L-e
      1. CLB Logic
      +----------------------------+--------+-------+------------+-----------+-------+
      |          Site Type         |  Used  | Fixed | Prohibited | Available | Util% |
      +----------------------------+--------+-------+------------+-----------+-------+
      | CLB LUTs*                  | 312345 |  1234 |          0 |   1303680 | 23.96 |
      |   LUT as Logic             | 300000 |  1200 |          0 |   1303680 | 23.01 |
      | CLB Registers              | 512000 |     0 |          0 |   2607360 | 19.64 |
      |   Register as Latch        |    128 |     0 |          0 |   2607360 | <0.01 |
      +----------------------------+--------+-------+------------+-----------+-------+
      3. BLOCKRAM
      +-------------------+-------+-------+-----------+-------+
      |     Site Type     |  Used | Fixed | Available | Util% |
      +-------------------+-------+-------+-----------+-------+
      | Block RAM Tile    | 412.5 |     0 |      2016 | 20.46 |
      | URAM              |    64 |     0 |       960 |  6.67 |
      +-------------------+-------+-------+-----------+-------+
      4. ARITHMETIC
      +-----------+------+-------+-----------+-------+
      | Site Type | Used | Fixed | Available | Util% |
      +-----------+------+-------+-----------+-------+
      | DSPs      | 2048 |     0 |      9024 | 22.70 |
      +-----------+------+-------+-----------+-------+
      14. SLR CLB Logic and Dedicated Block Utilization
      +----------------------------+--------+--------+--------+--------+--------+--------+
      |          Site Type         |  SLR2  |  SLR0  |  SLR1  | SLR0 % | SLR1 % | SLR2 % |
      +----------------------------+--------+--------+--------+--------+--------+--------+
      | CLB LUTs                   |  10000 | 285188 |  17157 |  64.86 |   3.97 |   2.31 |
      | URAM                       |      0 |     64 |      0 |  20.00 |   0.00 |   0.00 |
      +----------------------------+--------+--------+--------+--------+--------+--------+
      """;

  private static final String KERNELS =
      """
      +----------------------+------------------+------------------+-------------------+----------------+
      | Name                 | LUT              | REG              | BRAM              | DSP            |
      +----------------------+------------------+------------------+-------------------+----------------+
      | Platform             |  119523 [  9.17%]|  177000 [  6.79%]|    200 [   9.92%] |      4 [ 0.04%]|
      | User Budget          | 1184157 [100.00%]| 2430360 [100.00%]|   1816 [100.00%]  |   9020 [100.00%]|
      |    Used Resources    |   12345 [  1.04%]|   20000 [  0.82%]|     30 [  1.65%]  |     64 [ 0.71%]|
      | gemv                 |   12345 [  1.04%]|   20000 [  0.82%]|     30 [  1.65%]  |     64 [ 0.71%]|
      +----------------------+------------------+------------------+-------------------+----------------+
      """;

  private static final String INFO =
      """

      ==============================================================================
      XRT Build Version: 2.13.0
      ==============================================================================
      xclbin Information
      ------------------
         Generated by:           v++ (2022.2) on 2022-10-13
         Kernels:                gemv
         Content:                Bitstream
         UUID (xclbin):          ff5c3b5b44d2c01d39f71d2ddcb7f9be
      ==============================================================================
      Hardware Platform (Shell) Information
      -------------------------------------
         Board:                  u280
         Platform VBNV:          xilinx_u280_gen3x16_xdma_1_202211_1

      Scalable Clocks
      ---------------
         Name:      DATA_CLK
         Index:     0
         Type:      DATA
         Frequency: 272 MHz

         Name:      KERNEL_CLK
         Index:     1
         Type:      KERNEL
         Frequency: 500 MHz

      System Clocks
      -------------
         Name:           ulp_ucs_aclk
         Type:           SYSTEM
         Default Freq:   250 MHz
         Requested Freq: 250 MHz
         Achieved Freq:  250 MHz

         Name:           ulp_ucs_aclk_kernel_00
         Type:           SCALABLE
         Default Freq:   300 MHz
         Requested Freq: 225 MHz
         Achieved Freq:  221.5 MHz

      Memory Configuration
      --------------------
         Name:         HBM[0]
         Index:        0
         Type:         MEM_HBM
         Base Address: 0x0
         Bank Used:    Yes

         Name:         DDR[0]
         Index:        32
         Type:         MEM_DDR4
         Bank Used:    No
      ==============================================================================
      Kernel: gemv

      Definition
      ----------
         Signature: gemv (int* in1, int size)

      Ports
      -----
         Port:          M_AXI_GMEM0
         Mode:          master

      --------------------------
      Instance:        gemv_1
         Base Address: 0x800000

         Argument:          in1
         Register Offset:   0x10
         Port:              M_AXI_GMEM0
         Memory:            HBM[0] (MEM_HBM)

         Argument:          size
         Register Offset:   0x1C
         Port:              S_AXI_CONTROL
         Memory:            <not applicable>
      ==============================================================================
      Generated By
      ------------
         Command:       v++
         Version:       2022.2 - 2022-10-13-17:52:11 (SW BUILD: 3671529)
         Command Line:  v++ -t hw -l
      """;

  @TempDir private Path folder;

  @Test
  @DisplayName("of estimates is read by the names of columns; undef is absent, ranges are kept")
  void estimate() throws IOException {
    SystemEstimate estimate = SystemEstimate.read(write(ESTIMATE));
    SystemEstimate.Place place = new SystemEstimate.Place("gemv_1", "gemv", "gemv");
    assertThat(estimate.targetClockMhz()).hasValue(300);
    assertThat(estimate.version()).isEqualTo("v++ v2021.2 (64-bit)");
    assertThat(estimate.timing()).hasSize(2);
    assertThat(estimate.timing().get(0).estimatedMhz()).hasValue(411.015198);
    assertThat(estimate.timing().get(1).place()).isEqualTo(place);
    assertThat(estimate.timing().get(1).estimatedMhz()).isEmpty();
    assertThat(estimate.latency()).hasSize(1);
    assertThat(estimate.latency().get(0).interval()).contains(new CycleRange(3, 524_291));
    assertThat(estimate.latency().get(0).best()).isEmpty();
    assertThat(estimate.latency().get(0).worst()).contains(new CycleRange(524_290, 524_290));
    assertThat(estimate.area())
        .containsExactly(
            new SystemEstimate.UnitArea(
                place,
                new Area(
                    OptionalLong.of(4567),
                    OptionalLong.of(123),
                    OptionalLong.of(6),
                    OptionalLong.of(30),
                    OptionalLong.of(0))));
  }

  @Test
  @DisplayName("of timing tells slack, failing endpoints, verdict and clocks; figures may be wider than their column")
  void timing() throws IOException {
    TimingSummary timing = TimingSummary.read(write(TIMING));
    assertThat(timing.wns()).hasValue(-0.069);
    assertThat(timing.tns()).hasValue(-2.591);
    assertThat(timing.failingEndpoints()).hasValue(84);
    assertThat(timing.whs()).hasValue(0.01);
    assertThat(timing.wpws()).isEmpty();
    assertThat(timing.met()).isFalse();
    assertThat(timing.tool()).startsWith("Vivado v.2023.2");
    assertThat(timing.device()).isEqualTo("xcu280-fsvh2892");
    assertThat(timing.clocks()).extracting(TimingSummary.Clock::name).containsExactly("clk_a", "clk_b_generated");
    assertThat(timing.clocks().get(0).wns()).hasValue(-0.069);
    assertThat(timing.clocks().get(0).megahertz()).hasValue(300);
    assertThat(timing.clocks().get(1).wns()).isEmpty();
    assertThat(timing.clocks().get(1).periodNs()).hasValue(2.222);
    String met = TIMING.replace("Timing constraints are not met", "All user specified timing constraints are met");
    assertThat(TimingSummary.read(write(met)).met()).isTrue();
    assertThatThrownBy(() -> TimingSummary.read(write(TIMING.replace("are not met", ""))))
        .hasMessageContaining("does not say");
    assertThatThrownBy(() -> TimingSummary.read(write(TIMING.replace("   84 ", "   "))))
        .hasMessageContaining("12 names and 11 values");
  }

  @Test
  @DisplayName("of timing is found under any of its names, one after post-route optimisation first")
  void timingFile() throws IOException {
    Path reports = Files.createDirectories(folder.resolve("link/imp"));
    assertThat(TimingSummary.find(folder)).isEmpty();
    Path routed = Files.writeString(reports.resolve("impl_1_hw_bb_locked_timing_summary_routed.rpt"), TIMING);
    Files.writeString(reports.resolve("impl_1_full_util_routed.rpt"), UTILISATION);
    assertThat(TimingSummary.find(folder)).contains(routed);
    Path better =
        Files.writeString(reports.resolve("impl_1_hw_bb_locked_timing_summary_postroute_physopted.rpt"), TIMING);
    assertThat(TimingSummary.find(folder)).contains(better);
    assertThat(TimingSummary.find(folder.resolve("none"))).isEmpty();
  }

  @Test
  @DisplayName("of utilisation tells totals, regions in any order, and kernels")
  void utilisation() throws IOException {
    Utilisation full = Utilisation.read(write(UTILISATION));
    assertThat(full.lut().orElseThrow().used()).isEqualTo(312_345);
    assertThat(full.lut().orElseThrow().available()).hasValue(1_303_680);
    assertThat(full.lut().orElseThrow().percent()).hasValue(23.96);
    assertThat(full.ff().orElseThrow().used()).isEqualTo(512_000);
    assertThat(full.bram36().orElseThrow().used()).isEqualTo(412.5);
    assertThat(full.uram().orElseThrow().used()).isEqualTo(64);
    assertThat(full.dsp().orElseThrow().percent()).hasValue(22.7);
    assertThat(full.total().get("Register as Latch").percent()).hasValue(0.01);
    assertThat(full.regions().keySet()).containsExactly("SLR0", "SLR1", "SLR2");
    assertThat(full.regions().get("SLR0").get("CLB LUTs").used()).isEqualTo(285_188);
    assertThat(full.regions().get("SLR0").get("CLB LUTs").percent()).hasValue(64.86);
    assertThat(full.regions().get("SLR2").get("CLB LUTs").percent()).hasValue(2.31);
    Utilisation kernels = Utilisation.read(write(KERNELS));
    assertThat(kernels.total()).isEmpty();
    assertThat(kernels.kernels().get("gemv").get("LUT").used()).isEqualTo(12_345);
    assertThat(kernels.kernels().get("gemv").get("DSP").percent()).hasValue(0.71);
    assertThat(kernels.kernels()).containsKeys("Platform", "User Budget", "Used Resources");
  }

  @Test
  @DisplayName("of xclbinutil tells clocks, banks and where each argument is mapped, with the older name too")
  void info() throws IOException {
    for (String text : List.of(INFO, INFO.replace("Scalable Clocks\n---------------", "Clocks\n------"))) {
      XclbinInfo info = XclbinInfo.read(write(text));
      assertThat(info.general()).containsEntry("Kernels", "gemv").containsEntry("Content", "Bitstream");
      assertThat(info.shell()).containsEntry("Platform VBNV", "xilinx_u280_gen3x16_xdma_1_202211_1");
      assertThat(info.scalableClocks()).extracting(XclbinInfo.ScalableClock::name)
          .containsExactly("DATA_CLK", "KERNEL_CLK");
      assertThat(info.scalableClocks().get(0).megahertz()).hasValue(272);
      assertThat(info.systemClocks()).hasSize(2);
      assertThat(info.systemClocks().get(0).achievedMhz()).hasValue(250);
      assertThat(info.systemClocks().get(1).type()).isEqualTo("SCALABLE");
      assertThat(info.systemClocks().get(1).achievedMhz()).hasValue(221.5);
      assertThat(info.memories())
          .containsExactly(
              new XclbinInfo.Memory("HBM[0]", "MEM_HBM", true), new XclbinInfo.Memory("DDR[0]", "MEM_DDR4", false));
      assertThat(info.arguments())
          .containsExactly(
              new XclbinInfo.Argument(
                  "gemv", "gemv_1", "in1", OptionalLong.of(16), "M_AXI_GMEM0", "HBM[0] (MEM_HBM)"),
              new XclbinInfo.Argument(
                  "gemv", "gemv_1", "size", OptionalLong.of(28), "S_AXI_CONTROL", "<not applicable>"));
      assertThat(info.generatedBy()).containsEntry("Command Line", "v++ -t hw -l");
    }
  }

  @Test
  @DisplayName("of a platform tells device, clocks, regions and the tags of memories")
  void platform() {
    PlatformInfo info =
        PlatformInfo.parse(
            """
            ==========================
            Basic Platform Information
            ==========================
            Platform:           xilinx_u280_gen3x16_xdma_1_202211_1
            File:               /opt/xilinx/platforms/x.xpfm

            =====================================
            Hardware Platform (Shell) Information
            =====================================
            Vendor:                           xilinx
            Board:                            u280
            FPGA Family:                      virtexuplusHBM
            FPGA Device:                      xcu280

            =================
            Clock Information
            =================
              Default Clock Index: 0
              Clock Index:         1
                Frequency:         500.000000
              Clock Index:         0
                Frequency:         300.000000

            ==========
            Valid SLRs
            ==========
            SLR0, SLR1, SLR2

            =====================
            Resource Availability
            =====================
            =====
            Total
            =====
              LUTs:  1157184
              FFs:   2327000
              BRAMs: 1816
              DSPs:  9020
            =======
            Per SLR
            =======
              LUTs:  355000

            ==================
            Memory Information
            ==================
              Bus SP Tag: HBM
              Bus SP Tag: DDR
              Bus SP Tag: DDR
            """
                .lines()
                .toList());
    assertThat(info.platform()).isEqualTo("xilinx_u280_gen3x16_xdma_1_202211_1");
    assertThat(info.board()).isEqualTo("u280");
    assertThat(info.device()).isEqualTo("xcu280");
    assertThat(info.clocks()).containsEntry(0, 300.0).containsEntry(1, 500.0);
    assertThat(info.defaultClock()).hasValue(0);
    assertThat(info.slrs()).containsExactly("SLR0", "SLR1", "SLR2");
    assertThat(info.memories()).containsExactly("HBM", "DDR");
    assertThat(info.total().lut()).hasValue(1_157_184);
    assertThat(info.total().bram18k()).hasValue(3632);
    assertThat(info.total().uram()).isEmpty();
    assertThat(info.versal()).isFalse();
    assertThat(PlatformInfo.parse(List.of("FPGA Family:      versal")).versal()).isTrue();
    assertThat(PlatformInfo.parse(List.of()).device()).isEmpty();
  }

  @Test
  @DisplayName("of another kind is refused, and 2,000 mangled ones are read or refused by name")
  void mangled() throws IOException {
    List<Function<Path, Object>> readers =
        List.of(SystemEstimate::read, TimingSummary::read, Utilisation::read, XclbinInfo::read);
    List<String> texts = List.of(ESTIMATE, TIMING, UTILISATION, INFO);
    for (int i = 0; i < 4; i++) {
      Function<Path, Object> reader = readers.get(i);
      Path file = write(texts.get((i + 1) % 4));
      assertThatThrownBy(() -> reader.apply(file)).hasMessageContaining("LM-VITIS-004").hasMessageContaining("" + file);
      assertThatThrownBy(() -> reader.apply(folder)).hasMessageContaining("LM-VITIS-004");
    }
    SplittableRandom random = new SplittableRandom(9);
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder(texts.get(i % 4));
      for (int n = random.nextInt(6); n >= 0 && text.length() > 0; n--) {
        int at = random.nextInt(text.length());
        int to = Math.min(text.length(), at + random.nextInt(60));
        switch (random.nextInt(5)) {
          case 0 -> text.delete(at, to);
          case 1 -> text.insert(at, text.substring(at, to));
          case 2 -> text.insert(at, "99999999999999999999999999");
          case 3 -> text.setCharAt(at, (char) random.nextInt(256));
          default -> text.setLength(Math.max(at, 1));
        }
      }
      try {
        readers.get(i % 4).apply(write(text.toString()));
      } catch (LightMambaException e) {
        refused++;
        assertThat(e.getMessage()).contains("LM-VITIS-004").contains(folder.toString()).hasSizeLessThan(1000);
      }
    }
    assertThat(refused).isBetween(50, 1950);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("some.rpt"), text);
  }
}

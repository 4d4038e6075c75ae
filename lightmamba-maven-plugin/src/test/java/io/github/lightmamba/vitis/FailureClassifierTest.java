package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.vitis.Failure.Retry;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A failed step")
class FailureClassifierTest {
  private static final List<String> TAIL =
      List.of(
          "ERROR: [VPL 60-773] In 'vpl/runme.log', caught Tcl error:  problem implementing dynamic region",
          "ERROR: [VPL 60-704] Integration error, problem implementing dynamic region, impl_1: route_design ERROR",
          "ERROR: [VPL 60-1328] Vpl run 'vpl' failed",
          "ERROR: [VPL 60-806] Failed to finish platform linker",
          "INFO: [v++ 60-1442] [19:53:26] Run run_link: Step vpl: Failed",
          "ERROR: [v++ 60-661] v++ link run 'run_link' failed",
          "ERROR: [v++ 60-626] Kernel link failed to complete",
          "ERROR: [v++ 60-703] Failed to finish linking");

  static Stream<Arguments> logs() {
    return Stream.of(
        log(
            FailureKind.HLS,
            Retry.NEVER,
            "src/gemv.cpp:42",
            "ERROR: [HLS 207-3776] use of undeclared identifier 'foo' (src/gemv.cpp:42:7)",
            "ERROR: [HLS 200-1715] Encountered problem during source synthesis"),
        log(
            FailureKind.HLS,
            Retry.NEVER,
            "gemv.cpp:7",
            "ERROR: [v++ 200-70] Compilation errors found: src/gemv.cpp:7:3: error: unknown type name 'foo'",
            "ERROR: [v++ 60-300] Failed to build kernel(ip) gemv, see log for details: /l/vitis_hls.log",
            "ERROR: [v++ 60-599] Kernel compilation failed to complete",
            "ERROR: [v++ 60-592] Failed to finish compilation"),
        log(
            FailureKind.HLS,
            Retry.NEVER,
            "synthesis of gemv failed",
            "ERROR: [v++ 60-300] Failed to build kernel(ip) gemv, see log for details: /l/vitis_hls.log"),
        log(
            FailureKind.LICENCE,
            Retry.LATER,
            "Synthesis on xcu280",
            "WARNING: [Common 17-348] Failed to get the license for feature 'Synthesis' and/or device 'xcu280'",
            "ERROR: [Common 17-345] A valid license was not found for feature 'Synthesis' and/or device 'xcu280'."
                + " Please run the Vivado License Manager for assistance in determining"),
        log(
            FailureKind.LICENCE,
            Retry.LATER,
            "ap_opencl",
            "WARNING: [VPL 17-301] Failed to get a license for 'ap_opencl'. Explanation: The license server is down"),
        log(
            FailureKind.UNKNOWN,
            Retry.NEVER,
            "exit code 1",
            "WARNING: [VPL 17-301] Failed to get a license for 'ap_opencl'. Explanation: none at the first server",
            "",
            "",
            "",
            "",
            "Feature available: ap_opencl"),
        log(
            FailureKind.TIMING,
            Retry.NEXT_STRATEGY,
            "clk_out1_ulp_clk_wiz_0 by 0.022 ns, other by 1.5 ns",
            "ERROR: [VPL 101-2] design did not meet timing - Design did not meet timing. One or more unscalable system"
                + " clocks did not meet their required target frequency. List of system clocks with timing failure:",
            "system clock: clk_out1_ulp_clk_wiz_0; slack: -0.022 ns",
            "system clock: other; slack: -1.5 ns",
            "ERROR: [VPL 101-3] sourcing script /t/_full_write_bitstream_pre.tcl failed"),
        log(FailureKind.TIMING, Retry.NEXT_STRATEGY, "missed", "ERROR: [VPL-4] design did not meet timing - x"),
        log(
            FailureKind.TIMING,
            Retry.NEXT_STRATEGY,
            "missed",
            "ERROR: [VPL 101-2] design did not meet timing - pulse width violation"),
        log(
            FailureKind.ROUTING,
            Retry.NEXT_STRATEGY,
            "12 signals",
            "CRITICAL WARNING: [Route 35-162] 12 signals failed to route due to routing congestion. Please run",
            "CRITICAL WARNING: [Route 35-2] Design is not legally routed. There are 44 node overlaps.",
            "ERROR: [VPL 18-1000] Routing results verification failed due to partially-conflicted nets"),
        log(
            FailureKind.OVER_UTILISATION,
            Retry.NEVER,
            "RAMB18 than the device: 5000 of 4032",
            "ERROR: [VPL 30-640] Place Check : This design requires more RAMB18 cells than are available in Pblock"
                + " 'pblock_dynamic'. This design requires 5000 of such cell types but only 4032 compatible sites are"
                + " available in Pblock 'pblock_dynamic'."),
        log(
            FailureKind.OVER_UTILISATION,
            Retry.NEVER,
            "does not fit",
            "ERROR: [Place 30-484] The packing of LUTRAM instances into LUTs failed"),
        log(
            FailureKind.PLACEMENT,
            Retry.NEXT_STRATEGY,
            "could not be placed",
            "ERROR: [Place 30-99] Placer failed with error: 'Detail Placement failed'"),
        log(
            FailureKind.PLATFORM,
            Retry.NEVER,
            "xilinx_u280_gen3x16_xdma_1_202211_1",
            "ERROR: [v++ 60-1258] No valid platform was found that matches 'xilinx_u280_gen3x16_xdma_1_202211_1'."
                + " Please make sure that the platform is specified correctly, and the platform has the right"
                + " version number."),
        log(
            FailureKind.PLATFORM,
            Retry.NEVER,
            "not supported by the current tool",
            "ERROR: [v++ 60-1299] The specified platform is not supported. Platform 'x.xpfm' (version 2022.2) is not"
                + " supported by the current tool version (2024.2)."),
        log(
            FailureKind.XRT_MISSING,
            Retry.NEVER,
            "Xilinx Runtime",
            "/tools/Xilinx/Vitis/2022.2/bin/x: line 49: /usr/bin/xclbinutil: No such file or directory",
            "INFO: [v++ 60-1442] [10:15:43] Run run_link: Step xclbinutil: Failed"),
        log(
            FailureKind.DEVICE_MISSING,
            Retry.NEVER,
            "xcu280-fsvh2892-2L-e",
            "ERROR: [v++ 60-773] In '/x.log', caught Tcl error: ERROR: [HLS 200-1023] Part 'xcu280-fsvh2892-2L-e' is"
                + " not installed"),
        log(
            FailureKind.CONNECTIVITY,
            Retry.NEVER,
            "invalid sp tag: HBM[40]",
            "ERROR: [CFGEN 83-2287] --sp tag applied with an invalid sp tag: HBM[40]",
            "ERROR: [SYSTEM_LINK 82-36] [18:00:00] cfgen failed"),
        log(
            FailureKind.OPTION,
            Retry.NEVER,
            "package.sd_file",
            "ERROR: [v++ 60-2351] Option 'package.sd_file' is valid only when 'package.boot_mode' option is specified"
                + " as 'sd'",
            "ERROR: [v++ 60-702] Failed to finish packaging"),
        log(
            FailureKind.DISK_FULL,
            Retry.LATER,
            "No space left on device",
            "couldn't open \"/t/x.dcp\": No space left on device",
            "ERROR: [Common 17-39] 'write_checkpoint' failed due to earlier errors."),
        log(
            FailureKind.OUT_OF_MEMORY,
            Retry.NEVER,
            "Memory ran out",
            "/fpga/Xilinx/Vivado/2023.2/bin/rdiArgs.sh: line 369: 12345 Killed                  \"$RDI_PROG\" \"$@\"",
            "Parent process (pid 12345) has died. This helper process will now exit"),
        log(
            FailureKind.CRASH,
            Retry.NEXT_STRATEGY,
            "(11)",
            "Abnormal program termination (11)",
            "Please check '/t/hs_err_pid1.log' for details"),
        log(FailureKind.UNKNOWN, Retry.NEVER, "in run_link, step vpl"),
        log(
            FailureKind.UNKNOWN,
            Retry.NEVER,
            "first error is: [ERROR]  : Can't read file system.bit",
            "[ERROR]  : Can't read file system.bit"));
  }

  private static Arguments log(FailureKind kind, Retry retry, String sentence, String... lines) {
    return Arguments.of(kind, retry, sentence, List.of(lines));
  }

  @ParameterizedTest
  @MethodSource("logs")
  @DisplayName("is explained by its cause and not by the messages that follow from it")
  void classified(FailureKind kind, Retry retry, String sentence, List<String> lines) {
    LogDigest digest = new LogDigest();
    digest.accept("INFO: [v++ 60-629] Linking for hardware target");
    lines.forEach(digest);
    TAIL.forEach(digest);
    Failure failure = FailureClassifier.classify(digest, 1, false);
    assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
    assertThat(failure.retry()).isEqualTo(retry);
    assertThat(failure.sentence()).contains(sentence).endsWith(".").doesNotContain("\n");
    assertThat(failure.remedy()).endsWith(".");
    assertThat(failure.excerpt()).hasSizeBetween(1, 12);
    if (kind != FailureKind.UNKNOWN) {
      assertThat(failure.excerpt()).containsAnyElementsOf(lines);
    }
  }

  @Test
  @DisplayName("without a telling log is explained by how the process ended")
  void bySignal() {
    assertThat(kind(137)).isEqualTo(FailureKind.OUT_OF_MEMORY);
    assertThat(kind(139)).isEqualTo(FailureKind.CRASH);
    assertThat(kind(134)).isEqualTo(FailureKind.CRASH);
    assertThat(kind(143)).isEqualTo(FailureKind.KILLED);
    assertThat(kind(1)).isEqualTo(FailureKind.UNKNOWN);
    assertThat(FailureClassifier.classify(new LogDigest(), 0, true).kind()).isEqualTo(FailureKind.TIMEOUT);
  }

  @Test
  @DisplayName("has a class for each kind that is tested here or by its signal")
  void everyKindIsTested() {
    List<Object> tested = new java.util.ArrayList<>(logs().map(arguments -> arguments.get()[0]).toList());
    tested.addAll(List.of(FailureKind.KILLED, FailureKind.TIMEOUT));
    assertThat(tested).containsAll(Arrays.asList(FailureKind.values()));
  }

  private static FailureKind kind(int exitCode) {
    return FailureClassifier.classify(new LogDigest(), exitCode, false).kind();
  }
}

package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.vitis.LogEvent.Severity;
import io.github.lightmamba.vitis.LogEvent.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The log of v++")
class LogParserTest {
  private static final String CLOCKS =
      "INFO: [v++ 60-1230] The compiler selected the following frequencies for the runtime controllable kernel clock(s)"
          + " and scalable system clock(s): System (SYSTEM) clock: clk_out1_pfm_top_clkwiz_hbm_aclk_0 = 450, Kernel"
          + " (DATA) clock: clkwiz_kernel_clk_out1 = 272, Kernel (KERNEL) clock: clkwiz_kernel2_clk_out1 = 500";

  @Test
  @DisplayName("tells phases of the link and of Vivado, jobs, tasks and the run's end")
  void progress() {
    assertThat(events("INFO: [v++ 60-1443] [16:16:52] Run run_link: Step system_link: Started"))
        .containsExactly(new LogEvent.Phase("run_link", "system_link", State.STARTED));
    assertThat(events("INFO: [v++ 60-1441] [16:16:52] Run run_link: Step cf2sw: Completed"))
        .containsExactly(new LogEvent.Phase("run_link", "cf2sw", State.COMPLETED));
    assertThat(events("[16:33:18] Run vpl: Step synth: Failed"))
        .containsExactly(new LogEvent.Phase("vpl", "synth", State.FAILED));
    assertThat(events("[16:20:00] Block-level synthesis in progress, 7 of 67 jobs complete, 1 job running."))
        .containsExactly(new LogEvent.Jobs(7, 67, 1));
    assertThat(events("[17:00:01] Finished 4th of 6 tasks (FPGA logic placement). Elapsed time: 00h 46m 31s"))
        .containsExactly(
            new LogEvent.Task(4, 6, "FPGA logic placement", Duration.ofMinutes(46).plusSeconds(31)));
    assertThat(events("[19:00:01] Run vpl: FINISHED. Run Status: impl Complete!"))
        .containsExactly(new LogEvent.RunFinished("vpl", "impl Complete!"));
    assertThat(new LogEvent.RunFinished("vpl", "impl Complete!").good()).isTrue();
    assertThat(new LogEvent.RunFinished("vpl", "synth ERROR").good()).isFalse();
  }

  @Test
  @DisplayName("tells created files, selected and lowered clocks, mappings that nobody chose, regions and times")
  void results() {
    assertThat(events("INFO: [v++ 60-586] Created /b/k.xo")).containsExactly(new LogEvent.Created("/b/k.xo"));
    assertThat(
            events(
                "INFO: [v++ 60-2460] Successfully copied a temporary xclbin to the output xclbin: /b/out put.xclbin"))
        .containsExactly(new LogEvent.Created("/b/out put.xclbin"));
    assertThat(events("INFO: [HLS 200-802] Generated output file w/k.xo"))
        .containsExactly(new LogEvent.Created("w/k.xo"));
    assertThat(events("INFO: [v++ 60-1092] Generated system estimate report: /b/e.xtxt")).isEmpty();
    assertThat(events(CLOCKS))
        .containsExactly(
            new LogEvent.ClocksSelected(
                List.of(
                    new LogEvent.SelectedClock("SYSTEM", "clk_out1_pfm_top_clkwiz_hbm_aclk_0", 450),
                    new LogEvent.SelectedClock("DATA", "clkwiz_kernel_clk_out1", 272),
                    new LogEvent.SelectedClock("KERNEL", "clkwiz_kernel2_clk_out1", 500))));
    List<LogEvent> lowered =
        events(
            "WARNING: [VPL 60-732] Link warning: One or more timing paths failed timing targeting 320 MHz for kernel"
                + " clock 'clk_kernel_in'. The frequency is being automatically changed to 307.5 MHz to enable proper"
                + " functionality");
    assertThat(lowered).contains(new LogEvent.ClockLowered("clk_kernel_in", 320, 307.5)).hasSize(2);
    assertThat(events("INFO: [CFGEN 83-2226] Inferring mapping for argument k_1.config to HBM[0]"))
        .containsExactly(new LogEvent.InferredMapping("k_1.config", "HBM[0]"));
    assertThat(
            events(
                "INFO: [v++ 60-2331] SLR0 was specfied for compute unit X_1, and verified as such in"
                    + " implementation."))
        .containsExactly(new LogEvent.RegionVerified("X_1", "SLR0"));
    assertThat(events("INFO: [v++ 60-791] Total elapsed time: 2h 8m 26s"))
        .containsExactly(new LogEvent.Elapsed(Duration.ofSeconds(7706)));
    assertThat(events("   system clock: clk_out1; slack: -0.883 ns"))
        .containsExactly(new LogEvent.ClockSlack("clk_out1", -0.883));
  }

  @Test
  @DisplayName("tells what synthesis says, whichever tool's name stands in front")
  void synthesis() {
    for (String tool : List.of("v++", "HLS")) {
      assertThat(
              events(
                  "INFO: [" + tool + " 200-1470] Pipelining result : Target II = 1, Final II = 2, Depth = 13, loop"
                      + " 'L'"))
          .containsExactly(new LogEvent.Pipelined("L", OptionalInt.of(1), 2, 13));
      assertThat(events("INFO: [" + tool + " 200-1470] Pipelining result : Target II = NA, Final II = 1, Depth = 3"))
          .containsExactly(new LogEvent.Pipelined("", OptionalInt.empty(), 1, 3));
      assertThat(events("INFO: [" + tool + " 200-789] **** Estimated Fmax: 258.90 MHz"))
          .containsExactly(new LogEvent.EstimatedFmax(258.9));
      assertThat(
              events(
                  "INFO: [" + tool + " 200-790] **** Loop Constraint Status: All loop constraints were satisfied."))
          .containsExactly(new LogEvent.LoopConstraints(true));
    }
    assertThat(events("INFO: [HLS 200-790] **** Loop Constraint Status: All loop constraints were NOT satisfied."))
        .containsExactly(new LogEvent.LoopConstraints(false));
    assertThat(
            events(
                "WARNING: [v++ 200-880] The II Violation in module 'm_Pipeline_L' (loop 'L'): Unable to schedule"
                    + " 'store' operation on array 'a' due to limited memory ports (II = 2). Please consider"))
        .hasSize(2)
        .anySatisfy(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        LogEvent.IntervalViolation.class,
                        violation -> {
                          assertThat(violation.module()).isEqualTo("m_Pipeline_L");
                          assertThat(violation.loop()).isEqualTo("L");
                          assertThat(violation.interval()).hasValue(2);
                          assertThat(violation.reason()).contains("limited memory ports");
                        }));
  }

  @Test
  @DisplayName("gives warnings and errors with tool and number, also of tools with digits in their names")
  void messages() {
    assertThat(events("ERROR: [v++ 60-703] Failed to finish linking"))
        .containsExactly(new LogEvent.Message(Severity.ERROR, "v++", "60-703", "Failed to finish linking"));
    assertThat(events("ERROR: [CF2BD 82-34] cf_xsd: Failed to generate design file: dr.bd.tcl"))
        .containsExactly(
            new LogEvent.Message(
                Severity.ERROR, "CF2BD", "82-34", "cf_xsd: Failed to generate design file: dr.bd.tcl"));
    assertThat(events("ERROR: [VPL-4] design did not meet timing"))
        .containsExactly(new LogEvent.Message(Severity.ERROR, "VPL", "4", "design did not meet timing"));
    assertThat(events("CRITICAL WARNING: [Route 35-162] 12 signals failed to route due to routing congestion."))
        .containsExactly(
            new LogEvent.Message(
                Severity.CRITICAL_WARNING, "Route", "35-162", "12 signals failed to route due to routing congestion."));
    assertThat(events("INFO: [v++ 60-1548] Creating build summary session")).isEmpty();
    assertThat(events("make: *** Error 1")).isEmpty();
    assertThat(events("[INFO]   : Bootimage generated successfully")).isEmpty();
    assertThat(events("[ERROR]  : Can't read file system.bit"))
        .containsExactly(new LogEvent.Message(Severity.ERROR, "Bootgen", "", "Can't read file system.bit"));
  }

  @Test
  @DisplayName("lists where reports are after the message that announces them, up to the next other line")
  void reports() {
    assertThat(
            events(
                "INFO: [v++ 60-1307] Run completed. Additional information can be found in:",
                "\tGuidance: /r/link/v++_link_k_guidance.html",
                "\tTiming Report: /r/link/imp/impl_1_timing_summary_routed.rpt",
                "\tVivado Log: /l/link/vivado.log",
                "INFO: [v++ 60-2343] Use the vitis_analyzer tool",
                "\tTiming Report: not one"))
        .containsExactly(
            new LogEvent.ReportPath("Guidance", "/r/link/v++_link_k_guidance.html"),
            new LogEvent.ReportPath("Timing Report", "/r/link/imp/impl_1_timing_summary_routed.rpt"),
            new LogEvent.ReportPath("Vivado Log", "/l/link/vivado.log"));
  }

  @Test
  @DisplayName("is digested: the tool, counts, the last clocks, what was made, and nothing without end")
  void digest() {
    List<LogEvent> heard = new ArrayList<>();
    LogDigest digest = new LogDigest(heard::add);
    for (String line :
        List.of(
            "Option Map File Used: '/tools/Xilinx/Vitis/2021.2/data/vitis/vpp/optMap.xml'",
            "",
            "****** v++ v2021.2 (64-bit)",
            "  **** SW Build 3363252 on 2021-10-14-04:41:01",
            "    ** Copyright 1986-2020 Xilinx, Inc. All Rights Reserved.",
            "",
            "****** vpl v2021.2 (64-bit)",
            "  **** SW Build 1 on 2021-10-14-04:41:01",
            CLOCKS.replace("272", "300"),
            CLOCKS,
            "INFO: [v++ 60-586] Created /b/x.xclbin")) {
      digest.accept(line);
    }
    for (int i = 0; i < 50_000; i++) {
      digest.accept("ERROR: [CFGEN 83-2226] Inferring mapping for argument k_1.a to HBM[0] " + "x".repeat(5000));
    }
    assertThat(digest.banner())
        .contains(new ToolBanner("v++", VitisVersion.of("2021.2"), "3363252", "2021-10-14-04:41:01", false));
    assertThat(digest.standIn()).isFalse();
    assertThat(digest.created()).containsExactly("/b/x.xclbin");
    assertThat(digest.clocks()).extracting(LogEvent.SelectedClock::megahertz).containsExactly(450.0, 272.0, 500.0);
    assertThat(digest.count(Severity.ERROR)).isEqualTo(50_000);
    assertThat(digest.inferredMappings()).hasSize(10_000);
    assertThat(digest.evidence()).hasSizeLessThan(600).allMatch(line -> line.length() < 700);
    assertThat(heard).hasSize(100_000 + 5);
  }

  @Test
  @DisplayName("of a stand-in is known as such")
  void standIn() {
    LogDigest digest = new LogDigest();
    digest.accept("****** v++ v2023.1 (64-bit)");
    digest.accept("  **** SW Build 0 on 2026-01-01");
    digest.accept("  **** LightMamba stand-in: this is no Vitis");
    assertThat(digest.standIn()).isTrue();
    assertThat(digest.banner().orElseThrow().standIn()).isTrue();
  }

  @Test
  @DisplayName("may hold anything: 20,000 mangled lines give no exception, and long lines take no long time")
  void mangled() {
    List<String> lines =
        List.of(
            CLOCKS,
            "WARNING: [VPL 60-732] paths failed timing targeting 320 MHz for kernel clock 'c'. The frequency is being"
                + " automatically changed to 307.5 MHz to enable",
            "INFO: [v++ 200-1470] Pipelining result : Target II = 1, Final II = 2, Depth = 13, loop 'L'",
            "[17:00:01] Finished 4th of 6 tasks (FPGA logic placement). Elapsed time: 00h 46m 31s",
            "ERROR: [Place 30-640] This design requires more RAMB18 cells than are available in Pblock 'X'. This design"
                + " requires 5000 of such cell types but only 4032 compatible sites are available",
            "   system clock: clk_out1; slack: -0.883 ns");
    SplittableRandom random = new SplittableRandom(5);
    LogDigest digest = new LogDigest();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder line = new StringBuilder(lines.get(random.nextInt(lines.size())));
      for (int n = random.nextInt(4); n >= 0 && line.length() > 0; n--) {
        int at = random.nextInt(line.length());
        switch (random.nextInt(4)) {
          case 0 -> line.deleteCharAt(at);
          case 1 -> line.insert(at, "999999999999999999999");
          case 2 -> line.setCharAt(at, (char) random.nextInt(0x300));
          default -> line.insert(at, line.substring(0, at));
        }
      }
      digest.accept(line.toString());
    }
    long start = System.nanoTime();
    for (String piece : List.of("a", "'", " ", "ERROR: [v++ 60-1] platform ", "1", "Run ", "(", ".cpp:")) {
      digest.accept(piece.repeat(1_000_000 / piece.length()));
      digest.accept("ERROR: [VPL 101-2] " + piece.repeat(1_000_000 / piece.length()));
    }
    FailureClassifier.classify(digest, 1, false);
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(20);
  }

  private static List<LogEvent> events(String... lines) {
    LogParser parser = new LogParser();
    List<LogEvent> events = new ArrayList<>();
    for (String line : lines) {
      events.addAll(parser.accept(line));
    }
    return events;
  }
}

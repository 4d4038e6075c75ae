package io.github.lightmamba.standin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** {@code v++ -l}: kernels to an xclbin, on a Versal to an xsa. */
final class LinkTool {
  private static final List<String> TASKS =
      List.of(
          "Design rule checks",
          "Logic optimization",
          "Timing optimization",
          "FPGA logic placement",
          "FPGA routing",
          "FPGA bitstream generation");

  private final ToolRun run;
  private final Command command;
  private final String repositories;

  LinkTool(ToolRun run, String repositories) {
    this.run = run;
    this.command = run.command();
    this.repositories = repositories;
  }

  void run() throws IOException, Rejection, ToolRun.Halt {
    boolean started = false;
    try {
      StandIn.target(command);
      PlatformModel platform = PlatformModel.find(command.required("--platform"), repositories, command.version());
      Path output = output(platform);
      double asked = Frequency.asked(command);
      if (platform.versal() && command.has("--kernel_frequency")) {
        throw new Rejection("ERROR: [v++ 60-1241] Option kernel_frequency is not supported by an embedded platform");
      }
      run.say("INFO: [v++ 60-895]   Target platform: " + platform.name() + ".xpfm");
      run.say("INFO: [v++ 60-629] Linking for hardware target");
      run.misfortunes();
      List<KernelObject> objects = new ArrayList<>();
      for (String input : command.inputs()) {
        if (!input.endsWith(".xo") || !Path.of(input).toFile().isFile()) {
          throw new Rejection("ERROR: [v++ 60-602] Source file does not exist: " + input);
        }
        objects.add(KernelObject.read(Path.of(input)));
      }
      if (objects.isEmpty()) {
        throw new Rejection("ERROR: [v++ 60-602] A link needs kernels");
      }
      step("system_link", "Started");
      Connectivity connectivity =
          new Connectivity(command, platform, objects, run.plays(Scenario.Event.INFERRED_MAPPING));
      connectivity.messages().stream().filter(line -> line.contains("CFGEN")).forEach(run::say);
      step("system_link", "Completed");
      step("cf2sw", "Started");
      step("cf2sw", "Completed");
      step("vpl", "Started");
      started = true;
      implement(platform, asked);
      step("vpl", "Completed");
      started = false;
      finish(platform, connectivity, output, asked);
    } catch (Rejection e) {
      List<String> lines = new ArrayList<>(e.lines());
      if (started) {
        lines.add("ERROR: [VPL 60-773] In 'vpl/runme.log', caught Tcl error:  problem implementing dynamic region");
        lines.add("ERROR: [VPL 60-1328] Vpl run 'vpl' failed");
        lines.add("ERROR: [VPL 60-806] Failed to finish platform linker");
        lines.add("INFO: [v++ 60-1442] [" + run.clock() + "] Run run_link: Step vpl: Failed");
        lines.add("ERROR: [v++ 60-661] v++ link run 'run_link' failed");
        lines.add("ERROR: [v++ 60-626] Kernel link failed to complete");
      }
      lines.add("ERROR: [v++ 60-703] Failed to finish linking");
      throw new Rejection(lines.toArray(String[]::new));
    }
  }

  private Path output(PlatformModel platform) throws Rejection {
    Path output = Path.of(command.one("--output").orElse(platform.versal() ? "a.xsa" : "a.xclbin"));
    String end = platform.versal() ? ".xsa" : ".xclbin";
    if (!output.toString().endsWith(end)) {
      throw new Rejection("ERROR: [v++ 60-1241] The output of a link for this platform is *" + end + ": " + output);
    }
    return output;
  }

  private void step(String name, String state) {
    String number = state.equals("Started") ? "60-1443" : "60-1441";
    run.say("INFO: [v++ " + number + "] [" + run.clock() + "] Run run_link: Step " + name + ": " + state);
    run.pause();
  }

  private void vivado(String name, String state) {
    run.say("[" + run.clock() + "] Run vpl: Step " + name + ": " + state);
    run.pause();
  }

  private void implement(PlatformModel platform, double asked) throws IOException, Rejection {
    for (String name : List.of("create_project", "create_bd", "update_bd", "generate_target", "config_hw_runs")) {
      vivado(name, "Started");
      vivado(name, "Completed");
    }
    vivado("synth", "Started");
    if (run.plays(Scenario.Event.NO_LICENCE)) {
      fail(
          "synth",
          "WARNING: [Common 17-348] Failed to get the license for feature 'Synthesis' and/or device '"
              + platform.device() + "'",
          "ERROR: [Common 17-345] A valid license was not found for feature 'Synthesis' and/or device '"
              + platform.device() + "'. Please run the Vivado License Manager for assistance in determining");
    }
    Optional<Path> netlists = command.one("--remote_ip_cache").map(folder -> Path.of(folder, "stand-in.netlist"));
    boolean known = netlists.isPresent() && netlists.get().toFile().isFile();
    for (int done = known ? 9 : 0; done <= 9; done += 3) {
      run.say(
          "[" + run.clock() + "] Block-level synthesis in progress, " + done + " of 9 jobs complete, "
              + Math.min(2, 9 - done) + " jobs running.");
    }
    if (netlists.isPresent()) {
      ToolRun.write(netlists.get(), "The stand-in knows these blocks.");
    }
    vivado("synth", "Completed");
    vivado("impl", "Started");
    for (int i = 0; i < TASKS.size(); i++) {
      task(i, platform);
      if (i == 4) {
        timing(asked);
      }
    }
    vivado("impl", "Completed");
    run.say("[" + run.clock() + "] Run vpl: FINISHED. Run Status: impl Complete!");
  }

  private void task(int index, PlatformModel platform) throws Rejection {
    if (index == 3 && run.plays(Scenario.Event.OVER_UTILISATION)) {
      long sites = 2 * platform.area()[2];
      fail(
          "impl",
          "ERROR: [VPL 30-640] Place Check : This design requires more RAMB18 cells than are available in Pblock"
              + " 'pblock_dynamic_region'. This design requires " + (sites + 1000) + " of such cell types but only "
              + sites + " compatible sites are available in Pblock 'pblock_dynamic_region'.");
    }
    if (index == 4 && run.plays(Scenario.Event.CONGESTION)) {
      fail(
          "impl",
          "CRITICAL WARNING: [Route 35-162] 4711 signals failed to route due to routing congestion. Please run"
              + " report_route_status to get a full summary of the design's routing.",
          "CRITICAL WARNING: [Route 35-2] Design is not legally routed. There are 815 node overlaps.",
          "ERROR: [VPL 18-1000] Routing results verification failed due to partially-conflicted nets");
    }
    String number = List.of("1st", "2nd", "3rd", "4th", "5th", "6th").get(index);
    run.say(
        "[%s] Finished %s of 6 tasks (%s). Elapsed time: 00h 46m 31s"
            .formatted(run.clock(), number, TASKS.get(index)));
    run.pause();
  }

  private void timing(double asked) throws Rejection {
    if (run.plays(Scenario.Event.TIMING_FAILED)) {
      fail(
          "impl",
          "ERROR: [VPL 101-2] design did not meet timing - Design did not meet timing. One or more unscalable system"
              + " clocks did not meet their required target frequency. For all system clocks, this design is using 0"
              + " nanoseconds as the threshold worst negative slack (WNS) value. List of system clocks with timing"
              + " failure:",
          "system clock: clk_out1_ulp_clk_wiz_0; slack: -0.883 ns",
          "ERROR: [VPL 101-3] sourcing script _full_write_bitstream_pre.tcl failed");
    }
    if (run.plays(Scenario.Event.TIMING_LOWERED)) {
      run.say(
          ("WARNING: [VPL 60-732] Link warning: One or more timing paths failed timing targeting %d MHz for kernel"
                  + " clock 'clkwiz_kernel_clk_out1'. The frequency is being automatically changed to %.1f MHz to"
                  + " enable proper functionality")
              .formatted(Math.round(asked), lowered(asked) + 0.4));
    }
  }

  private double slack(boolean lowered) throws Rejection {
    return lowered ? -0.37 : run.plays(Scenario.Event.TIMING_SILENT) ? -0.069 : 0.01;
  }

  private static int lowered(double asked) {
    return (int) (asked * 0.9);
  }

  private void fail(String step, String... lines) throws Rejection {
    List<String> all = new ArrayList<>(Arrays.asList(lines));
    all.add("[" + run.clock() + "] Run vpl: Step " + step + ": Failed");
    all.add("[" + run.clock() + "] Run vpl: FINISHED. Run Status: " + step + " ERROR");
    throw new Rejection(all.toArray(String[]::new));
  }

  private void finish(PlatformModel platform, Connectivity connectivity, Path output, double asked)
      throws IOException, Rejection {
    boolean lowered = run.plays(Scenario.Event.TIMING_LOWERED);
    int megahertz = lowered ? lowered(asked) : (int) asked;
    for (String name : List.of("rtdgen", "xclbinutil")) {
      step(name, "Started");
      if (name.equals("xclbinutil") && run.plays(Scenario.Event.NO_XRT)) {
        throw new Rejection(
            "bin/xclbinutil: line 49: /usr/bin/xclbinutil: No such file or directory",
            "INFO: [v++ 60-1442] [" + run.clock() + "] Run run_link: Step xclbinutil: Failed",
            "ERROR: [v++ 60-661] v++ link run 'run_link' failed",
            "ERROR: [v++ 60-626] Kernel link failed to complete");
      }
      if (name.equals("rtdgen")) {
        run.say(
            "INFO: [v++ 60-1230] The compiler selected the following frequencies for the runtime controllable kernel"
                + " clock(s) and scalable system clock(s): System (SYSTEM) clock: clk_out1_pfm_top_clkwiz_hbm_aclk_0 ="
                + " 450, Kernel (DATA) clock: clkwiz_kernel_clk_out1 = " + megahertz
                + ", Kernel (KERNEL) clock: clkwiz_kernel2_clk_out1 = 500");
      }
      step(name, "Completed");
    }
    connectivity.messages().stream().filter(line -> !line.contains("CFGEN")).forEach(run::say);
    Path reports = reports(platform, connectivity, asked, slack(lowered));
    boolean other = run.plays(Scenario.Event.OTHER_PLATFORM);
    String named = other ? "xilinx_u55c_gen3x16_xdma_3_202210_1" : platform.name();
    byte[] xclbin = Image.bytes(command, platform, named, connectivity, megahertz);
    if (!run.plays(Scenario.Event.NO_OUTPUT)) {
      byte[] content = platform.versal() ? archive(xclbin) : xclbin;
      boolean cut = run.plays(Scenario.Event.TRUNCATED);
      ToolRun.write(output, cut ? Arrays.copyOf(content, content.length / 2) : content);
      ToolRun.write(Path.of(output + ".link_summary"), "{\"madeBy\": \"" + StandIn.MARK + "\"}\n");
      if (!platform.versal()) {
        ToolRun.write(Path.of(output + ".info"), Image.info(command, platform, connectivity, megahertz));
      }
    }
    run.say("INFO: [v++ 60-586] Created " + output);
    run.say("INFO: [v++ 60-1307] Run completed. Additional information can be found in:");
    run.say("\tGuidance: " + reports.resolve("v++_link_guidance.html"));
    run.say("\tTiming Report: " + reports.resolve("imp/impl_1_hw_bb_locked_timing_summary_routed.rpt"));
    run.say("\tVivado Log: " + reports.resolve("vivado.log"));
    run.say("INFO: [v++ 60-2343] Use the vitis_analyzer tool to visualize and navigate the relevant reports.");
    run.say("INFO: [v++ 60-791] Total elapsed time: 2h 45m 1s");
    run.say("INFO: [v++ 60-1653] Closing dispatch client.");
  }

  private Path reports(PlatformModel platform, Connectivity connectivity, double asked, double slack)
      throws IOException {
    Path temporary = Path.of(command.one("--temp_dir").orElse("_x"));
    Path reports = Path.of(command.one("--report_dir").orElse(temporary + "/reports")).resolve("link");
    Path routed = reports.resolve("imp");
    ToolRun.write(
        routed.resolve("impl_1_hw_bb_locked_timing_summary_routed.rpt"), RoutedReports.timing(platform, asked, slack));
    ToolRun.write(
        routed.resolve("impl_1_full_util_routed.rpt"),
        RoutedReports.utilisation(platform, connectivity.instances().size()));
    ToolRun.write(
        routed.resolve("impl_1_kernel_util_routed.rpt"), RoutedReports.kernels(platform, connectivity.instances()));
    ToolRun.write(reports.resolve("v++_link_guidance.html"), "<p>" + StandIn.MARK + "</p>\n");
    return reports;
  }

  /** An xsa is a zip; packaging takes the xclbin out again. */
  private static byte[] archive(byte[] xclbin) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("xsa.xml"));
      zip.write(("<xsa madeBy=\"" + StandIn.MARK + "\"/>\n").getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
      zip.putNextEntry(new ZipEntry(PackageTool.CONTENT));
      zip.write(xclbin);
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }
}

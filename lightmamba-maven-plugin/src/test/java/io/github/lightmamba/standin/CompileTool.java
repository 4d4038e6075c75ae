package io.github.lightmamba.standin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code v++ -c}, classic and {@code --mode hls}. */
final class CompileTool {
  private final ToolRun run;
  private final Command command;
  private final String repositories;

  CompileTool(ToolRun run, String repositories) {
    this.run = run;
    this.command = run.command();
    this.repositories = repositories;
  }

  void run() throws IOException, Rejection, ToolRun.Halt {
    try {
      if (command.mode().equals("hls")) {
        modeHls();
      } else {
        classic();
      }
    } catch (Rejection e) {
      List<String> lines = new ArrayList<>(e.lines());
      if (lines.get(0).contains("[HLS ") || lines.get(0).contains("[v++ 200-")) {
        lines.add("ERROR: [v++ 60-300] Failed to build kernel(ip), see log for details: vitis_hls.log");
        lines.add("ERROR: [v++ 60-599] Kernel compilation failed to complete");
      }
      lines.add("ERROR: [v++ 60-592] Failed to finish compilation");
      throw new Rejection(lines.toArray(String[]::new));
    }
  }

  private void classic() throws IOException, Rejection, ToolRun.Halt {
    StandIn.target(command);
    PlatformModel platform =
        PlatformModel.find(command.required("--platform"), repositories, command.version());
    String kernel = command.required("--kernel");
    Path output = Path.of(command.required("--output"));
    if (!output.toString().endsWith(".xo") || command.inputs().isEmpty()) {
      throw new Rejection("ERROR: [v++ 60-602] A compilation needs source files, and makes a .xo file: " + output);
    }
    double megahertz = Frequency.asked(command);
    run.say("INFO: [v++ 60-895]   Target platform: " + platform.name() + ".xpfm");
    run.say("INFO: [v++ 60-423]   Target device: " + platform.name());
    run.say("INFO: [v++ 60-585] Compiling for hardware target");
    if (command.has("--hls.clock")) {
      run.say("INFO: [v++ 60-1616] Creating a HLS clock using hls.clock option: " + Math.round(megahertz) + " MHz");
    }
    run.misfortunes();
    run.say("INFO: [v++ 60-242] Creating kernel: '" + kernel + "'");
    run.say("");
    run.say(
        "===>The following messages were generated while  performing high-level synthesis for kernel: " + kernel
            + " Log file: vitis_hls.log :");
    KernelSource.Parsed parsed = synthesise(command.inputs().stream().map(Path::of).toList(), kernel, "v++");
    run.say("INFO: [v++ 60-594] Finished kernel compilation");
    Path temporary = Path.of(command.one("--temp_dir").orElse("_x"));
    Path reports = Path.of(command.one("--report_dir").orElse(temporary + "/reports")).resolve(kernel);
    if (command.has("--save-temps")) {
      Path folder = temporary.resolve(Path.of(kernel, kernel, kernel, "solution", "syn", "report"));
      HlsReports.write(folder, parsed, platform, megahertz, command.version());
    }
    Path estimate = reports.resolve("system_estimate_" + kernel + ".xtxt");
    ToolRun.write(estimate, HlsReports.estimate(parsed, platform, megahertz, command.version()));
    run.say("INFO: [v++ 60-1092] Generated system estimate report: " + estimate);
    finish(parsed, output);
    Path logs = Path.of(command.one("--log_dir").orElse(temporary + "/logs")).resolve(kernel);
    ToolRun.write(logs.resolve("vitis_hls.log"), String.join("\n", run.printed()));
  }

  private void modeHls() throws IOException, Rejection, ToolRun.Halt {
    if (command.all("--config").isEmpty()) {
      throw new Rejection("ERROR: [v++ 60-1276] Option '--config' is required with --mode hls");
    }
    String kernel = command.required("--hls.syn.top");
    if (!command.has("--platform") && !command.has("--part") && !command.has("--hls.part")) {
      throw new Rejection("ERROR: [v++ 60-1276] Either platform or part must be specified");
    }
    if (command.has("--platform") && command.has("--hls.clock") && command.has("--freqhz")) {
      throw new Rejection("ERROR: [v++ 60-1241] With a platform use freqhz, not hls.clock");
    }
    boolean xo =
        command
            .one("--hls.package.output.format")
            .or(() -> command.one("--hls.syn.output.format"))
            .orElse("")
            .equals("xo");
    String part = command.one("--part").or(() -> command.one("--hls.part")).orElse("");
    PlatformModel platform =
        command.has("--platform")
            ? PlatformModel.find(command.required("--platform"), repositories, command.version())
            : PlatformModel.known().stream()
                .filter(model -> model.part().equals(part))
                .findFirst()
                .orElseThrow(() -> new Rejection("ERROR: [HLS 200-1023] Part '" + part + "' is not installed"));
    double megahertz = Frequency.asked(command);
    Path work = Path.of(command.required("--work_dir"));
    run.misfortunes();
    List<Path> sources = command.all("--hls.syn.file").stream().map(Path::of).toList();
    KernelSource.Parsed parsed = synthesise(sources, kernel, "HLS");
    HlsReports.write(work.resolve("hls/syn/report"), parsed, platform, megahertz, command.version());
    ToolRun.write(work.resolve("hls/hls_data.json"), "{\"madeBy\": \"" + StandIn.MARK + "\"}\n");
    if (xo) {
      Path output = work.resolve(kernel + ".xo");
      object(parsed, output);
      run.say("INFO: [HLS 200-802] Generated output file " + output);
      run.say("INFO: [v++ 60-791] Total elapsed time: 0h 0m 1s");
    } else {
      run.say("INFO: [v++ 60-791] Total elapsed time: 0h 0m 1s");
    }
    ToolRun.write(work.resolve("logs/hls_compile.log"), String.join("\n", run.printed()));
  }

  private KernelSource.Parsed synthesise(List<Path> sources, String kernel, String tool)
      throws IOException, Rejection {
    if (run.plays(Scenario.Event.HLS_ERROR)) {
      throw new Rejection(
          "ERROR: [" + (tool.equals("HLS") ? "HLS 207-3776" : "v++ 200-70") + "] use of undeclared identifier 'foo' ("
              + (sources.isEmpty() ? "x.cpp" : sources.get(0)) + ":42:7)",
          "ERROR: [" + tool + " 200-1715] Encountered problem during source synthesis");
    }
    if (run.plays(Scenario.Event.NO_LICENCE)) {
      throw new Rejection("ERROR: [" + tool + " 17-301] Failed to get a license for 'ap_opencl'. Explanation: none");
    }
    KernelSource.Parsed parsed = KernelSource.parse(sources, kernel);
    for (String loop : parsed.loops()) {
      run.say("INFO: [" + tool + " 204-61] Pipelining loop '" + loop + "'.");
      run.say(
          "INFO: [" + tool + " 200-1470] Pipelining result : Target II = 1, Final II = 1, Depth = 13, loop '" + loop
              + "'");
      run.pause();
    }
    run.say("INFO: [" + tool + " 200-790] **** Loop Constraint Status: All loop constraints were satisfied.");
    run.say("INFO: [" + tool + " 200-789] **** Estimated Fmax: 411.02 MHz");
    return parsed;
  }

  private void finish(KernelSource.Parsed parsed, Path output) throws IOException, Rejection {
    object(parsed, output);
    run.say("INFO: [v++ 60-586] Created " + output);
    run.say("INFO: [v++ 60-2343] Use the vitis_analyzer tool to visualize and navigate the relevant reports.");
    run.say("INFO: [v++ 60-791] Total elapsed time: 0h 0m 1s");
    run.say("INFO: [v++ 60-1653] Closing dispatch client.");
  }

  private void object(KernelSource.Parsed parsed, Path output) throws IOException, Rejection {
    if (!run.plays(Scenario.Event.NO_OUTPUT)) {
      parsed.kernel().write(output);
      if (run.plays(Scenario.Event.TRUNCATED)) {
        byte[] content = Files.readAllBytes(output);
        Files.write(output, Arrays.copyOf(content, content.length / 2));
      }
      ToolRun.write(Path.of(output + ".compile_summary"), "{\"madeBy\": \"" + StandIn.MARK + "\"}\n");
    }
  }
}

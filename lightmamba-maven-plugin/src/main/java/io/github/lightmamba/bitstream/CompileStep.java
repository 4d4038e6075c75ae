package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.vitis.CommandValues;
import io.github.lightmamba.vitis.LogDigest;
import io.github.lightmamba.vitis.VitisStep;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One kernel to an {@code .xo}, in the flow that the version recommends. */
final class CompileStep extends Step {
  private static final String UP = "../";
  private static final String CONFIGURATION = "step.cfg";
  private static final String SCRIPT = "step.tcl";
  private static final String WORK = "vitis";
  /** Where the reports of synthesis end up; {@code CsynthReports} looks for folders of this name. */
  private static final String SYNTHESIS = REPORTS + "/syn/report";

  private final GeneratedKernels.Kernel kernel;
  private final BuildTools tools;
  private final BuildOptions options;
  private final long hertz;

  /**
   * Plans a step.
   *
   * @param kernel what to compile
   * @param tools of the build
   * @param options of the build
   * @param hertz the clock
   */
  CompileStep(GeneratedKernels.Kernel kernel, BuildTools tools, BuildOptions options, long hertz) {
    super("compile-" + kernel.name());
    this.kernel = kernel;
    this.tools = tools;
    this.options = options;
    this.hertz = hertz;
  }

  /** Returns the file that it makes. */
  String product() {
    return kernel.name() + ".xo";
  }

  @Override
  Inputs inputs(FileDigests digests) {
    List<String> words = OptionFiles.withoutPaths(options.vppOptions().compile());
    Inputs.Builder inputs =
        tools.inputs(digests).value("command", StepStage.line(command(tools.platform().name(), words)));
    texts().forEach((path, text) -> inputs.digest(Path.of(path).getFileName().toString(), Sha256.of(text)));
    kernel.files().forEach((path, file) -> inputs.file(path, file, digests));
    OptionFiles.of(options.vppOptions().compile()).forEach((name, file) -> inputs.file(name, file, digests));
    return inputs.build();
  }

  @Override
  Map<String, Path> files() {
    return kernel.files();
  }

  @Override
  Map<String, String> texts() {
    return classic()
        ? Map.of(GeneratedKernels.SOURCES + "/" + SCRIPT, HlsScript.of(kernel.configuration()))
        : Map.of(GeneratedKernels.SOURCES + "/" + CONFIGURATION, kernel.configuration());
  }

  /** The folder of the sources: a relative path means the same there to the command and to the configuration. */
  @Override
  String directory() {
    return GeneratedKernels.SOURCES;
  }

  @Override
  List<List<String>> commands() {
    return List.of(command(tools.platform().file().toString(), options.vppOptions().compile()));
  }

  private boolean classic() {
    return tools.commands().compileStep() == VitisStep.COMPILE_CLASSIC;
  }

  private List<String> command(String platform, List<String> vppOptions) {
    CommandValues values =
        CommandValues.none()
            .with("platform", platform)
            .with("clock", Long.toString(hertz))
            .with("option", vppOptions);
    if (!classic()) {
      return tools
          .commands()
          .render(VitisStep.COMPILE_HLS, values.with("config", CONFIGURATION).with("workDir", UP + WORK));
    }
    return tools
        .commands()
        .render(
            VitisStep.COMPILE_CLASSIC,
            values
                .with("target", options.target().toString())
                .with("kernel", kernel.name())
                .with("preTcl", SCRIPT)
                .with("tempDir", UP + TEMPORARY)
                .with("logDir", UP + "logs")
                .with("reportDir", UP + REPORTS)
                .with("include", List.of(".", UP + GeneratedKernels.HEADERS))
                .with("output", UP + product())
                .with("input", kernel.source()));
  }

  @Override
  void collect(Path work, LogDigest digest, Path output) throws IOException {
    List<Path> made =
        classic()
            ? StepFiles.below(work, file -> file.equals(work.resolve(product())))
            : StepFiles.below(work.resolve(WORK), file -> file.getFileName().toString().equals(product()));
    if (made.isEmpty()) {
      throw StepRejection.incomplete(name(), "there is no " + product(), work);
    }
    WholeFiles.requireArchive(made.get(0), name(), work);
    StepFiles.copy(made.get(0), output.resolve(product()));
    Path tree = work.resolve(classic() ? TEMPORARY : WORK);
    for (Path report :
        StepFiles.below(
            tree,
            file -> file.getParent().endsWith(Path.of("syn", "report")) && file.toString().endsWith("csynth.xml"))) {
      StepFiles.copy(report, output.resolve(SYNTHESIS).resolve(report.getFileName()));
    }
    StepFiles.reports(work.resolve(REPORTS), output.resolve(REPORTS));
  }
}

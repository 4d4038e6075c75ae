package io.github.lightmamba.bitstream;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The steps of a build, before any of them runs. */
public final class BuildPlan {
  private final BitstreamRequest request;
  private final GeneratedKernels kernels;
  private final List<CompileStep> compile = new ArrayList<>();

  private BuildPlan(BitstreamRequest request, GeneratedKernels kernels) {
    this.request = request;
    this.kernels = kernels;
    // The kernels are compiled for the clock that is asked for; a link at a lower one takes them as they are.
    long hertz = request.megahertz(kernels) * 1_000_000L;
    for (GeneratedKernels.Kernel kernel : kernels.kernels().values()) {
      compile.add(new CompileStep(kernel, request.tools(), request.options(), hertz));
    }
  }

  /**
   * Plans a build.
   *
   * @param request what is asked; the kernels are generated
   */
  public static BuildPlan of(BitstreamRequest request) {
    return new BuildPlan(request, GeneratedKernels.read(request.kernels()));
  }

  GeneratedKernels kernels() {
    return kernels;
  }

  List<CompileStep> compileSteps() {
    return compile;
  }

  LinkStep link(LinkStep.Attempt attempt) {
    StepRequest step = request.step();
    List<Path> folders = compile.stream().map(step::folder).toList();
    return new LinkStep(
        kernels, compile, folders, request.tools(), request.options(), request.board().sdCard(), attempt);
  }

  PackageStep pack(LinkStep linked) {
    return new PackageStep(
        linked,
        request.step().folder(linked),
        kernels.link(),
        request.tools(),
        request.options(),
        request.board().sdCard());
  }

  /** Returns every command of the build, each after a line that says its step; of the links that of each strategy. */
  public List<String> lines() {
    List<Step> steps = new ArrayList<>(compile);
    for (String strategy : request.options().strategies()) {
      steps.add(link(new LinkStep.Attempt(strategy, request.megahertz(kernels))));
    }
    steps.add(pack((LinkStep) steps.get(compile.size())));
    List<String> lines = new ArrayList<>();
    for (Step step : steps) {
      Path work = request.step().work(step).resolve(step.directory());
      lines.add("# " + step.name() + ", in " + request.workspace().display(work));
      step.commands().forEach(command -> lines.add(StepStage.line(request.tools().command(command))));
    }
    return lines;
  }
}

package io.github.lightmamba.verify;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.PluginCode;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.QuantizedFrom;
import io.github.lightmamba.quantize.TextFile;
import io.github.lightmamba.tokenizer.TextTokenizer;
import io.github.lightmamba.verify.VerificationReport.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Makes {@code <board>/4-verify}. */
public final class VerifyStage implements Stage<VerifyRequest> {
  private static final int DEFAULT_PROMPT_TOKENS = 64;
  private static final String PREFILL = "prefill";
  private static final String DECODE = "decode";

  /** Makes the stage. */
  public VerifyStage() {}

  @Override
  public String goal() {
    return "verify";
  }

  @Override
  public Path folder(VerifyRequest request) {
    return request.workspace().verification(request.board().toString());
  }

  @Override
  public Inputs inputs(VerifyRequest request, FileDigests digests) {
    Path kernelFolder = request.workspace().kernels(request.board().toString());
    Manifest kernels = Manifest.require(kernelFolder, "generate-kernels", "run the goal generate-kernels.");
    Manifest quantized =
        Manifest.require(request.workspace().quantized(), "quantize", "run the goal quantize.");
    Inputs.Builder inputs =
        Inputs.builder()
            .identity("board", request.board())
            .value("target", request.target())
            .stage("quantized model", quantized)
            .stage("kernels", kernels)
            .value("tokens", request.tokens())
            // A verdict is about what this compiler made of the sources; a new one may treat them otherwise.
            .value("C++ compiler", compiler().version())
            .digest("plugin code", PluginCode.digest());
    if (request.checkpoint() != null) {
      QuantizedFrom.requireCheckpoint(quantized, request.checkpoint(), digests);
    }
    return request.prompt() == null
        ? inputs.file("evaluation text", request.evaluationText(), digests).build()
        : inputs.value("prompt", request.prompt()).build();
  }

  @Override
  public Outcome run(VerifyRequest request, Path output, Progress progress) throws IOException {
    Workspace workspace = request.workspace();
    try (QuantizedModelFolder quantized = QuantizedModelFolder.open(workspace.quantized());
        TextTokenizer tokenizer = TextTokenizer.open(workspace.quantized().resolve("tokenizer.json"))) {
      CppCompiler compiler = compiler();
      int[] prompt = prompt(request, tokenizer);
      progress.phase("running the integer model", 1);
      ReferenceRun reference = ReferenceRun.of(new IntegerModel(quantized.model()), prompt, request.tokens());
      progress.advance(1);

      long start = System.nanoTime();
      Path work = Files.createDirectory(output.resolve("csim"));
      KernelFolder kernels = KernelFolder.of(workspace.kernels(request.board().toString()));
      CSimulation simulation = new CSimulation(kernels, work);
      List<CSimulation.Start> starts = starts(ModelScalars.of(quantized.model(), kernels.design()), reference);
      int[] generated = simulate(simulation, compiler, kernels, starts, progress);
      TraceComparison comparison = compare(work, starts, kernels.design().lanes(), reference);
      simulation.tidy(comparison.mismatches() > 0);
      double seconds = (System.nanoTime() - start) / 1e9;

      Texts texts = texts(request, tokenizer, reference, generated, progress);
      VerificationReport report =
          report(request, quantized, compiler.version(), reference, comparison, texts, seconds);
      Json.write(output.resolve(Workspace.REPORT), report);
      JUnitReport.write(output.resolve("TEST-lightmamba-verify.xml"), suite(request), cases(comparison), seconds);
      Summary.print(workspace, report, progress);
      return outcome(workspace, request, report);
    }
  }

  private static CppCompiler compiler() {
    return CppCompiler.find(System.getenv("CXX"));
  }

  private static int[] prompt(VerifyRequest request, TextTokenizer tokenizer) {
    if (request.prompt() == null) {
      TextFile text = TextFile.read("evaluationText", request.evaluationText(), tokenizer);
      text.requireTokens(DEFAULT_PROMPT_TOKENS);
      return Arrays.copyOf(text.tokens(), DEFAULT_PROMPT_TOKENS);
    }
    int[] tokens = tokenizer.encode(request.prompt());
    if (tokens.length == 0) {
      throw new LightMambaException(
          ErrorCode.PARAMETER_INVALID,
          "The parameter prompt has no token.",
          "give a prompt of at least one word, or leave it out.");
    }
    return tokens;
  }

  /** Prefill with a reset, then decode from the state that is left. */
  private static List<CSimulation.Start> starts(ModelScalars model, ReferenceRun reference) {
    int[] generated = reference.generated();
    return List.of(
        CSimulation.Start.prefill(PREFILL, model, true, reference.prompt()),
        CSimulation.Start.decode(DECODE, model, generated[0], generated.length));
  }

  /** Returns the ids that the kernels generated. */
  private static int[] simulate(
      CSimulation simulation,
      CppCompiler compiler,
      KernelFolder kernels,
      List<CSimulation.Start> starts,
      Progress progress)
      throws IOException {
    progress.phase("compiling the kernels with " + compiler.program(), 1);
    Path program = simulation.compile(compiler);
    progress.advance(1);
    progress.phase("C simulation", starts.stream().mapToLong(CSimulation.Start::tokens).sum());
    simulation.run(program, kernels.images(), starts, progress);
    CSimulation.Start prefill = starts.get(0);
    CSimulation.Start decode = starts.get(1);
    int[] generated = new int[decode.tokens()];
    generated[0] = simulation.tokens(prefill)[prefill.tokens() - 1];
    System.arraycopy(simulation.tokens(decode), 0, generated, 1, decode.tokens() - 1);
    return generated;
  }

  private static TraceComparison compare(
      Path work, List<CSimulation.Start> starts, int lanes, ReferenceRun reference) throws IOException {
    TraceComparison comparison = new TraceComparison(reference);
    int position = 0;
    for (CSimulation.Start start : starts) {
      LanePlan plan = start.plan(lanes);
      comparison.trace(work.resolve(start.name() + CSimulation.TRACE), plan, position);
      comparison.tokens(work.resolve(start.name() + CSimulation.TOKENS), plan, position);
      position += start.tokens();
    }
    return comparison;
  }

  private static Texts texts(
      VerifyRequest request, TextTokenizer tokenizer, ReferenceRun reference, int[] generated, Progress progress) {
    String original = null;
    if (request.checkpoint() != null) {
      progress.phase("generating with the float model", 1);
      try (Checkpoint checkpoint = Checkpoint.open(request.checkpoint())) {
        int[] tokens = GreedyText.generate(FloatModel.of(checkpoint), reference.prompt(), generated.length);
        original = tokenizer.decode(tokens);
      }
      progress.advance(1);
    }
    return new Texts(tokenizer.decode(reference.prompt()), original, tokenizer.decode(generated));
  }

  private static VerificationReport report(
      VerifyRequest request,
      QuantizedModelFolder quantized,
      String compiler,
      ReferenceRun reference,
      TraceComparison comparison,
      Texts texts,
      double seconds) {
    return new VerificationReport(
        comparison.mismatches() == 0 ? "pass" : "fail",
        request.target().toString(),
        "simulated",
        request.board().toString(),
        quantized.scheme(),
        compiler,
        reference.prompt().length,
        reference.generated().length,
        comparison.compared(),
        comparison.mismatches(),
        comparison.first(),
        texts,
        seconds);
  }

  private static String suite(VerifyRequest request) {
    return "lightmamba.verify." + request.board() + "." + request.target();
  }

  private static List<JUnitReport.Case> cases(TraceComparison comparison) {
    return TraceComparison.TENSORS.stream()
        .map(
            tensor ->
                new JUnitReport.Case(
                    tensor + " equals the integer model",
                    comparison.first(tensor).map(Divergence::sentence)))
        .toList();
  }

  private static Outcome outcome(Workspace workspace, VerifyRequest request, VerificationReport report) {
    if (report.mismatches() == 0) {
      return Outcome.GOOD;
    }
    Path file = workspace.verification(request.board().toString()).resolve(Workspace.REPORT);
    String first = report.firstDivergences().get(0).sentence();
    return Outcome.bad(
        new LightMambaException(
            ErrorCode.VERIFICATION_MISMATCH,
            report.mismatches() + " of " + report.comparedValues()
                + " values differ from the integer model. The first: " + first + ".",
            "look at the first divergences in " + workspace.display(file)
                + "; if you did not change accelerator sources or images, report it as a bug."));
  }
}

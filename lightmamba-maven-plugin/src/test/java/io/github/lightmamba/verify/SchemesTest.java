package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Layouts;
import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.Method;
import io.github.lightmamba.quantize.QuantizationOptions;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.SyntheticCheckpoint;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every architecture variant and every scheme through quantizer, integer model, images and kernels, bit for bit. */
class SchemesTest {
  private static final int PROMPT = 9;
  private static final int GENERATED = 4;

  /** To compile a program takes longer than to run it, but for models of published sizes. */
  private static final List<String> QUICK = List.of("-O1");

  private static final int LARGE = 768;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mamba2-tied, W8A8, 4, 16, RTN",
    "mamba2-tied, W4A8, 8, 8, GPTQ",
    "mamba2-tied, W4A8, 4, 32, RTN",
    "mamba2-tied, W4A4, 8, 16, GPTQ",
    "mamba2-tied, W4A4, 4, 8, RTN",
    "mamba2-groups, W8A8, 8, 32, RTN",
    "mamba2-groups, W4A4, 4, 16, RTN",
    "mamba2-limits, W8A8, 8, 16, RTN",
    "mamba2-limits, W4A8, 8, 16, RTN",
    "mamba2-limits, W4A4, 4, 16, GPTQ"
  })
  void kernelsEqualTheIntegerModel(String golden, Scheme scheme, int headBits, int activationGroup, Method method)
      throws Exception {
    QuantizationOptions options = new QuantizationOptions(scheme, headBits, method, 0, activationGroup);
    verify(TinyModels.TIED.resolveSibling(golden), options);
  }

  /** In the layout of state-spaces the gated norm runs over each of the four groups. */
  @Test
  void aNormForEveryGroupEqualsTheIntegerModel() throws Exception {
    Path checkpoint = Layouts.stateSpaces(Files.createDirectory(folder.resolve("native")), "mamba2-groups", 96, 8, true);
    QuantizedModel model = verify(checkpoint, new QuantizationOptions(Scheme.W4A4, 8, Method.GPTQ, 0, 16));
    assertThat(model.shape().normGroups()).isEqualTo(4);
  }

  /** No Hadamard matrix of order 184 or 368 = 23·16 is known. */
  @Test
  void aRotationInBlocksEqualsTheIntegerModel() throws Exception {
    SyntheticShape shape = new SyntheticShape(184, 2, 16, 16, 1, 4, 64);
    Path checkpoint =
        SyntheticCheckpoint.write(
            folder.resolve("blocks"), shape, SyntheticCheckpoint.Decays.USUAL, DType.BF16, 1);
    QuantizedModel model = verify(checkpoint, new QuantizationOptions(Scheme.W8A8, 8, Method.RTN, 0, 8));
    assertThat(model.hadamard().blocks()).isEqualTo(23);
  }

  /** The sizes of Mamba2-130m: 24 blocks of 768, state 128, a vocabulary of 50,288; 30 units and 8 lanes on the U280. */
  @Test
  void aModelOfPublishedSizeEqualsTheIntegerModel() throws Exception {
    Path checkpoint =
        SyntheticCheckpoint.write(
            folder.resolve("130m"), SyntheticShape.of("130m"), SyntheticCheckpoint.Decays.STRESS, DType.BF16, 1);
    verify(checkpoint, new QuantizationOptions(Scheme.W4A4, 8, Method.RTN, 0, 16), Board.U280);
  }

  /** Two blocks of Mamba2-2.7b: 2,560 = 20·128 and 5,120 = 20·256 channels, 80 heads. */
  @Test
  void blocksOfTheLargestPublishedSizeEqualTheIntegerModel() throws Exception {
    SyntheticShape shape = SyntheticShape.of("2.7b").withLayers(2).withVocabulary(2048);
    Path checkpoint =
        SyntheticCheckpoint.write(folder.resolve("2.7b"), shape, SyntheticCheckpoint.Decays.STRESS, DType.BF16, 1);
    verify(checkpoint, new QuantizationOptions(Scheme.W4A8, 4, Method.RTN, 0, 32));
  }

  private QuantizedModel verify(Path checkpoint, QuantizationOptions options) throws Exception {
    return verify(checkpoint, options, Board.VCK190);
  }

  private QuantizedModel verify(Path checkpoint, QuantizationOptions options, Board board) throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    QuantizedModel model = TinyModels.quantized(checkpoint, options);
    Path quantized = Files.createDirectory(folder.resolve("quantized"));
    QuantizedModelFolder.write(quantized, model, options.scheme().toString());
    Path output = Files.createDirectory(folder.resolve("kernels"));
    GenerateKernelsRequest request = new GenerateKernelsRequest(new Workspace(folder), quantized, board, 0, null);
    new GenerateKernelsStage().run(request, output, Progress.SILENT);
    KernelFolder kernels = KernelFolder.of(output);

    int[] prompt = TinyModels.tokens(PROMPT, model.shape().vocabulary(), 2);
    ReferenceRun reference = ReferenceRun.of(new IntegerModel(model), prompt, GENERATED);
    Path build = Files.createDirectory(folder.resolve("build"));
    CSimulation simulation = new CSimulation(kernels, build);
    List<String> flags = model.shape().model() < LARGE ? QUICK : List.of();
    Path program = simulation.compile(CppCompiler.find(null), flags);
    ModelScalars scalars = ModelScalars.of(model, kernels.design());
    List<CSimulation.Start> starts =
        List.of(
            CSimulation.Start.prefill("prefill", scalars, true, prompt),
            CSimulation.Start.decode("decode", scalars, reference.generated()[0], GENERATED));
    simulation.run(program, kernels.images(), starts, Progress.SILENT);
    TraceComparison comparison = new TraceComparison(reference);
    int lanes = kernels.design().lanes();
    comparison.trace(build.resolve("prefill" + CSimulation.TRACE), starts.get(0).plan(lanes), 0);
    comparison.trace(build.resolve("decode" + CSimulation.TRACE), starts.get(1).plan(lanes), PROMPT);
    assertThat(comparison.first()).isEmpty();
    assertThat(comparison.compared()).isPositive();
    return model;
  }
}

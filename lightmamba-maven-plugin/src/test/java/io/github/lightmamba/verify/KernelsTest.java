package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.Segment;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernels in C simulation against the integer model, and faults put into images and runs: each one has to be found.
 * The kernels are compiled once.
 */
class KernelsTest {
  private static final int PROMPT = 11;
  private static final int GENERATED = 5;
  /** Header, state widths and SiLU table. */
  private static final int TABLE_BYTES = 64 + 64 + 1024;

  private static final int SILU = 64 + 64;

  @TempDir static Path shared;

  private static QuantizedModel model;
  private static ReferenceRun reference;
  private static KernelFolder kernels;
  private static Path program;
  private static ModelScalars scalars;

  @TempDir Path folder;

  @BeforeAll
  static void compile() throws Exception {
    Assumptions.assumeTrue(ProcessRunner.find("g++").isPresent(), "no g++ on the PATH: the kernels cannot be compiled");
    model = TinyModels.tied();
    Path quantized = Files.createDirectory(shared.resolve("quantized"));
    QuantizedModelFolder.write(quantized, model, "w8a8");
    Path output = Files.createDirectory(shared.resolve("kernels"));
    GenerateKernelsRequest request = new GenerateKernelsRequest(new Workspace(shared), quantized, Board.U280, 0, null);
    new GenerateKernelsStage().run(request, output, Progress.SILENT);
    kernels = KernelFolder.of(output);
    scalars = ModelScalars.of(model, kernels.design());
    int[] prompt = TinyModels.tokens(PROMPT, model.shape().vocabulary(), 5);
    reference = ReferenceRun.of(new IntegerModel(model), prompt, GENERATED);
    Path build = Files.createDirectory(shared.resolve("build"));
    program = new CSimulation(kernels, build).compile(CppCompiler.find(null));
  }

  /** Runs prefill and decode with images that a fault may have changed. */
  private TraceComparison run(KernelFolder.Images images, boolean resetPrefill) throws IOException {
    CSimulation simulation = new CSimulation(kernels, folder);
    CSimulation.Start prefill = CSimulation.Start.prefill("prefill", scalars, resetPrefill, reference.prompt());
    CSimulation.Start decode = CSimulation.Start.decode("decode", scalars, reference.generated()[0], GENERATED);
    simulation.run(program, images, List.of(prefill, decode), Progress.SILENT);
    TraceComparison comparison = new TraceComparison(reference);
    comparison.trace(folder.resolve("prefill" + CSimulation.TRACE), plan(prefill), 0);
    comparison.tokens(folder.resolve("prefill" + CSimulation.TOKENS), plan(prefill), 0);
    comparison.trace(folder.resolve("decode" + CSimulation.TRACE), plan(decode), PROMPT);
    comparison.tokens(folder.resolve("decode" + CSimulation.TOKENS), plan(decode), PROMPT);
    return comparison;
  }

  private static LanePlan plan(CSimulation.Start start) {
    return start.plan(kernels.design().lanes());
  }

  /** Returns the images with one of them changed. */
  private interface Fault {
    void apply(byte[] image);
  }

  private KernelFolder.Images unitFault(int unit, Fault fault) throws IOException {
    KernelFolder.Images images = kernels.images();
    List<Path> units = new ArrayList<>(images.units());
    units.set(unit, faulty(units.get(unit), fault));
    return new KernelFolder.Images(units, images.core(), images.embedding());
  }

  private KernelFolder.Images coreFault(Fault fault) throws IOException {
    KernelFolder.Images images = kernels.images();
    return new KernelFolder.Images(images.units(), faulty(images.core(), fault), images.embedding());
  }

  private Path faulty(Path image, Fault fault) throws IOException {
    byte[] bytes = Files.readAllBytes(image);
    byte[] before = bytes.clone();
    fault.apply(bytes);
    assertThat(bytes).as("the fault changes the image").isNotEqualTo(before);
    return Files.write(folder.resolve("faulty.bin"), bytes);
  }

  private static void assertFound(TraceComparison comparison, int layer) {
    assertThat(comparison.mismatches()).isPositive();
    Divergence first = comparison.first().get(0);
    assertThat(first.layer()).as(first.sentence()).isEqualTo(layer);
    assertThat(first.expected()).isNotEqualTo(first.actual());
  }

  @Test
  void kernelsEqualTheIntegerModel() throws Exception {
    TraceComparison comparison = run(kernels.images(), true);
    assertThat(comparison.first()).isEmpty();
    int valuesPerToken = model.shape().layers() * model.shape().model() + model.shape().vocabulary() + 1;
    assertThat(comparison.compared()).isEqualTo(valuesPerToken * (PROMPT + GENERATED));
  }

  @Test
  void aSecondStartWithoutReloadEqualsTheFirst() throws Exception {
    CSimulation simulation = new CSimulation(kernels, folder);
    List<CSimulation.Start> starts = new ArrayList<>();
    for (String name : List.of("one", "two")) {
      starts.add(CSimulation.Start.prefill(name, scalars, true, reference.prompt()));
    }
    simulation.run(program, kernels.images(), starts, Progress.SILENT);
    assertThat(folder.resolve("two" + CSimulation.TRACE))
        .hasSameBinaryContentAs(folder.resolve("one" + CSimulation.TRACE));
  }

  @Test
  void chunksOfAPromptEqualTheWhole() throws Exception {
    CSimulation simulation = new CSimulation(kernels, folder);
    int[] head = Arrays.copyOf(reference.prompt(), 4);
    int[] tail = Arrays.copyOfRange(reference.prompt(), 4, PROMPT);
    List<CSimulation.Start> starts =
        List.of(
            CSimulation.Start.prefill("head", scalars, true, head),
            CSimulation.Start.prefill("tail", scalars, false, tail));
    simulation.run(program, kernels.images(), starts, Progress.SILENT);
    TraceComparison comparison = new TraceComparison(reference);
    comparison.trace(folder.resolve("head" + CSimulation.TRACE), plan(starts.get(0)), 0);
    comparison.trace(folder.resolve("tail" + CSimulation.TRACE), plan(starts.get(1)), head.length);
    assertThat(comparison.first()).isEmpty();
  }

  @Test
  void aFlippedWeightBitIsFound() throws Exception {
    // The last words are LM head rows; the first weights after the table belong to layer 0.
    assertFound(run(unitFault(1, image -> image[image.length - 40] ^= 0x40), true), -1);
    assertFound(run(unitFault(0, image -> image[TABLE_BYTES + 5 * 64] ^= 0x40), true), 0);
  }

  @Test
  void aWrongScaleIsFound() throws Exception {
    // Layer 0, first block: the scales follow its conv records; 64/64 groups a row, so byte 0 is the mantissa of the
    // first row and byte 1 its exponent.
    Schedule schedule = Schedule.of(model, kernels.design().units());
    int scales = TABLE_BYTES + Schedule.WORD_BYTES * schedule.blocks(Segment.SHARED).get(0).recordWords();
    assertFound(run(unitFault(0, image -> image[scales] += 16), true), 0);
    assertFound(run(unitFault(0, image -> image[scales + 1] += 1), true), 0);
  }

  @Test
  void aSwappedTableEntryIsFound() throws Exception {
    // SILU[2] and SILU[3], 16 bits each: |x| around 0.08 occurs in some channel of the first token.
    Fault swapped =
        image -> {
          swap(image, SILU + 4, SILU + 6);
          swap(image, SILU + 5, SILU + 7);
        };
    assertFound(run(unitFault(0, swapped), true), 0);
    // Every pair of EXP2 in the core: which ones the few heads meet depends on their dt.
    int exp2 = 49 * 64;
    Fault allSwapped =
        image -> {
          for (int knot = 0; knot < 256; knot += 2) {
            for (int b = 0; b < 4; b++) {
              swap(image, exp2 + 4 * knot + b, exp2 + 4 * knot + 4 + b);
            }
          }
        };
    assertFound(run(coreFault(allSwapped), true), 0);
  }

  @Test
  void aStateThatIsNotResetIsFound() throws Exception {
    // On-chip memories start as seeded garbage.
    TraceComparison comparison = run(kernels.images(), false);
    assertFound(comparison, 0);
    assertThat(comparison.first().get(0).token()).isZero();
  }

  @Test
  void aWrongImageIsRefused() throws Exception {
    KernelFolder.Images images = kernels.images();
    byte[] bytes = Files.readAllBytes(images.core());
    Path shortened = Files.write(folder.resolve("short.bin"), Arrays.copyOf(bytes, bytes.length - 64));
    KernelFolder.Images wrong = new KernelFolder.Images(images.units(), shortened, images.embedding());
    assertThatThrownBy(() -> run(wrong, true))
        .hasMessageStartingWith("LM-CSIM-003")
        .hasMessageContaining("short.bin");
  }

  private static void swap(byte[] image, int a, int b) {
    byte kept = image[a];
    image[a] = image[b];
    image[b] = kept;
  }
}

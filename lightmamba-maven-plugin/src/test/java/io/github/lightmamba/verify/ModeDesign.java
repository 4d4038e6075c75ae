package io.github.lightmamba.verify;

import io.github.lightmamba.integer.IntegerModel;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.GivenKernels;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small accelerator for the modes of the simulation, with as many sequences as it has lanes and what the integer model
 * says of them.
 *
 * @param design its choices
 * @param kernels generated for it
 * @param scalars of its starts
 * @param references one a lane
 */
record ModeDesign(Design design, KernelFolder kernels, ModelScalars scalars, List<ReferenceRun> references) {
  static final int PROMPT = 5;
  static final int GENERATED = 3;

  /** Writes the kernels of a design into a folder. */
  static ModeDesign of(QuantizedModel model, Design design, Path folder) throws IOException {
    List<ReferenceRun> references = new ArrayList<>();
    for (int seed = 5; seed < 5 + design.lanes(); seed++) {
      int[] prompt = TinyModels.tokens(PROMPT, model.shape().vocabulary(), seed);
      references.add(ReferenceRun.of(new IntegerModel(model), prompt, GENERATED));
    }
    KernelFolder kernels = GivenKernels.write(model, design, folder);
    return new ModeDesign(design, kernels, ModelScalars.of(model, design), references);
  }

  /** The first of the sequences. */
  ReferenceRun reference() {
    return references.get(0);
  }

  /** Compiles a copy of the kernels for the modes. */
  Path compile(Path folder, ModeKernels.Fault fault) throws IOException {
    KernelFolder copy = ModeKernels.copy(kernels, folder.resolve("sources"), fault);
    return new CSimulation(copy, folder).compile(CppCompiler.find(null), ModeKernels.options());
  }

  /** Prefill and decode of one sequence, all compared with the integer model. */
  TraceComparison run(Path program, KernelFolder.Images images, Path folder, String... settings) throws IOException {
    CSimulation.Start prefill = CSimulation.Start.prefill("prefill", scalars, true, reference().prompt());
    CSimulation.Start decode = CSimulation.Start.decode("decode", scalars, reference().generated()[0], GENERATED);
    simulate(program, images, folder, List.of(prefill, decode), settings);
    TraceComparison comparison = new TraceComparison(reference());
    compare(comparison, prefill, folder, 0);
    compare(comparison, decode, folder, PROMPT);
    return comparison;
  }

  /** A sequence a lane, the prompts in two chunks, then decode. */
  TraceComparison sideBySide(Path program, Path folder, String... settings) throws IOException {
    int lanes = design.lanes();
    int cut = 2;
    int rest = PROMPT - cut;
    int[] first = references.stream().mapToInt(one -> one.generated()[0]).toArray();
    List<CSimulation.Start> starts =
        List.of(
            new CSimulation.Start("heads", scalars, false, true, lanes, 0, fed(0, cut), cut),
            new CSimulation.Start("tails", scalars, false, false, lanes, 0, fed(cut, rest), rest),
            new CSimulation.Start("decodes", scalars, true, false, lanes, 0, first, GENERATED));
    simulate(program, kernels.images(), folder, starts, settings);
    TraceComparison comparison = new TraceComparison(references);
    int position = 0;
    for (CSimulation.Start start : starts) {
      compare(comparison, start, folder, position);
      position += start.tokens();
    }
    return comparison;
  }

  /** Runs starts one after the other. */
  void simulate(
      Path program, KernelFolder.Images images, Path folder, List<CSimulation.Start> starts, String... settings)
      throws IOException {
    new CSimulation(kernels, folder).run(program, images, List.of(settings), starts, Progress.SILENT);
  }

  /** Compares trace and tokens of a start whose first token has a position. */
  void compare(TraceComparison comparison, CSimulation.Start start, Path folder, int position) throws IOException {
    comparison.trace(folder.resolve(start.name() + CSimulation.TRACE), start.plan(design.lanes()), position);
    comparison.tokens(folder.resolve(start.name() + CSimulation.TOKENS), start.plan(design.lanes()), position);
  }

  /** Returns the ids of every sequence, position by position. */
  private int[] fed(int from, int count) {
    int lanes = design.lanes();
    int[] ids = new int[count * lanes];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = references.get(i % lanes).prompt()[from + i / lanes];
    }
    return ids;
  }
}

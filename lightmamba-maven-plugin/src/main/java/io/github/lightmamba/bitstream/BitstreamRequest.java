package io.github.lightmamba.bitstream;

import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What {@code build-bitstream} is asked.
 *
 * @param workspace the folders
 * @param board the board
 * @param contract {@code accelerator-src/timing.json}, the intervals that the kernels promise; nothing without one
 * @param options what else is asked for
 * @param tools Vitis and platform
 * @param executor where steps run
 * @param steps runs the steps; with a cache their results are kept there
 * @param ledger the cache, in which figures are remembered across builds too, or nothing
 * @param throughput estimates for the ledger
 * @param machine this machine, in which a card of the board may be; where steps run only the executor knows
 */
public record BitstreamRequest(
    Workspace workspace,
    BoardProfile board,
    Optional<byte[]> contract,
    BuildOptions options,
    BuildTools tools,
    Executor executor,
    StageRunner steps,
    Optional<Path> ledger,
    Throughput throughput,
    Machine machine) {
  /** Returns the folder of the generated kernels. */
  Path kernels() {
    return workspace.kernels(board.name());
  }

  /** Returns what running a step is told. */
  StepRequest step() {
    return new StepRequest(workspace.bitstreamSteps(board.name()), options, tools, executor, steps.digests());
  }

  /** Returns the clock that is asked for, in MHz. */
  int megahertz(GeneratedKernels kernels) {
    return options.frequencyMhz() == 0 ? kernels.frequencyMhz() : options.frequencyMhz();
  }
}

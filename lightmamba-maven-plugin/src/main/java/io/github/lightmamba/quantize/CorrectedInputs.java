package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.tensor.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The inputs of a block's projections in the float model and in the quantized one. Watches the block in the float
 * model, window by window, then has each projection corrected and takes the quantized model through the block. Belongs
 * to one thread.
 */
final class CorrectedInputs implements LayerInputs, LayerProbe {
  private final RoundedStream rounded;
  private final FusedLayer block;
  private final PairedStatistics inProj;
  private final List<float[]> outProjInputs = new ArrayList<>();
  private final Runnable windowDone;
  private int window;
  private Matrix roundedInProj;

  /**
   * Starts before a block.
   *
   * @param rounded the quantized model's residual before the block
   * @param windowDone is called when the quantized model's inputs of a window are known
   */
  CorrectedInputs(RoundedStream rounded, FusedLayer block, Runnable windowDone) {
    this.rounded = rounded;
    this.block = block;
    this.inProj = new PairedStatistics(block.config().hiddenSize());
    this.windowDone = windowDone;
  }

  @Override
  public void projectionInput(int tokens, float[] normed) {
    inProj.add(tokens, normed, rounded.projectionInput(window));
    window++;
  }

  @Override
  public void outProjInput(int tokens, float[] normalised) {
    outProjInputs.add(normalised.clone());
  }

  @Override
  public Target inProj(Matrix weights) {
    return target(InputCorrection.of(inProj), weights);
  }

  @Override
  public Target outProj(Matrix weights, Supplier<Matrix> roundedMatrix) {
    roundedInProj = roundedMatrix.get();
    PairedStatistics statistics = new PairedStatistics(block.config().innerSize());
    for (int w = 0; w < outProjInputs.size(); w++) {
      float[] exact = outProjInputs.set(w, null);
      statistics.add(
          exact.length / block.config().innerSize(), exact, rounded.outProjInput(block, roundedInProj, w));
      windowDone.run();
    }
    return target(InputCorrection.of(statistics), weights);
  }

  private static Target target(InputCorrection correction, Matrix weights) {
    return new Target(correction.apply(weights), correction.feedback());
  }

  @Override
  public void done(Supplier<Matrix> roundedOutProj) {
    rounded.pass(block, roundedInProj, roundedOutProj.get());
  }
}

package io.github.lightmamba.quantize;

import io.github.lightmamba.mamba.LayerProbe;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.report.Distribution;
import io.github.lightmamba.report.LayerDistributions;
import io.github.lightmamba.report.MagnitudeHistogram;
import io.github.lightmamba.tensor.Matrix;

/**
 * Collects the distributions of one block while it runs, in 40 KiB for any number of tokens. Belongs to one thread.
 *
 * <p>One probe watches the block of the checkpoint, another one the same block with its rotation fused.
 */
final class DistributionProbe implements LayerProbe {
  /** Of a larger matrix every second, third, … row is counted, so that about as many weights are. */
  private static final double MOST_WEIGHTS = 1 << 20;

  private final int activationGroup;
  private final double innerScale;
  private final Tensor inProjInput = new Tensor();
  private final Tensor outProjInput = new Tensor();

  /** Every magnitude of a tensor, and those that decide the scales of the groups. */
  private static final class Tensor {
    final MagnitudeHistogram values = new MagnitudeHistogram();
    final MagnitudeHistogram groupMaxima = new MagnitudeHistogram();

    void add(float[] row, int offset, int length, int group, double scale) {
      for (int start = 0; start < length; start += group) {
        double most = 0;
        for (int i = start; i < Math.min(length, start + group); i++) {
          double value = scale * row[offset + i];
          values.add(value);
          most = Math.max(most, Math.abs(value));
        }
        groupMaxima.add(most);
      }
    }

    Distribution distribution(int bits) {
      return Distribution.of(values, groupMaxima, bits);
    }
  }

  /**
   * Creates a probe.
   *
   * @param activationGroup activations that share a scale
   * @param innerScale factor that makes the input of out_proj comparable: 1 for the original block, 1/√d_inner for a
   *     rotated one, whose Hadamard transform
   *     is not normalised; the weights of out_proj get its inverse
   */
  DistributionProbe(int activationGroup, double innerScale) {
    this.activationGroup = activationGroup;
    this.innerScale = innerScale;
  }

  @Override
  public void projectionInput(int tokens, float[] normed) {
    add(inProjInput, tokens, normed, 1);
  }

  @Override
  public void outProjInput(int tokens, float[] normalised) {
    add(outProjInput, tokens, normalised, innerScale);
  }

  private void add(Tensor tensor, int tokens, float[] values, double scale) {
    int width = values.length / tokens;
    for (int t = 0; t < tokens; t++) {
      tensor.add(values, t * width, width, activationGroup, scale);
    }
  }

  /**
   * Returns what was seen, and the distributions of the weights.
   *
   * @param layer the block that was watched
   * @param activationBits width of the activations
   * @param weightBits width of the weights
   * @param weightGroup weights of a row that share a scale
   */
  LayerDistributions distributions(LayerWeights layer, int activationBits, int weightBits, int weightGroup) {
    return new LayerDistributions(
        inProjInput.distribution(activationBits),
        outProjInput.distribution(activationBits),
        weights(layer.inProj(), weightGroup, 1).distribution(weightBits),
        weights(layer.outProj(), weightGroup, 1 / innerScale).distribution(weightBits));
  }

  private static Tensor weights(Matrix matrix, int group, double scale) {
    Tensor tensor = new Tensor();
    float[] row = new float[matrix.cols()];
    int stride = (int) Math.max(1, Math.ceil((double) matrix.rows() * matrix.cols() / MOST_WEIGHTS));
    for (int r = 0; r < matrix.rows(); r += stride) {
      matrix.readRow(r, row, 0);
      tensor.add(row, 0, row.length, group, scale);
    }
    return tensor;
  }
}

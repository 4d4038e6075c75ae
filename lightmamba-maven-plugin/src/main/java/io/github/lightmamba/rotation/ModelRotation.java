package io.github.lightmamba.rotation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The rotation of a model: Q = D·Hᵀ/√n on the residual stream, fused into every weight that touches it, and H·D' online
 * before out_proj ({@code docs/numerics.md}, section 3; paper, section on the rotation-assisted quantization).
 *
 * <p>D and D' are random signs from the seed: they cost nothing, because they are fused, and without them a constant
 * vector would be mapped to a single spike. Immutable, thread-safe.
 */
public final class ModelRotation {
  private final HadamardTransform residual;
  private final HadamardTransform inner;
  private final byte[] residualSigns;
  private final byte[] innerSigns;

  /**
   * Creates the rotation.
   *
   * @param model width of the residual stream
   * @param innerWidth width of the input of out_proj
   * @param seed of the signs
   */
  public ModelRotation(int model, int innerWidth, long seed) {
    this.residual = new HadamardTransform(model);
    this.inner = new HadamardTransform(innerWidth);
    SplittableRandom random = new SplittableRandom(seed);
    this.residualSigns = signs(random, model);
    this.innerSigns = signs(random, innerWidth);
  }

  private static byte[] signs(SplittableRandom random, int length) {
    byte[] signs = new byte[length];
    for (int i = 0; i < length; i++) {
      signs[i] = (byte) (random.nextBoolean() ? 1 : -1);
    }
    return signs;
  }

  /** Returns the widths that are rotated in several blocks, because no Hadamard matrix of their order is known. */
  public List<HadamardTransform> blockDiagonal() {
    return Stream.of(residual, inner).filter(transform -> transform.blocks() > 1).toList();
  }

  /** Returns H, the online transform. */
  public HadamardTransform online() {
    return inner;
  }

  /** Returns the sign of D' for an inner channel, to be fused into the weight of the gated norm. */
  public int innerSign(int channel) {
    return innerSigns[channel];
  }

  /**
   * Replaces a row r over the residual by r·Q, in place: embedding, in_proj, head; and columns of out_proj, (Qᵀ·c)ᵀ =
   * cᵀ·Q.
   */
  public void rotateResidual(double[] row) {
    double scale = 1 / Math.sqrt(residual.order());
    for (int i = 0; i < row.length; i++) {
      row[i] *= residualSigns[i] * scale;
    }
    residual.apply(row, 0);
  }

  /** Replaces a row r of out_proj by r·D'·Hᵀ/n, in place, so that it meets H·D'·y. */
  public void counterRotateInner(double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] *= (double) innerSigns[i] / inner.order();
    }
    inner.apply(row, 0);
  }
}

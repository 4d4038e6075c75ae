package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Mamba2Config;
import java.util.stream.IntStream;

/**
 * The selective scan of one block over a run of tokens.
 *
 * <p><i>Computes</i>, for channel c of head h in group g: {@code s[n] = exp(dt[h] * A[h]) * s[n] + dt[h] * B[g][n] *
 * x[c]} and {@code y[c] = sum_n C[g][n] * s[n] + D[h] * x[c]}. The loops run over channels inside states, so that
 * nothing is reduced in the inner loop; heads are independent and run in parallel. Source: arXiv 2405.21060, equation
 * 2.
 */
final class Scan {
  /** Channels of one parallel piece; its state stays in the second-level cache. */
  private static final int TILE_CHANNELS = 128;

  private final Mamba2Config config;
  private final float[] a; // (heads), negative
  private final float[] d; // (heads)

  Scan(LayerWeights weights) {
    this.config = weights.config();
    this.d = weights.d();
    this.a = new float[config.heads()];
    for (int h = 0; h < a.length; h++) {
      a[h] = (float) -StrictMath.exp(weights.aLog()[h]);
    }
  }

  /**
   * Runs the scan.
   *
   * @param xbc (tokens, convChannels) in the order x, B, C
   * @param dt (tokens, heads)
   * @param state (stateSize, inner), updated
   * @param y receives (tokens, inner)
   */
  void run(int tokens, float[] xbc, float[] dt, float[] state, float[] y) {
    int headsPerGroup = config.heads() / config.groups();
    int tileHeads = Math.max(1, Math.min(headsPerGroup, TILE_CHANNELS / config.headDim()));
    int tilesPerGroup = (headsPerGroup + tileHeads - 1) / tileHeads;
    IntStream.range(0, config.groups() * tilesPerGroup)
        .parallel()
        .forEach(
            tile -> {
              int group = tile / tilesPerGroup;
              int first = group * headsPerGroup + tile % tilesPerGroup * tileHeads;
              int end = Math.min(first + tileHeads, (group + 1) * headsPerGroup);
              new Tile(group, first, end).run(tokens, xbc, dt, state, y);
            });
  }

  /** Some heads of one group: they share B and C. */
  private final class Tile {
    private final int group;
    private final int firstHead;
    private final int endHead;
    private final int firstChannel;
    private final int width;
    private final float[] decay; // (width)
    private final float[] scaled; // (width), dt * x
    private final float[] sum; // (width)

    Tile(int group, int firstHead, int endHead) {
      this.group = group;
      this.firstHead = firstHead;
      this.endHead = endHead;
      this.firstChannel = firstHead * config.headDim();
      this.width = (endHead - firstHead) * config.headDim();
      this.decay = new float[width];
      this.scaled = new float[width];
      this.sum = new float[width];
    }

    void run(int tokens, float[] xbc, float[] dt, float[] state, float[] y) {
      int states = config.stateSize();
      int inner = config.innerSize();
      int channels = config.convChannels();
      float[][] local = new float[states][width];
      for (int n = 0; n < states; n++) {
        System.arraycopy(state, n * inner + firstChannel, local[n], 0, width);
      }
      for (int t = 0; t < tokens; t++) {
        load(xbc, t * channels + firstChannel, dt, t * config.heads());
        int b = t * channels + inner + group * states;
        int c = b + config.groups() * states;
        for (int n = 0; n < states; n++) {
          update(local[n], decay, scaled, xbc[b + n]);
        }
        int states4 = states & ~3;
        for (int n = 0; n < states4; n += 4) {
          addFour(sum, xbc, c + n, local[n], local[n + 1], local[n + 2], local[n + 3]);
        }
        for (int n = states4; n < states; n++) {
          addOne(sum, xbc[c + n], local[n]);
        }
        System.arraycopy(sum, 0, y, t * inner + firstChannel, width);
      }
      for (int n = 0; n < states; n++) {
        System.arraycopy(local[n], 0, state, n * inner + firstChannel, width);
      }
    }

    private void load(float[] xbc, int x, float[] dt, int dtRow) {
      int dim = config.headDim();
      for (int h = firstHead; h < endHead; h++) {
        float step = dt[dtRow + h];
        float factor = (float) StrictMath.exp((double) step * a[h]);
        int start = (h - firstHead) * dim;
        for (int c = start; c < start + dim; c++) {
          decay[c] = factor;
          scaled[c] = step * xbc[x + c];
          sum[c] = d[h] * xbc[x + c];
        }
      }
    }
  }

  // One store and separate arrays in each loop: only so does the just-in-time compiler vectorise them.

  private static void update(float[] state, float[] decay, float[] scaled, float b) {
    for (int i = 0; i < state.length; i++) {
      state[i] = decay[i] * state[i] + b * scaled[i];
    }
  }

  private static void addFour(float[] sum, float[] c, int n, float[] s0, float[] s1, float[] s2, float[] s3) {
    float c0 = c[n];
    float c1 = c[n + 1];
    float c2 = c[n + 2];
    float c3 = c[n + 3];
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (c0 * s0[i] + c1 * s1[i]) + (c2 * s2[i] + c3 * s3[i]);
    }
  }

  private static void addOne(float[] sum, float c, float[] state) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += c * state[i];
    }
  }
}

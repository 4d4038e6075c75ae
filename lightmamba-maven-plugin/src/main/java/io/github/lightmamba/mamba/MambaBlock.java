package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.tensor.Gemm;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * One Mamba-2 block in 32-bit floats, for any number of tokens at a time.
 *
 * <p><i>Computes</i> {@code hidden += out_proj(norm(y * silu(z)) * weight)}, where y is the scan of x, B, C and dt,
 * and {@code [z, x, B, C, dt] = in_proj(norm(hidden))}; x, B and C pass a causal convolution and silu. The gated norm
 * runs over each of {@code normGroups} parts of the inner width. dt is clamped for every token. <i>Error</i>: every sum
 * has
 * a fixed order, so that the result is the same, to the last bit, however the tokens are cut into calls and on any
 * number of threads. <i>Source</i>: {@code torch_forward} of {@code Mamba2Mixer}, transformers 5.18;
 * the norm for each group: {@code RMSNorm} of layernorm_gated.py, mamba_ssm e9594ce.
 */
public final class MambaBlock {
  /** Fewer tokens than this are not worth a second thread where the work is elementwise. */
  private static final int PARALLEL_TOKENS = 8;

  private MambaBlock() {}

  /**
   * Runs the block.
   *
   * @param hidden the residual, (tokens, hidden), updated in place; may be longer
   * @param tokens how many tokens
   * @param state what the tokens before left, updated
   * @param probe sees the values inside, or null
   */
  public static void forward(LayerWeights weights, float[] hidden, int tokens, LayerState state, LayerProbe probe) {
    LayerProbe watcher = probe == null ? new LayerProbe() {} : probe;
    Mamba2Config config = weights.config();
    int width = config.hiddenSize();
    int inner = config.innerSize();

    float[] normed = new float[tokens * width];
    forTokens(
        tokens,
        t -> Functions.rmsNorm(hidden, t * width, weights.norm(), config.normEpsilon(), normed, t * width));
    watcher.projectionInput(tokens, normed);
    float[] projected = new float[tokens * config.projectionRows()];
    Gemm.multiply(weights.inProj(), normed, tokens, projected);
    addBias(projected, weights.inProjBias(), tokens);

    float[] z = columns(projected, tokens, config.projectionRows(), 0, inner);
    watcher.gate(tokens, z);
    float[] dt = timeStep(weights, projected, tokens);
    watcher.timeStep(tokens, dt);
    float[] xbc = convolution(weights, projected, tokens, state.conv(), watcher);
    watcher.scanInput(tokens, xbc);

    float[] y = new float[tokens * inner];
    new Scan(weights).run(tokens, xbc, dt, state.ssm(), y);
    watcher.scanOutput(tokens, y);
    watcher.state(state);

    forTokens(tokens, t -> gate(y, z, t * inner, (t + 1) * inner));
    watcher.gated(tokens, y);
    forTokens(tokens, t -> gatedNorm(weights, y, t * inner));
    watcher.outProjInput(tokens, y);

    float[] output = new float[tokens * width];
    Gemm.multiply(weights.outProj(), y, tokens, output);
    addBias(output, weights.outProjBias(), tokens);
    watcher.outProjOutput(tokens, output);
    for (int i = 0; i < output.length; i++) {
      hidden[i] += output[i];
    }
    watcher.residual(tokens, hidden);
  }

  private static void forTokens(int tokens, IntConsumer work) {
    IntStream all = IntStream.range(0, tokens);
    (tokens >= PARALLEL_TOKENS ? all.parallel() : all).forEach(work);
  }

  private static void addBias(float[] values, float[] bias, int tokens) {
    if (bias == null) {
      return;
    }
    for (int t = 0; t < tokens; t++) {
      for (int i = 0; i < bias.length; i++) {
        values[t * bias.length + i] += bias[i];
      }
    }
  }

  private static float[] columns(float[] values, int tokens, int rowLength, int first, int count) {
    float[] part = new float[tokens * count];
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(values, t * rowLength + first, part, t * count, count);
    }
    return part;
  }

  private static float[] timeStep(LayerWeights weights, float[] projected, int tokens) {
    Mamba2Config config = weights.config();
    int heads = config.heads();
    float low = (float) config.dtLimitLow();
    float high = (float) config.dtLimitHigh();
    float[] dt = columns(projected, tokens, config.projectionRows(), config.projectionRows() - heads, heads);
    for (int i = 0; i < dt.length; i++) {
      dt[i] = Math.min(high, Math.max(low, Functions.softplus(dt[i] + weights.dtBias()[i % heads])));
    }
    return dt;
  }

  /** Causal depthwise convolution and silu; {@code history} takes over the last inputs. */
  private static float[] convolution(
      LayerWeights weights, float[] projected, int tokens, float[] history, LayerProbe probe) {
    Mamba2Config config = weights.config();
    int channels = config.convChannels();
    int taps = config.convKernel();
    float[] input = columns(projected, tokens, config.projectionRows(), config.innerSize(), channels);
    probe.convInput(tokens, input);
    float[] extended = new float[history.length + input.length]; // (taps - 1 + tokens, channels)
    System.arraycopy(history, 0, extended, 0, history.length);
    System.arraycopy(input, 0, extended, history.length, input.length);
    System.arraycopy(extended, input.length, history, 0, history.length);

    float[][] byTap = new float[taps][channels];
    for (int c = 0; c < channels; c++) {
      for (int k = 0; k < taps; k++) {
        byTap[k][c] = weights.convWeight()[c * taps + k];
      }
    }
    float[] output = new float[input.length];
    forTokens(
        tokens,
        t -> {
          float[] sum = weights.convBias().clone();
          for (int k = 0; k < taps; k++) {
            multiplyAdd(byTap[k], extended, (t + k) * channels, sum);
          }
          for (int c = 0; c < channels; c++) {
            output[t * channels + c] = Functions.silu(sum[c]);
          }
        });
    return output;
  }

  private static void multiplyAdd(float[] weight, float[] x, int offset, float[] sum) {
    for (int c = 0; c < sum.length; c++) {
      sum[c] += weight[c] * x[offset + c];
    }
  }

  private static void gate(float[] y, float[] z, int start, int end) {
    for (int i = start; i < end; i++) {
      y[i] *= Functions.silu(z[i]);
    }
  }

  private static void gatedNorm(LayerWeights weights, float[] y, int offset) {
    Mamba2Config config = weights.config();
    float[] row = new float[config.innerSize()];
    Functions.rmsNorm(y, offset, weights.gatedNorm(), config.normGroups(), config.normEpsilon(), row, 0);
    weights.transformOutProjInput(row);
    System.arraycopy(row, 0, y, offset, row.length);
  }
}

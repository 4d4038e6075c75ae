package io.github.lightmamba.synthetic;

import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.SafetensorsWriter;
import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a Mamba-2 checkpoint in the layout of Hugging Face (config.json, model.safetensors; no tokenizer) from a seed.
 *
 * <p>The weights are not trained, but what flows through them looks as the paper shows it (arXiv 2502.15260, figures 2
 * and 4): embeddings with heavy tails over tokens and over channels, norms whose outlier channels differ from layer to
 * layer, and an input of out_proj whose outliers lie in other channels for every token, because it is a product of two
 * heavy-tailed streams. The same arguments give the same bytes, on every machine. Heap: one row.
 */
public final class SyntheticCheckpoint {
  private static final String CONFIG =
      """
      {
        "architectures": ["Mamba2ForCausalLM"],
        "model_type": "mamba2",
        "hidden_size": %d,
        "num_hidden_layers": %d,
        "num_heads": %d,
        "head_dim": %d,
        "state_size": %d,
        "n_groups": %d,
        "conv_kernel": %d,
        "expand": 2,
        "vocab_size": %d,
        "layer_norm_epsilon": 1e-05,
        "tie_word_embeddings": true,
        "use_bias": false,
        "use_conv_bias": true,
        "time_step_limit": [0.0, {"__float__": "Infinity"}],
        "residual_in_fp32": true,
        "bos_token_id": 0,
        "eos_token_id": 0
      }
      """;

  private final SyntheticShape shape;
  private final Decays decays;
  private final DType dtype;
  private final long seed;
  private final Map<String, Tensor> tensors = new TreeMap<>();

  /** How fast the heads forget. */
  public enum Decays {
    /** As a model is initialised: dt from 0.001 to 0.1, -A from 1 to 16; 1 - decay from 1e-3 to 0.8. */
    USUAL,
    /** From head to head of a layer 1 - decay runs from 1e-4 to 1, evenly in its logarithm. */
    STRESS
  }

  /** Fills one row. */
  private interface Row {
    void fill(int row, float[] values);
  }

  private record Tensor(long[] shape, int rows, int cols, Row row) {}

  private SyntheticCheckpoint(SyntheticShape shape, Decays decays, DType dtype, long seed) {
    this.shape = shape;
    this.decays = decays;
    this.dtype = dtype;
    this.seed = seed;
  }

  /**
   * Writes a checkpoint.
   *
   * @param folder created if it does not exist
   * @param dtype F32 or BF16, of every tensor
   * @return the folder
   */
  public static Path write(Path folder, SyntheticShape shape, Decays decays, DType dtype, long seed) {
    if (dtype != DType.F32 && dtype != DType.BF16) {
      throw new IllegalArgumentException("F32 or BF16, not " + dtype);
    }
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("config.json"),
          CONFIG.formatted(
              shape.hidden(),
              shape.layers(),
              shape.heads(),
              shape.headDim(),
              shape.state(),
              shape.groups(),
              shape.convKernel(),
              shape.vocabulary()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    new SyntheticCheckpoint(shape, decays, dtype, seed).weights(folder.resolve("model.safetensors"));
    return folder;
  }

  /**
   * Writes a checkpoint from the command line.
   *
   * @param args folder, size ({@link SyntheticShape#of}), F32 or BF16, USUAL or STRESS, seed
   */
  public static void main(String[] args) {
    if (args.length != 5) {
      throw new IllegalArgumentException("arguments: folder size F32|BF16 USUAL|STRESS seed");
    }
    write(
        Path.of(args[0]),
        SyntheticShape.of(args[1]),
        Decays.valueOf(args[3]),
        DType.valueOf(args[2]),
        Long.parseLong(args[4]));
  }

  private void weights(Path file) {
    embedding();
    for (int layer = 0; layer < shape.layers(); layer++) {
      layer("backbone.layers." + layer + ".");
    }
    norm("backbone.norm_f.weight", shape.hidden());
    List<Declaration> declarations = new ArrayList<>();
    tensors.forEach((name, tensor) -> declarations.add(Declaration.of(name, dtype, tensor.shape)));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, declarations, Map.of("format", "pt"))) {
      tensors.forEach((name, tensor) -> append(writer, name, tensor));
      writer.finish();
    }
  }

  private void append(SafetensorsWriter writer, String name, Tensor tensor) {
    float[] values = new float[tensor.cols];
    short[] halves = new short[tensor.cols];
    for (int row = 0; row < tensor.rows; row++) {
      tensor.row.fill(row, values);
      if (dtype == DType.F32) {
        writer.append(name, values);
        continue;
      }
      for (int i = 0; i < values.length; i++) {
        halves[i] = upperHalf(values[i]);
      }
      writer.append(name, halves);
    }
  }

  /** Rounds to BF16, halves to even; the values are finite. */
  private static short upperHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  private void matrix(String name, int rows, int cols, Row row) {
    tensors.put(name, new Tensor(new long[] {rows, cols}, rows, cols, row));
  }

  private void vector(String name, float[] values) {
    Row row = (r, target) -> System.arraycopy(values, 0, target, 0, values.length);
    tensors.put(name, new Tensor(new long[] {values.length}, 1, values.length, row));
  }

  private void embedding() {
    String name = "backbone.embeddings.weight";
    float[] channels = outliers(new Noise(seed, name + " channels"), shape.hidden(), 0.3);
    Noise noise = new Noise(seed, name);
    matrix(
        name,
        shape.vocabulary(),
        shape.hidden(),
        (row, values) -> {
          float scale = 0.1f * noise.logNormal(0.5);
          for (int i = 0; i < values.length; i++) {
            values[i] = scale * channels[i] * noise.bell();
          }
        });
  }

  private void layer(String prefix) {
    String mixer = prefix + "mixer.";
    norm(prefix + "norm.weight", shape.hidden());
    inProj(mixer + "in_proj.weight");
    convolution(mixer + "conv1d.");
    timeSteps(mixer);
    float[] skip = new float[shape.heads()];
    Noise noise = new Noise(seed, mixer + "D");
    for (int h = 0; h < skip.length; h++) {
      skip[h] = 1 + 0.3f * noise.bell();
    }
    vector(mixer + "D", skip);
    norm(mixer + "norm.weight", shape.inner());
    Noise out = new Noise(seed, mixer + "out_proj.weight");
    float scale = (float) (0.5 / Math.sqrt((double) shape.inner() * shape.layers()));
    matrix(mixer + "out_proj.weight", shape.hidden(), shape.inner(), (row, values) -> fill(out, scale, values));
  }

  private static void fill(Noise noise, float scale, float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = scale * noise.bell();
    }
  }

  /** A norm's weight: around 1, and one channel in a hundred some times larger. */
  private void norm(String name, int size) {
    vector(name, outliers(new Noise(seed, name), size, 0.2));
  }

  private static float[] outliers(Noise noise, int size, double spread) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = noise.logNormal(spread);
      if (noise.uniform() < 0.01) {
        values[i] *= 4 + 8 * (float) noise.uniform();
      }
    }
    return values;
  }

  /**
   * Rows z and x have lognormal scales: their product, the input of out_proj, has its outliers elsewhere for each
   * token.
   */
  private void inProj(String name) {
    Noise noise = new Noise(seed, name);
    float[] scales = new float[shape.projectionRows()];
    int dtRows = shape.projectionRows() - shape.heads();
    double unit = 1 / Math.sqrt(shape.hidden());
    for (int r = 0; r < scales.length; r++) {
      double gain = r < 2 * shape.inner() ? noise.logNormal(0.5) : 0.7;
      scales[r] = (float) (unit * (r < dtRows ? gain : 0.3));
    }
    matrix(name, scales.length, shape.hidden(), (row, values) -> fill(noise, scales[row], values));
  }

  private void convolution(String prefix) {
    Noise noise = new Noise(seed, prefix);
    int taps = shape.convKernel();
    float[] weights = new float[shape.convChannels() * taps];
    float[] bias = new float[shape.convChannels()];
    for (int c = 0; c < bias.length; c++) {
      for (int k = 0; k < taps; k++) {
        weights[c * taps + k] = (k == taps - 1 ? 0.6f : 0) + 0.25f * noise.bell();
      }
      bias[c] = 0.1f * noise.bell();
    }
    Row row = (r, target) -> System.arraycopy(weights, 0, target, 0, weights.length);
    tensors.put(prefix + "weight", new Tensor(new long[] {bias.length, 1, taps}, 1, weights.length, row));
    vector(prefix + "bias", bias);
  }

  /** dt_bias is the inverse softplus of the step that dt takes where in_proj adds nothing. */
  private void timeSteps(String mixer) {
    Noise noise = new Noise(seed, mixer + "dt");
    int heads = shape.heads();
    float[] bias = new float[heads];
    float[] aLog = new float[heads];
    for (int h = 0; h < heads; h++) {
      double dt = StrictMath.exp(StrictMath.log(0.001) + noise.uniform() * StrictMath.log(100));
      bias[h] = (float) StrictMath.log(StrictMath.expm1(dt));
      double rate = 1 + 15 * noise.uniform();
      if (decays == Decays.STRESS) {
        // -log(decay) from 1e-4 to 10, where 1 - decay is 1 but for 5e-5.
        rate = StrictMath.pow(10, -4 + 5.0 * h / Math.max(1, heads - 1)) / dt;
      }
      aLog[h] = (float) StrictMath.log(rate);
    }
    vector(mixer + "dt_bias", bias);
    vector(mixer + "A_log", aLog);
  }
}

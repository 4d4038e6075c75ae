package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.TensorInfo;
import io.github.lightmamba.safetensors.TensorStore;
import io.github.lightmamba.tensor.Matrix;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An open Mamba-2 checkpoint. Every tensor's name, shape and type is checked when it is opened; vectors are on the
 * heap, matrices stay mapped and are checked for NaN and infinity row by row as they are read. Thread-safe.
 */
public final class Checkpoint implements AutoCloseable {
  private final StoredConfig stored;
  private final Mamba2Config config;
  private final String configName; // for messages
  private final TensorStore weights;
  private final String prefix; // of every tensor's name
  private final Set<String> known = new HashSet<>();
  private final Matrix embedding; // (vocabulary, hidden)
  private final Matrix head; // (vocabulary, hidden)
  private final float[] finalNorm; // (hidden)
  private final List<Mamba2Layer> layers = new ArrayList<>();

  private Checkpoint(String configName, StoredConfig stored, TensorStore weights) {
    this.configName = configName;
    this.stored = stored;
    this.config = stored.config();
    this.weights = weights;
    // Codestral's own file keeps the name of the field that held the model.
    this.prefix = weights.contains("model.backbone.norm_f.weight") ? "model." : "";
    this.embedding = vocabularyMatrix(embeddingName());
    this.head = headMatrix();
    this.finalNorm = vector(prefix + "backbone.norm_f.weight", config.hiddenSize());
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(readLayer(prefix + "backbone.layers." + layer + "."));
    }
    refuseUnknown();
  }

  /**
   * Opens a folder: {@code config.json} of transformers or state-spaces with {@code model.safetensors}, its shards or
   * {@code pytorch_model.bin}, or {@code params.json} and {@code consolidated.safetensors} of Codestral Mamba.
   *
   * @throws LightMambaException if the folder holds another architecture or layout, or the files do not fit together
   */
  public static Checkpoint open(Path folder) {
    CheckpointFolder found = new CheckpointFolder(folder);
    Path configFile = found.config();
    StoredConfig stored = ConfigReader.read(configFile);
    TensorStore weights = found.weights();
    try {
      return new Checkpoint(configFile.getFileName().toString(), stored, weights);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  /**
   * Reads the configuration of a checkpoint, whose weights need not be there.
   *
   * @param folder with {@code config.json} or {@code params.json}
   * @throws LightMambaException if there is no usable configuration
   */
  public static Mamba2Config config(Path folder) {
    return ConfigReader.read(new CheckpointFolder(folder).config()).config();
  }

  /**
   * Returns the files of a folder that make the model, for fingerprints: configuration, weights, an index and its
   * shards. No weights are opened; what is missing is left out, for {@link #open} to complain.
   *
   * @throws LightMambaException if an index is malformed
   */
  public static List<Path> files(Path folder) {
    return new CheckpointFolder(folder).files();
  }

  /** Returns the {@code tokenizer.json} of a folder, if it has one. */
  public static Optional<Path> tokenizer(Path folder) {
    return new CheckpointFolder(folder).tokenizer();
  }

  /** Returns the architecture. */
  public Mamba2Config config() {
    return config;
  }

  /** Returns the embedding, (vocabulary, hidden). */
  public Matrix embedding() {
    return embedding;
  }

  /** Returns the LM head, (vocabulary, hidden): lm_head.weight if the file has it, else the embedding. */
  public Matrix head() {
    return head;
  }

  /** Returns whether head and embedding are one matrix. */
  public boolean headIsEmbedding() {
    return head == embedding;
  }

  /** Returns a copy of the weight of the final norm, (hidden). */
  public float[] finalNorm() {
    return finalNorm.clone();
  }

  /** Returns the weights of a block, 0 to {@code config().layers() - 1}. */
  public Mamba2Layer layer(int layer) {
    return layers.get(layer);
  }

  @Override
  public void close() {
    weights.close();
  }

  private String embeddingName() {
    // The native name; transformers renames it when it loads.
    String other = prefix + "backbone.embedding.weight";
    return weights.contains(other) ? other : prefix + "backbone.embeddings.weight";
  }

  private Matrix vocabularyMatrix(String name) {
    check(name, stored.storedVocabulary(), config.hiddenSize());
    return new FiniteMatrix(weights.matrix(name), config.vocabularySize(), weights.file(name) + ": " + name);
  }

  private Matrix headMatrix() {
    String name = prefix + "lm_head.weight";
    if (!weights.contains(name)) {
      if (config.tied()) {
        return embedding;
      }
      throw noHead(name);
    }
    Matrix separate = vocabularyMatrix(name);
    if (sameBytes(embeddingName(), name)) {
      return embedding;
    }
    if (config.tied() && stored.tiedField().equals("tie_embeddings")) {
      // state-spaces would load both into one matrix, and the last one would win.
      requireEqual(embedding, separate, name);
      return embedding;
    }
    return separate;
  }

  private LightMambaException noHead(String name) {
    String field = stored.tiedField();
    String why = config.defaulted().contains(field) ? "is missing, which means false," : "is false";
    return new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        "%s: there is no tensor %s, and %s %s in %s.".formatted(weights.path(), name, field, why, configName),
        "set " + field + " to true in " + configName + " if the model shares embedding and head.");
  }

  private boolean sameBytes(String first, String second) {
    TensorInfo a = weights.info(first);
    TensorInfo b = weights.info(second);
    return weights.file(first).equals(weights.file(second)) && a.offset() == b.offset() && a.dtype() == b.dtype();
  }

  private void requireEqual(Matrix first, Matrix second, String name) {
    float[] a = new float[first.cols()];
    float[] b = new float[second.cols()];
    for (int row = 0; row < first.rows(); row++) {
      first.readRow(row, a, 0);
      second.readRow(row, b, 0);
      if (!Arrays.equals(a, b)) {
        throw invalid(
            "tensor " + name + " differs from the embedding in row " + row + ", but tie_embeddings makes them one.");
      }
    }
  }

  private Mamba2Layer readLayer(String prefix) {
    int hidden = config.hiddenSize();
    int channels = config.convChannels();
    String mixer = prefix + "mixer.";
    return new Mamba2Layer(
        vector(prefix + "norm.weight", hidden),
        matrix(mixer + "in_proj.weight", config.projectionRows(), hidden),
        config.useBias() ? vector(mixer + "in_proj.bias", config.projectionRows()) : null,
        vector(mixer + "conv1d.weight", channels, 1, config.convKernel()),
        config.useConvBias() ? vector(mixer + "conv1d.bias", channels) : new float[channels],
        vector(mixer + "dt_bias", config.heads()),
        vector(mixer + "A_log", config.heads()),
        vector(mixer + "D", config.heads()),
        vector(mixer + "norm.weight", config.innerSize()),
        matrix(mixer + "out_proj.weight", hidden, config.innerSize()),
        config.useBias() ? vector(mixer + "out_proj.bias", hidden) : null);
  }

  private Matrix matrix(String name, int rows, int cols) {
    check(name, rows, cols);
    return new FiniteMatrix(weights.matrix(name), rows, weights.file(name) + ": " + name);
  }

  private float[] vector(String name, long... shape) {
    check(name, shape);
    float[] values = weights.floats(name);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw FiniteMatrix.notFinite(weights.file(name) + ": " + name + " element " + i, values[i]);
      }
    }
    return values;
  }

  private void check(String name, long... shape) {
    known.add(name);
    TensorInfo info = weights.info(name);
    if (!info.hasShape(shape)) {
      String defaults =
          config.defaulted().isEmpty() ? "" : " It lacks " + config.defaulted() + ", for which defaults stand.";
      throw invalid(
          "tensor %s has the shape %s, %s asks for %s.%s"
              .formatted(name, info.shape(), configName, Arrays.toString(shape), defaults));
    }
    if (info.dtype().floatFormat().isEmpty()) {
      throw invalid("tensor " + name + " has the dtype " + info.dtype() + ", expected F32, F16 or BF16.");
    }
  }

  /** A tensor that nobody reads is a part of the model that nobody computes. */
  private void refuseUnknown() {
    for (String name : weights.names()) {
      if (!known.contains(name)) {
        throw invalid("tensor " + name + " does not belong to the Mamba-2 that " + configName + " describes.");
      }
    }
  }

  private LightMambaException invalid(String what) {
    return new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        weights.path() + ": " + what,
        "use configuration and weights of one and the same Mamba-2 checkpoint.");
  }
}

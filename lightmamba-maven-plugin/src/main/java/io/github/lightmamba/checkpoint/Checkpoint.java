package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.TensorInfo;
import io.github.lightmamba.tensor.Matrix;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An open Mamba-2 checkpoint. Every tensor's name, shape and type is checked when it is opened; vectors are on the
 * heap, matrices stay mapped and are checked for NaN and infinity row by row as they are read. Thread-safe.
 */
public final class Checkpoint implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String HEAD = "lm_head.weight";

  private final Path folder;
  private final Mamba2Config config;
  private final SafetensorsFile weights;
  private final Set<String> known = new HashSet<>();
  private final Matrix embedding; // (vocabulary, hidden)
  private final Matrix head; // (vocabulary, hidden)
  private final float[] finalNorm; // (hidden)
  private final List<Mamba2Layer> layers = new ArrayList<>();

  private Checkpoint(Path folder, Mamba2Config config, SafetensorsFile weights) {
    this.folder = folder;
    this.config = config;
    this.weights = weights;
    this.embedding = matrix(embeddingName(), config.vocabularySize(), config.hiddenSize());
    this.head = headMatrix();
    this.finalNorm = vector("backbone.norm_f.weight", config.hiddenSize());
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(readLayer("backbone.layers." + layer + "."));
    }
    refuseUnknown();
  }

  /**
   * Opens a folder with {@code config.json} and {@code model.safetensors}.
   *
   * @throws LightMambaException if the folder holds another architecture or layout, or the files do not fit together
   */
  public static Checkpoint open(Path folder) {
    requireLayout(folder);
    Mamba2Config config = ConfigReader.read(folder.resolve(CONFIG));
    requireWeights(folder);
    SafetensorsFile weights = SafetensorsFile.open(folder.resolve(WEIGHTS));
    try {
      return new Checkpoint(folder, config, weights);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static void requireLayout(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          "the checkpoint " + folder + " is no folder.",
          "set lightmamba.checkpoint to a folder with config.json, model.safetensors and tokenizer.json.");
    }
    if (Files.exists(folder.resolve(CONFIG))) {
      return;
    }
    if (Files.exists(folder.resolve("params.json"))) {
      throw unsupported(folder, "params.json is the layout of Mamba-Codestral, which is not read.");
    }
    throw new LightMambaException(
        ErrorCode.FILE_NOT_READABLE,
        folder + " has no " + CONFIG + ".",
        "set lightmamba.checkpoint to a folder with config.json, model.safetensors and tokenizer.json.");
  }

  private static void requireWeights(Path folder) {
    if (Files.isRegularFile(folder.resolve(WEIGHTS))) {
      return;
    }
    if (Files.exists(folder.resolve("model.safetensors.index.json"))) {
      throw unsupported(folder, "the weights are sharded (model.safetensors.index.json), which is not read yet.");
    }
    for (String pickle : List.of("pytorch_model.bin", "pytorch_model.bin.index.json")) {
      if (Files.exists(folder.resolve(pickle))) {
        throw unsupported(folder, "the weights are a pickle (" + pickle + "), which is not read yet.");
      }
    }
    throw new LightMambaException(
        ErrorCode.FILE_NOT_READABLE, folder + " has no " + WEIGHTS + ".", "complete the download of the checkpoint.");
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

  /** Returns the files that make the checkpoint, for fingerprints; tokenizer.json only if it exists. */
  public List<Path> files() {
    return List.of(CONFIG, WEIGHTS, TOKENIZER).stream().map(folder::resolve).filter(Files::isRegularFile).toList();
  }

  @Override
  public void close() {
    weights.close();
  }

  private String embeddingName() {
    // The native name; transformers renames it when it loads.
    String other = "backbone.embedding.weight";
    return weights.contains(other) ? other : "backbone.embeddings.weight";
  }

  private Matrix headMatrix() {
    if (weights.contains(HEAD)) {
      return matrix(HEAD, config.vocabularySize(), config.hiddenSize());
    }
    if (config.tied()) {
      return embedding;
    }
    String why = config.defaulted().contains("tie_word_embeddings") ? "is missing, which means false," : "is false";
    throw new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        weights.path() + ": there is no tensor " + HEAD + ", and tie_word_embeddings " + why + " in config.json.",
        "set tie_word_embeddings to true in config.json if the model shares embedding and head.");
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
    return new FiniteMatrix(weights.matrix(name), weights.path() + ": " + name);
  }

  private float[] vector(String name, long... shape) {
    check(name, shape);
    float[] values = weights.floats(name);
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw FiniteMatrix.notFinite(weights.path() + ": " + name + " element " + i, values[i]);
      }
    }
    return values;
  }

  private void check(String name, long... shape) {
    known.add(name);
    TensorInfo info = weights.info(name);
    if (!info.hasShape(shape)) {
      String defaults = config.defaulted().isEmpty() ? "" : " config.json lacks " + config.defaulted() + ", "
          + "for which the defaults of transformers stand.";
      throw invalid(
          "tensor %s has the shape %s, config.json asks for %s.%s"
              .formatted(name, info.shape(), Arrays.toString(shape), defaults));
    }
    if (info.dtype().floatFormat().isEmpty()) {
      throw invalid("tensor " + name + " has the dtype " + info.dtype() + ", expected F32, F16 or BF16.");
    }
  }

  /** A tensor that nobody reads is a part of the model that nobody computes. */
  private void refuseUnknown() {
    for (String name : weights.names()) {
      if (!known.contains(name)) {
        throw invalid("tensor " + name + " does not belong to the Mamba-2 that config.json describes.");
      }
    }
  }

  private LightMambaException invalid(String what) {
    return new LightMambaException(
        ErrorCode.TENSOR_INVALID,
        weights.path() + ": " + what,
        "use config.json and model.safetensors of one and the same Mamba-2 checkpoint.");
  }

  private static LightMambaException unsupported(Path folder, String what) {
    return new LightMambaException(
        ErrorCode.CHECKPOINT_UNSUPPORTED,
        folder + ": " + what,
        "save the model with transformers as one model.safetensors.");
  }
}

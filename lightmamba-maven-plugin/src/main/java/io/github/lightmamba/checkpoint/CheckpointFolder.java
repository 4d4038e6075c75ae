package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.TensorStore;
import io.github.lightmamba.torch.TorchFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the files of a checkpoint by their usual names. */
final class CheckpointFolder {
  private static final String CONFIG = "config.json";
  private static final String PARAMS = "params.json";
  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String TORCH = "pytorch_model.bin";
  private static final String TORCH_INDEX = "pytorch_model.bin.index.json";
  private static final String CONSOLIDATED = "consolidated.safetensors";
  private static final String TOKENIZER = "tokenizer.json";

  /** In the order of preference, which is that of transformers. */
  private static final List<String> WEIGHTS = List.of(SINGLE, INDEX, TORCH);

  private static final String HOW_TO_POINT =
      "set lightmamba.checkpoint to a folder with config.json and model.safetensors (or its shards with "
          + INDEX + ", or " + TORCH + "), or with params.json and " + CONSOLIDATED + ".";

  private final Path folder;

  CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Returns the configuration.
   *
   * @throws LightMambaException if there is no such folder or configuration
   */
  Path config() {
    if (!Files.isDirectory(folder)) {
      String what = Files.exists(folder) ? " is no folder." : " is no folder; there is nothing of that name.";
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE, "the checkpoint " + folder + what, HOW_TO_POINT);
    }
    return presentConfig()
        .orElseThrow(
            () ->
                new LightMambaException(
                    ErrorCode.FILE_NOT_READABLE, folder + " has no " + CONFIG + ".", HOW_TO_POINT));
  }

  /**
   * Opens the weights.
   *
   * @throws LightMambaException if there are none, or they are malformed
   */
  TensorStore weights() {
    Path file = presentWeights().orElseThrow(this::noWeights);
    return switch (file.getFileName().toString()) {
      case INDEX -> ShardedTensors.open(file);
      case TORCH -> TorchFile.open(file);
      default -> SafetensorsFile.open(file);
    };
  }

  /** Returns the files that are there and count, without opening weights. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    presentConfig().ifPresent(files::add);
    presentWeights().ifPresent(files::add);
    presentWeights()
        .filter(file -> file.endsWith(INDEX))
        .ifPresent(file -> ShardIndex.read(file).shards().stream().filter(Files::isRegularFile).forEach(files::add));
    return files;
  }

  /** Returns the tokenizer, if the folder has one. */
  Optional<Path> tokenizer() {
    return present(TOKENIZER);
  }

  private Optional<Path> presentConfig() {
    // A repository may have both; params.json then belongs to consolidated.safetensors.
    return consolidatedOnly() ? present(PARAMS) : present(CONFIG).or(() -> present(PARAMS));
  }

  private Optional<Path> presentWeights() {
    Optional<Path> config = presentConfig();
    if (config.isPresent() && config.get().endsWith(PARAMS)) {
      return present(CONSOLIDATED);
    }
    return usual();
  }

  private Optional<Path> usual() {
    return WEIGHTS.stream().map(this::present).flatMap(Optional::stream).findFirst();
  }

  private boolean consolidatedOnly() {
    return present(PARAMS).isPresent() && present(CONSOLIDATED).isPresent() && usual().isEmpty();
  }

  private Optional<Path> present(String name) {
    return Optional.of(folder.resolve(name)).filter(Files::isRegularFile);
  }

  private LightMambaException noWeights() {
    if (present(TORCH_INDEX).isPresent()) {
      return new LightMambaException(
          ErrorCode.CHECKPOINT_UNSUPPORTED,
          folder + ": the weights are a pickle in several files (" + TORCH_INDEX + "), which is not read.",
          "save the model again with transformers' save_pretrained, which writes safetensors.");
    }
    String expected = present(CONFIG).isPresent() ? String.join(", ", WEIGHTS) : CONSOLIDATED;
    return new LightMambaException(
        ErrorCode.FILE_NOT_READABLE,
        folder + " has a configuration, but no weights: no " + expected + ".",
        "complete the download of the checkpoint.");
  }
}

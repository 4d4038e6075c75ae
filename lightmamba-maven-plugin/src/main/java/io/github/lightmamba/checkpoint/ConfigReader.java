package io.github.lightmamba.checkpoint;

import java.nio.file.Path;

/** Reads the configuration of a checkpoint, whatever its layout. */
final class ConfigReader {
  /** A configuration is a few hundred bytes; more than this is not one. */
  private static final long MAX_BYTES = 1 << 20;

  private ConfigReader() {}

  /**
   * Reads a file.
   *
   * @param file {@code config.json} or {@code params.json}; its fields say which layout it is
   */
  static StoredConfig read(Path file) {
    JsonFile json = JsonFile.read(file, MAX_BYTES);
    return switch (Architectures.require(json)) {
      case HUGGING_FACE -> HuggingFaceConfig.read(json);
      case STATE_SPACES -> NativeConfig.stateSpaces(json);
      case CODESTRAL -> NativeConfig.codestral(json);
    };
  }
}

package io.github.lightmamba.quantize;

import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.SafetensorsWriter;
import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder in which a model is quantized, and what is kept there so that a run that was killed goes on: the tensors
 * written so far, the residual streams after the last complete block, and {@code state.json}, which is replaced in one
 * step when a block is complete and is what counts.
 *
 * <p>Its size is bounded: the quantized model, and two times the residual streams. Work for other inputs is deleted
 * when it is found. One process at a time; the stage's lock sees to that.
 */
final class UnfinishedWork {
  private static final String STATE = "state.json";

  private final Path folder;
  private final String key;
  private State state;

  /**
   * What is done.
   *
   * @param key of everything that the work depends on
   * @param layers complete blocks
   * @param rotated the model
   * @param unrotated the comparison, or null
   * @param proof null until everything is written
   */
  record State(String key, int layers, Track rotated, Track unrotated, RotationProof proof) {}

  /**
   * One of the two models.
   *
   * @param largestResidual so far
   * @param layers the complete blocks
   */
  record Track(double largestResidual, List<FinishedLayer> layers) {}

  private UnfinishedWork(Path folder, String key) {
    this.folder = folder;
    this.key = key;
  }

  /**
   * Opens the folder; what is in it for another key, or damaged, is deleted.
   *
   * @param key of everything that the work depends on
   */
  static UnfinishedWork open(Path folder, String key) throws IOException {
    UnfinishedWork work = new UnfinishedWork(folder, key);
    work.state = work.read();
    if (work.state == null) {
      work.delete();
      Files.createDirectories(work.unrotated());
    }
    return work;
  }

  private State read() {
    try {
      State found = Json.read(folder.resolve(STATE), State.class);
      boolean usable = key.equals(found.key) && (found.proof != null || Files.exists(residuals(found.layers)));
      return usable ? found : null;
    } catch (IOException e) {
      return null; // There is none, or it is damaged: the work begins anew.
    }
  }

  /** Returns what is done, if anything is. */
  Optional<State> state() {
    return Optional.ofNullable(state);
  }

  /** Returns the folder of the model. */
  Path rotated() {
    return folder;
  }

  /** Returns the folder of the comparison. */
  Path unrotated() {
    return folder.resolve("unrotated");
  }

  /** Returns a state of this work. */
  State state(int layers, Track rotated, Track unrotated, RotationProof proof) {
    return new State(key, layers, rotated, unrotated, proof);
  }

  /**
   * Keeps what is done; what it refers to is on the disk.
   *
   * @param streams residual streams by name, (windows)(tokens·hidden)
   */
  void keep(State next, Map<String, float[][]> streams) throws IOException {
    List<Declaration> declarations = new ArrayList<>();
    streams.forEach((name, windows) -> {
      for (int w = 0; w < windows.length; w++) {
        declarations.add(Declaration.of(name + "." + w, DType.F32, windows[w].length));
      }
    });
    try (SafetensorsWriter writer = SafetensorsWriter.create(residuals(next.layers), declarations, Map.of())) {
      streams.forEach((name, windows) -> {
        for (int w = 0; w < windows.length; w++) {
          writer.append(name + "." + w, windows[w]);
        }
      });
      writer.force();
      writer.finish();
    }
    int before = next.layers - 1;
    Json.replace(folder.resolve(STATE), next);
    state = next;
    Files.deleteIfExists(residuals(before));
  }

  /** Keeps that everything is done. */
  void complete(State next) throws IOException {
    Json.replace(folder.resolve(STATE), next);
    state = next;
    Files.deleteIfExists(residuals(next.layers));
  }

  /** Returns the residual streams of the {@linkplain #state() state}, (windows)(tokens·hidden). */
  float[][] stream(String name, int windows) {
    try (SafetensorsFile file = SafetensorsFile.open(residuals(state.layers))) {
      float[][] stream = new float[windows][];
      for (int w = 0; w < windows; w++) {
        stream[w] = file.floats(name + "." + w);
      }
      return stream;
    }
  }

  private Path residuals(int layers) {
    return folder.resolve("residuals-" + layers + ".safetensors");
  }

  /** Moves the complete model to where it belongs, and deletes the rest. */
  void publish(Path output) throws IOException {
    for (String file : List.of(QuantizedModelFolder.SCALARS, QuantizedModelFolder.TENSORS)) {
      Files.move(folder.resolve(file), output.resolve(file));
    }
    delete();
  }

  /** Deletes the folder. */
  void delete() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> tree = Files.walk(folder)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : all) {
      Files.delete(path);
    }
  }
}

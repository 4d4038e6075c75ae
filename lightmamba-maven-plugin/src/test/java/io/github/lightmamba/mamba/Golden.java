package io.github.lightmamba.mamba;

import io.github.lightmamba.safetensors.SafetensorsFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;

/** Logits by Hugging Face transformers, and where the models lie. */
public final class Golden {
  /** The sample model, from the folder that Maven runs the tests in. */
  public static final Path SAMPLE = Path.of("..", "sample-project", "model");

  private Golden() {}

  /** Returns the folder of a tiny golden model. */
  public static Path folder(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads the sequences and logits of a folder: one sequence if {@code input_ids} has one dimension. */
  public static Sequence[] sequences(Path folder) {
    try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("golden.safetensors"))) {
      int[] ids = file.int32s("input_ids");
      float[] logits = file.floats("logits");
      int count = file.info("input_ids").shape().size() == 1 ? 1 : file.info("input_ids").shape().get(0).intValue();
      int length = ids.length / count;
      int size = logits.length / count;
      Sequence[] sequences = new Sequence[count];
      for (int i = 0; i < count; i++) {
        sequences[i] =
            new Sequence(
                Arrays.copyOfRange(ids, i * length, (i + 1) * length),
                Arrays.copyOfRange(logits, i * size, (i + 1) * size));
      }
      return sequences;
    }
  }

  /** Reads a whole sequence in calls of {@code step} tokens; returns the logits, (tokens, vocabulary). */
  public static float[] logits(LanguageModel model, int[] tokens, int step) {
    int vocabulary = model.vocabularySize();
    float[] all = new float[tokens.length * vocabulary];
    LanguageModel.Sequence sequence = model.start();
    for (int start = 0; start < tokens.length; start += step) {
      sequence.append(
          Arrays.copyOfRange(tokens, start, Math.min(tokens.length, start + step)),
          (position, logits) -> System.arraycopy(logits, 0, all, position * vocabulary, vocabulary));
    }
    return all;
  }

  /** Returns the largest absolute difference; NaN if there is one. */
  public static double largestDifference(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(a.length + " against " + b.length + " values");
    }
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }

  /** Tokens and the logits after each, (tokens, vocabulary). */
  public record Sequence(int[] tokens, float[] logits) {}
}

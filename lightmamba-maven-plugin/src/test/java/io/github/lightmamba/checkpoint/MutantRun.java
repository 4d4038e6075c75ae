package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.FloatModel;
import io.github.lightmamba.mamba.Golden;
import io.github.lightmamba.safetensors.DType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Opens mutants of one kind of file in a Java machine of its own, whose small heap is the bound on memory. The last
 * line of output is the sum; the first failure ends the run with its seed.
 */
public final class MutantRun {
  private static final int[] TOKENS = {1, 17, 60, 2, 33};

  private final Path folder;
  private final Path file;
  private final boolean text;
  private final byte[] original;
  private final int first; // the bytes before it are not damaged
  private final int end; // nor those from here on
  private final Mamba2Config config;
  private final float[] logits;
  private final Map<String, Integer> codes = new TreeMap<>();
  private int same;
  private int others;

  private MutantRun(Path folder, String name, boolean text, int first, int end) throws IOException {
    this.folder = folder;
    this.file = folder.resolve(name);
    this.text = text;
    this.original = Files.readAllBytes(file);
    this.first = first;
    this.end = end < 0 ? original.length : end;
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      this.config = checkpoint.config();
      this.logits = Golden.logits(FloatModel.of(checkpoint), TOKENS, TOKENS.length);
    }
  }

  /**
   * Runs.
   *
   * @param arguments kind, number of mutants, an empty folder
   */
  public static void main(String[] arguments) throws IOException {
    long start = System.nanoTime();
    MutantRun run = prepare(arguments[0], Path.of(arguments[2]));
    int count = Integer.parseInt(arguments[1]);
    for (int seed = 0; seed < count; seed++) {
      run.mutant(seed);
    }
    System.out.printf(
        "%s: %d mutants, %d the same model, %d another, %s, %.1f s%n",
        arguments[0], count, run.same, run.others, run.codes, (System.nanoTime() - start) / 1e9);
  }

  private static MutantRun prepare(String kind, Path folder) throws IOException {
    switch (kind) {
      case "config.json":
        return new MutantRun(Layouts.single(folder, "mamba2-tied"), kind, true, 0, -1);
      case "state-spaces":
        return new MutantRun(
            Layouts.stateSpaces(folder, "mamba2-tied", 121, 16, false), "config.json", true, 0, -1);
      case "model.safetensors":
        Layouts.single(folder, "mamba2-tied");
        int header = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(kind))).order(ByteOrder.LITTLE_ENDIAN).getInt();
        return new MutantRun(folder, kind, true, 0, 8 + header);
      case "model.safetensors.index.json":
        return new MutantRun(Layouts.shards(folder, "mamba2-tied"), kind, true, 0, -1);
      case "data.pkl", "zip", "zip entry":
        Layouts.torch(folder, "mamba2-tied", DType.F32);
        byte[] zip = Files.readAllBytes(folder.resolve("pytorch_model.bin"));
        if (kind.equals("zip entry")) {
          int entry = indexOf(zip, "archive/data/3") - 30;
          int extra = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getShort(entry + 28);
          return new MutantRun(folder, "pytorch_model.bin", false, entry, entry + 30 + "archive/data/3".length() + extra);
        }
        int pickle = indexOf(zip, "archive/.format_version") - 30;
        return kind.equals("zip")
            ? new MutantRun(folder, "pytorch_model.bin", false, indexOf(zip, "PK\u0001\u0002"), -1)
            : new MutantRun(folder, "pytorch_model.bin", false, 0, pickle);
      case "params.json":
        return new MutantRun(LayoutsTest.codestral(folder), kind, true, 0, -1);
      default:
        throw new IllegalArgumentException(kind);
    }
  }

  private static int indexOf(byte[] bytes, String text) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
  }

  private void mutant(int seed) throws IOException {
    byte[] part = Mutator.mutate(Arrays.copyOfRange(original, first, end), text, seed);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(original, 0, first);
    whole.writeBytes(part);
    whole.write(original, end, original.length - end);
    Files.delete(file); // A file that is cut to nothing and written again is flushed to the disk each time.
    Files.write(file, whole.toByteArray());
    try {
      judge();
    } catch (LightMambaException e) {
      codes.merge(e.code().id(), 1, Integer::sum);
      if (!e.getMessage().contains(folder.toString()) || e.getMessage().length() > 2000) {
        throw new IllegalStateException("seed " + seed + ": no file in a message, or too long: " + e.getMessage());
      }
    } catch (Throwable e) {
      // OutOfMemoryError and StackOverflowError too: nothing but a named error may come out.
      throw new IllegalStateException("seed " + seed + " of " + file.getFileName(), e);
    }
  }

  private void judge() {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      Checkpoint.files(folder);
      Mamba2Config read = checkpoint.config();
      if (read.vocabularySize() <= 60) {
        others++; // Rows beyond the vocabulary are padding, if the file says so.
        return;
      }
      float[] found = Golden.logits(FloatModel.of(checkpoint), TOKENS, TOKENS.length);
      for (float logit : found) {
        if (!Float.isFinite(logit)) {
          throw new IllegalStateException("a logit is " + logit);
        }
      }
      boolean asked =
          read.normEpsilon() != config.normEpsilon()
              // Twice the groups with half the states have tensors of the same shapes.
              || read.groups() != config.groups()
              || read.dtLimitLow() != config.dtLimitLow()
              || read.dtLimitHigh() != config.dtLimitHigh();
      if (asked) {
        others++;
        return;
      }
      int vocabulary = Math.min(read.vocabularySize(), config.vocabularySize());
      for (int t = 0; t < TOKENS.length; t++) {
        int a = t * read.vocabularySize();
        int b = t * config.vocabularySize();
        if (!Arrays.equals(found, a, a + vocabulary, logits, b, b + vocabulary)) {
          throw new IllegalStateException("another model was read without a word");
        }
      }
      same++;
    }
  }
}

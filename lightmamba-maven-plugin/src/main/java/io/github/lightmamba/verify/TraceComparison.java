package io.github.lightmamba.verify;

import io.github.lightmamba.integer.IntegerModel;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares what the kernels wrote with the expectation, value by value ({@code docs/formats.md}, section 6). Not
 * thread-safe.
 *
 * <p>Goes on after a difference, so that the count is of all of them; the first one in the order of computation is what
 * matters.
 */
final class TraceComparison {
  private static final String RESIDUAL = "residual";
  private static final String LOGITS = "logits";
  private static final String TOKEN = "token";

  /** What is compared, in the order of computation. */
  static final List<String> TENSORS = List.of(RESIDUAL, LOGITS, TOKEN);

  private static final int WORD_VALUES = 16;
  private static final int KEPT = 100;

  private final List<ReferenceRun> references;
  private final List<Divergence> first = new ArrayList<>();
  private final Map<String, Divergence> firstByTensor = new HashMap<>();
  private long mismatches;
  private long compared;

  /** Compares with the runs of sequences side by side, the first one in lane 0. */
  TraceComparison(List<ReferenceRun> references) {
    this.references = List.copyOf(references);
  }

  /** Compares with one run. */
  TraceComparison(ReferenceRun reference) {
    this(List.of(reference));
  }

  /**
   * Compares a trace file with layers and logits of some tokens.
   *
   * @param plan which lane computed what
   * @param firstToken position of the first token of the file in its sequence
   * @throws EOFException if the file ends early
   */
  void trace(Path file, LanePlan plan, int firstToken) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      for (int step = 0; step < plan.steps(); step++) {
        int layers = references.get(0).residuals()[firstToken].length;
        for (int layer = 0; layer < layers; layer++) {
          for (int lane = 0; lane < plan.active(step); lane++) {
            int token = firstToken + plan.position(step, lane);
            int[] expected = references.get(plan.sequence(lane)).residuals()[token][layer];
            vector(in, file, expected, token, layer, RESIDUAL);
          }
        }
        for (int lane = 0; lane < plan.active(step); lane++) {
          int token = firstToken + plan.position(step, lane);
          vector(in, file, references.get(plan.sequence(lane)).logits()[token], token, -1, LOGITS);
        }
      }
    }
  }

  /**
   * Compares the token ids that the kernels chose.
   *
   * @param file int32 each
   */
  void tokens(Path file, LanePlan plan, int firstToken) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int step = 0; step < plan.steps(); step++) {
        for (int lane = 0; lane < plan.active(step); lane++) {
          int token = firstToken + plan.position(step, lane);
          int expected = IntegerModel.argmax(references.get(plan.sequence(lane)).logits()[token]);
          value(token, -1, TOKEN, 0, expected, read(in, file, 1).getInt());
        }
      }
    }
  }

  private void vector(InputStream in, Path file, int[] expected, int token, int layer, String tensor)
      throws IOException {
    int padded = (expected.length + WORD_VALUES - 1) / WORD_VALUES * WORD_VALUES;
    ByteBuffer values = read(in, file, padded);
    for (int i = 0; i < expected.length; i++) {
      value(token, layer, tensor, i, expected[i], values.getInt());
    }
  }

  private static ByteBuffer read(InputStream in, Path file, int values) throws IOException {
    byte[] bytes = in.readNBytes(values * Integer.BYTES);
    if (bytes.length < values * Integer.BYTES) {
      throw new EOFException(file + " ends early");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void value(int token, int layer, String tensor, int index, int expected, int actual) {
    compared++;
    if (expected != actual) {
      mismatches++;
      if (first.size() < KEPT || !firstByTensor.containsKey(tensor)) {
        add(new Divergence(token, layer, tensor, index, expected, actual));
      }
    }
  }

  private void add(Divergence divergence) {
    firstByTensor.putIfAbsent(divergence.tensor(), divergence);
    if (first.size() < KEPT) {
      first.add(divergence);
    }
  }

  /** Returns how many values differ. */
  long mismatches() {
    return mismatches;
  }

  /** Returns how many values were compared. */
  long compared() {
    return compared;
  }

  /** Returns the first differences, in the order of computation, at most 100. */
  List<Divergence> first() {
    return List.copyOf(first);
  }

  /** Returns the first difference of a tensor, one of {@link #TENSORS}, also if it is beyond the 100. */
  Optional<Divergence> first(String tensor) {
    return Optional.ofNullable(firstByTensor.get(tensor));
  }
}

package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a comparison says of differences that are put into a trace. */
class TraceComparisonTest {
  private static final int WIDTH = 128;
  private static final int WORD_VALUES = 16;

  @TempDir Path folder;

  /** One token, one layer; the residual has {@code WIDTH} values, of the 5 logits the fourth is the largest. */
  private final ReferenceRun reference =
      new ReferenceRun(new int[] {0}, new int[0], new int[][][] {{new int[WIDTH]}}, new int[][] {{1, 2, 3, 9, 5}});

  private TraceComparison compare(int residual, int fourthLogit) throws IOException {
    ByteBuffer trace = ByteBuffer.allocate((WIDTH + WORD_VALUES) * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < WIDTH; i++) {
      trace.putInt(residual);
    }
    for (int logit : new int[] {1, 2, 3, fourthLogit, 5}) {
      trace.putInt(logit);
    }
    TraceComparison comparison = new TraceComparison(reference);
    comparison.trace(Files.write(folder.resolve("trace.bin"), trace.array()), new LanePlan(1, 1, 1, false), 0);
    return comparison;
  }

  @Test
  void equalTracesDoNotDiffer() throws Exception {
    TraceComparison comparison = compare(0, 9);
    assertThat(comparison.mismatches()).isZero();
    assertThat(comparison.compared()).isEqualTo(WIDTH + 5);
    assertThat(TraceComparison.TENSORS).allSatisfy(tensor -> assertThat(comparison.first(tensor)).isEmpty());
  }

  @Test
  void aTensorThatDiffersAfterAHundredOthersIsStillSeen() throws Exception {
    TraceComparison comparison = compare(1, -7);
    assertThat(comparison.mismatches()).isEqualTo(WIDTH + 1);
    assertThat(comparison.first()).hasSize(100).allMatch(divergence -> divergence.tensor().equals("residual"));
    assertThat(comparison.first("residual")).contains(new Divergence(0, 0, "residual", 0, 0, 1));
    assertThat(comparison.first("logits")).contains(new Divergence(0, -1, "logits", 3, 9, -7));
    assertThat(comparison.first("token")).isEmpty();
  }
}

package io.github.lightmamba.perplexity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

@DisplayName("The overlap of two texts")
class TextOverlapTest {
  @Test
  @DisplayName("is found when 256 consecutive tokens are shared, and not when 255 are")
  void exactLength() {
    Random random = new Random(1);
    int[] first = random.ints(3000, 0, 2000).toArray();
    int[] second = random.ints(5000, 0, 2000).toArray();
    System.arraycopy(first, 1001, second, 777, 255);
    // The neighbours differ, so that the shared run is no longer than planted.
    second[776] = first[1000] + 1;
    second[777 + 255] = first[1001 + 255] + 1;
    assertThat(TextOverlap.find(first, second)).isEmpty();
    second[777 + 255] = first[1001 + 255];
    second[777 + 256] = first[1001 + 256] + 1;
    assertThat(TextOverlap.find(first, second)).contains(new TextOverlap(1001, 777));
  }

  @RepeatedTest(50)
  @DisplayName("starts where the naive search finds the first shared window")
  void equalsNaive(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int window = 2 + random.nextInt(9);
    int[] first = random.ints(60, 0, 2).toArray();
    int[] second = random.ints(60, 0, 2).toArray();
    Optional<Integer> found = TextOverlap.find(first, second, window).map(TextOverlap::first);
    assertThat(found).isEqualTo(naive(first, second, window));
  }

  @Test
  @DisplayName("of texts shorter than a window is none")
  void shortTexts() {
    assertThat(TextOverlap.find(new int[255], new int[255])).isEmpty();
    assertThat(TextOverlap.find(new int[0], new int[300])).isEmpty();
    assertThat(TextOverlap.find(new int[256], new int[256])).contains(new TextOverlap(0, 0));
  }

  private static Optional<Integer> naive(int[] first, int[] second, int window) {
    for (int a = 0; a + window <= first.length; a++) {
      for (int b = 0; b + window <= second.length; b++) {
        int length = 0;
        while (length < window && first[a + length] == second[b + length]) {
          length++;
        }
        if (length == window) {
          return Optional.of(a);
        }
      }
    }
    return Optional.empty();
  }
}

package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.ModelShape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of docs/numerics.md, section 7. */
class WorkPlanTest {
  @ParameterizedTest
  @CsvSource({
    "256, 8, 4096, RTN, 8, 512, true, false",
    "256, 8, 4096, GPTQ, 32, 512, true, true",
    "768, 24, 50288, RTN, 5, 512, false, false",
    "1024, 48, 50288, RTN, 1, 512, false, false",
    "1536, 48, 50288, RTN, 1, 384, false, false",
    "2048, 48, 50288, RTN, 1, 128, false, false",
    "2560, 64, 50288, RTN, 1, 128, false, false",
    "768, 24, 50288, GPTQ, 32, 512, false, true",
    "1024, 48, 50288, GPTQ, 32, 512, false, true",
    "1536, 48, 50288, GPTQ, 24, 512, false, false",
    "2560, 64, 50288, GPTQ, 8, 512, false, false",
    "4096, 64, 32768, RTN, 1, 128, false, false"
  })
  void workIsBounded(
      int width,
      int layers,
      int vocabulary,
      Method method,
      int windows,
      int length,
      boolean unrotated,
      boolean corrected) {
    ModelShape shape =
        new ModelShape(width, 2 * width, width / 32, 64, 128, 1, 4, 1, false, layers, vocabulary);
    WorkPlan plan = WorkPlan.of(shape, method, 100_000);
    assertThat(plan).isEqualTo(new WorkPlan(windows, length, unrotated, method == Method.GPTQ, corrected));
    // A text that is just long enough.
    assertThat(WorkPlan.of(shape, method, 512).windows()).isEqualTo(1);
  }
}

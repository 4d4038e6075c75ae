package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.Scheme;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search for a design. */
class DesignSpaceTest {
  private static final int[] CLOCK = {250};
  private static final int[] GROUP = {16};

  /**
   * What the generator takes without being asked is what the search finds, which simulates. VCK190 with 1.3b, U55C: left
   * out for their time.
   */
  @ParameterizedTest
  @CsvSource({
    "U280, 130m", "U280, 370m", "U280, 780m", "U280, 1.3b", "U280, 2.7b",
    "VCK190, 130m", "VCK190, 370m", "VCK190, 780m", "VCK190, 2.7b"
  })
  void theGeneratorsDefaultIsTheBestPoint(Board board, String model) {
    EstimateRequest request = Models.request(board, model, Scheme.W4A4, 8);
    List<Integer> units = DesignSpace.unitsOfTheFastest(request.board());
    List<DesignSpace.Point> points =
        new DesignSpace(Models.SOURCE).points(request, units, CLOCK, GROUP, Progress.SILENT);
    assertThat(points).allMatch(point -> point.share() <= Design.SHARE_MAX);
    assertThat(DesignSpace.best(request, points).design()).isEqualTo(request.design());
    assertThat(DesignSpace.front(request, points)).contains(DesignSpace.best(request, points));
    assertThat(DesignSpace.table(request, points)).anyMatch(line -> line.endsWith("the generator's"));
  }

  @Test
  void theFrontHasNoPointThatAnotherEqualsOrBeats() {
    EstimateRequest request = Models.request(Board.U280, "2.7b", Scheme.W4A4, 8);
    Design design = request.design();
    DesignSpace.Point usual = new DesignSpace.Point(design, 100, 200, 0.7);
    DesignSpace.Point other = new DesignSpace.Point(design.atMhz(225), 100.04, 200, 0.7);
    DesignSpace.Point slower = new DesignSpace.Point(design, 90, 200, 0.7);
    DesignSpace.Point smaller = new DesignSpace.Point(design, 50, 200, 0.4);
    DesignSpace.Point prefills = new DesignSpace.Point(design, 50, 900, 0.7);
    DesignSpace.Point equal = new DesignSpace.Point(design, 100.04, 200, 0.7);
    assertThat(DesignSpace.front(request, List.of(other, slower, smaller, prefills, usual, equal)))
        .containsExactly(usual, prefills, smaller, other);
  }
}

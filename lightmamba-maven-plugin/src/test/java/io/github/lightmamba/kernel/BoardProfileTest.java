package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the profiles of the boards have to be for the rows to be dealt evenly to the units. */
class BoardProfileTest {
  /** A port is a unit, and each has as many rows: the memories have ports in proportion to what they sustain. */
  @ParameterizedTest
  @EnumSource(Board.class)
  void theMemoriesHavePortsInProportionToWhatTheySustain(Board board) {
    BoardProfile profile = BoardProfile.read(board, AcceleratorSource.bundled());
    double all = profile.weightMemories().stream().mapToDouble(WeightMemory::sustainedGigabytesPerSecond).sum();
    for (WeightMemory memory : profile.weightMemories()) {
      assertThat((double) memory.ports() / profile.units())
          .as(memory.name())
          .isCloseTo(memory.sustainedGigabytesPerSecond() / all, within(0.02));
    }
  }
}

package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times of the simulation, computed by hand. */
class SimulationTest {
  private static final List<Access> NONE = List.of();

  /** Words of all write requests. */
  private static final long ALL = 1 << 20;

  private final Simulation simulation = new Simulation();

  /** As if all writes were one burst. */
  private static WriteBursts oneBurst() {
    return new WriteBursts((int) ALL, 1);
  }

  private static Phase loop(long iterations, double ii, int depth, List<Access> reads, List<Access> writes) {
    return Phase.of("loop", iterations, ii, depth, reads, writes);
  }

  @Test
  void anIterationStartsEveryInitiationIntervalAndEndsAfterItsDepth() {
    TimedStream items = simulation.stream("items", 100, 1);
    simulation.process("producer", List.of(loop(10, 2, 5, NONE, List.of(Access.each(items)))));
    simulation.process("consumer", List.of(loop(10, 1, 1, List.of(Access.each(items)), NONE)));
    simulation.run();
    // The tenth item is written at 9 · 2 + 5 = 23, read one cycle later, and leaves the consumer at 25.
    assertThat(simulation.process("producer").time()).isEqualTo(23);
    assertThat(simulation.cycles()).isEqualTo(25);
    assertThat(simulation.items()).containsEntry("items", 10L);
  }

  @Test
  void aFullStreamStallsItsWriter() {
    TimedStream items = simulation.stream("items", 2, 1);
    simulation.process("producer", List.of(loop(10, 1, 1, NONE, List.of(Access.each(items)))));
    simulation.process("consumer", List.of(loop(10, 3, 1, List.of(Access.each(items)), NONE)));
    simulation.run();
    // Item k is read at 2 + 3k; item 9 finds a place when item 7 has been read, at 23.
    assertThat(simulation.process("producer").time()).isEqualTo(23);
    assertThat(simulation.process("consumer").time()).isEqualTo(2 + 3 * 9 + 3);
    // Writes fell due at k + 1; the difference to 23 was spent waiting.
    assertThat(simulation.process("producer").usages().get("loop").waited()).isEqualTo(23 - 10);
  }

  @Test
  void aLoopDrainsBeforeTheNextUnlessThatFollows() {
    simulation.process("drains", List.of(loop(4, 1, 10, NONE, NONE), loop(4, 1, 10, NONE, NONE)));
    Phase on = new Phase("loop", 4, 1, 10, NONE, NONE, null, true);
    simulation.process("follows", List.of(loop(4, 1, 10, NONE, NONE), on));
    simulation.run();
    assertThat(simulation.process("drains").time()).isEqualTo(2 * (3 + 10));
    assertThat(simulation.process("follows").time()).isEqualTo(7 + 10);
  }

  @Test
  void itemsAreSpreadOverALoop() {
    TimedStream stream = new TimedStream("s", 1, 1);
    assertThat(List.of(0, 1, 2)).map(n -> Access.ahead(stream, 3, 8).iterationOf(n)).containsExactly(0L, 2L, 5L);
    assertThat(List.of(0, 1, 2)).map(n -> Access.behind(stream, 3, 8).iterationOf(n)).containsExactly(2L, 5L, 7L);
    assertThat(List.of(0, 1)).map(n -> Access.last(stream, 4).iterationOf(n)).containsExactly(3L, 7L);
    assertThat(List.of(0, 1)).map(n -> Access.from(stream, 5).iterationOf(n)).containsExactly(5L, 6L);
    assertThat(Access.until(stream, 2).iterationOf(2)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aStandstillNamesEveryProcessAndItsPlace() {
    TimedStream a = simulation.stream("a", 2, 1);
    TimedStream b = simulation.stream("b", 2, 1);
    simulation.process("left", List.of(Phase.of("TAKE_B", 1, 1, 1, List.of(Access.each(b)), List.of(Access.each(a)))));
    simulation.process("right", List.of(Phase.of("TAKE_A", 1, 1, 1, List.of(Access.each(a)), List.of(Access.each(b)))));
    simulation.process("bystander", List.of(loop(3, 1, 1, NONE, NONE)));
    assertThatThrownBy(simulation::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("left in TAKE_B, iteration 0")
        .hasMessageContaining("right in TAKE_A, iteration 0")
        .hasMessageNotContaining("bystander");
  }

  @Test
  void aMemoryDeliversAtItsRateAfterItsLatency() {
    MemoryPort port = new MemoryPort(0.5, 10, 512, 4, RefreshCycles.NONE, oneBurst());
    Phase.MemoryUse read = Phase.MemoryUse.read(port);
    simulation.process("reader", List.of(new Phase("loop", 100, 1, 0, NONE, NONE, read)));
    simulation.run();
    // The first word comes at 10, then one every two cycles; the loop's last cycle follows.
    assertThat(simulation.cycles()).isEqualTo(10 + 2 * 99 + 1);
    assertThat(port.readWords()).isEqualTo(100);
    assertThat(port.busy()).isEqualTo(200);
  }

  @Test
  void nothingMovesDuringARefreshAndTheRateIsTheSustainedOne() {
    MemoryPort port = new MemoryPort(0.375, 0, 512, 4, new RefreshCycles(40, 10), oneBurst());
    simulation.process(
        "reader", List.of(new Phase("loop", 160, 1, 0, NONE, NONE, Phase.MemoryUse.read(port))));
    simulation.run();
    // Between refreshes a word takes 0.75 / 0.375 = 2 cycles: 15 words in the 30 cycles that each refresh of 10 leaves.
    assertThat(simulation.cycles()).isEqualTo(10 * 40 + 10 + 10 * 2 + 1);
    assertThat(port.busy()).isEqualTo(160 / 0.375, offset(1e-9));
  }

  @Test
  void aBurstOfWritesWaitsForARefresh() {
    MemoryPort port = new MemoryPort(0.75, 0, 512, 0, new RefreshCycles(40, 10), oneBurst());
    for (int word = 0; word < MemoryPort.WRITTEN_AT_ONCE; word++) {
      port.write(30, ALL);
    }
    // Ten words from 30 to 40, a refresh, six more.
    assertThat(port.response(0, MemoryPort.WRITTEN_AT_ONCE)).isEqualTo(56);
  }

  @Test
  void aResponseComesALatencyAfterTheBurstOfItsWords() {
    MemoryPort port = new MemoryPort(1, 10, 512, 0, RefreshCycles.NONE, oneBurst());
    for (int word = 0; word < 2 * MemoryPort.WRITTEN_AT_ONCE + 1; word++) {
      port.write(0, ALL);
    }
    // Two bursts, from 0 to 16 and to 32; the last word is written when it is waited for.
    assertThat(port.response(0, MemoryPort.WRITTEN_AT_ONCE)).isEqualTo(16 + 10);
    assertThat(port.response(40, MemoryPort.WRITTEN_AT_ONCE + 1)).isEqualTo(32 + 10);
    assertThat(port.response(50, 2 * MemoryPort.WRITTEN_AT_ONCE)).isEqualTo(50);
    assertThat(port.response(60, 2 * MemoryPort.WRITTEN_AT_ONCE + 1)).isEqualTo(61 + 10);
  }

  @Test
  void aPortBeginsABurstWhenItsOldestOneHasBeenAcknowledged() {
    MemoryPort port = new MemoryPort(1, 10, 512, 0, RefreshCycles.NONE, new WriteBursts(8, 2));
    Phase.MemoryUse first = Phase.MemoryUse.write(port, 1, 9);
    Phase.MemoryUse second = Phase.MemoryUse.write(port, 1, 12);
    simulation.process(
        "writer", List.of(new Phase("loop", 9, 1, 0, NONE, NONE, first), new Phase("loop", 3, 1, 0, NONE, NONE, second)));
    simulation.run();
    // Bursts of 8, 1 and 3 words. What has been gathered, nine words, is written from 9 to 18 for the third to begin,
    // and acknowledged at 28.
    assertThat(simulation.cycles()).isEqualTo(28 + 3);
  }

  @Test
  void asManyPiecesWaitForTheirResponsesAsInTheKernel() throws Exception {
    Path header = Path.of("..", "accelerator-src", "include", "lightmamba", "state_writer.hpp");
    assertThat(Files.readString(header))
        .contains("constexpr int kWritesAhead = " + MemoryPrograms.WRITES_AHEAD + ";");
  }

  @Test
  void latencyShowsWhereTheBufferIsTooShort() {
    MemoryPort port = new MemoryPort(1, 10, 1, 4, RefreshCycles.NONE, oneBurst());
    Phase.MemoryUse read = Phase.MemoryUse.read(port);
    simulation.process("reader", List.of(new Phase("loop", 5, 1, 0, NONE, NONE, read)));
    simulation.run();
    // Every word is asked for when the one before has been taken.
    assertThat(simulation.cycles()).isEqualTo(5 * 10 + 1);
  }

  @Test
  void aChangeOfDirectionCostsATurnaroundEachWay() {
    MemoryPort port = new MemoryPort(1, 0, 512, 4, RefreshCycles.NONE, oneBurst());
    port.read(port.readAt());
    for (int word = 0; word < MemoryPort.WRITTEN_AT_ONCE; word++) {
      port.write(1, ALL);
    }
    // Reading ended at 1; the burst of 16 is written from 5 to 21; the next word is read from 25 on.
    assertThat(port.response(0, MemoryPort.WRITTEN_AT_ONCE)).isEqualTo(21);
    assertThat(port.readAt()).isEqualTo(26);
    assertThat(port.writtenWords()).isEqualTo(16);
  }

  @Test
  void twoProcessesShareAMemoryInTheOrderOfTime() {
    MemoryPort port = new MemoryPort(1, 0, 512, 0, RefreshCycles.NONE, oneBurst());
    simulation.process(
        "reader", List.of(new Phase("loop", 1000, 2, 0, NONE, NONE, Phase.MemoryUse.read(port))));
    simulation.process(
        "writer", List.of(new Phase("loop", 1000, 2, 0, NONE, NONE, Phase.MemoryUse.write(port, 1, ALL))));
    simulation.run();
    // Both use half of the memory: neither is pushed behind the whole of the other.
    assertThat(simulation.cycles()).isBetween(2000.0, 2150.0);
  }
}

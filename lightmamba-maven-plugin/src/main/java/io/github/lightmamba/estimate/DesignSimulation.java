package io.github.lightmamba.estimate;

import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.kernel.Refresh;
import io.github.lightmamba.kernel.Schedule;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One start of a design, cycle by cycle: the core, and one unit with its memory kernel that stands for all of them. It
 * is the unit with the most rows on the slowest port; the others run beside it and never wait longer.
 */
final class DesignSimulation {
  private final Workload work;
  private final Timing timing;

  DesignSimulation(Workload work, Timing timing) {
    this.work = work;
    this.timing = timing;
  }

  /**
   * What a start took.
   *
   * @param cycles of the clock
   * @param items that passed each stream, by its name in the kernels; those of the core that a unit has too with {@code
   *     core.} in front
   * @param depths items that each stream holds; the links of a chain are one stream
   * @param readWords words that the unit's port has read, and {@code writtenWords} written
   * @param writtenWords words
   * @param coreReadWords words of parameters and embedding rows that the core's memory has delivered
   * @param busy cycles in which the unit's memory moved data
   * @param parts cycles from begin to end of the parts of {@code multiply}
   * @param works cycles in which each process started iterations
   */
  record Result(
      double cycles,
      Map<String, Long> items,
      Map<String, Integer> depths,
      long readWords,
      long writtenWords,
      long coreReadWords,
      double busy,
      Map<String, Double> parts,
      Map<String, Double> works) {}

  /** Cycles of a chain, from the core through all units to the core. */
  static int chainLatency(BoardProfile board, int units) {
    return units * BoardTimes.HOP + 2 * (board.regions().size() - 1) * BoardTimes.CROSSING;
  }

  Result run(LanePlan plan, boolean logitsForAll, boolean reset) {
    Start start = new Start(plan, logitsForAll, reset);
    Simulation simulation = new Simulation();
    int units = work.design().units();
    double hertz = work.hertz();
    BoardProfile board = work.board();
    BoardProfile.Port slowest = board.slowest(units);
    MemoryPort port = port(slowest.sustainedBytesPerSecond(), slowest.memory().refresh(), hertz);
    double coreRate = board.coreMemory().peakGigabytesPerSecond() * 1e9 * PublishedDesign.memoryEfficiency();
    MemoryPort corePort = port(coreRate, board.coreMemory().refresh(), hertz);
    int chain = chainLatency(board, units);
    int links = units * Depths.MESSAGE;
    TimedStream chainIn = simulation.stream("activation", links, chain);
    TimedStream chainOut = simulation.stream("activation.closing", Depths.MESSAGE, BoardTimes.HOP);
    TimedStream resultIn = simulation.stream("result.opening", Depths.MESSAGE, BoardTimes.HOP);
    TimedStream resultOut = simulation.stream("result", links, BoardTimes.HOP);
    int far = 1 + (board.regions().size() - 1) * BoardTimes.CROSSING;
    UnitRun run = new UnitRun(work, start, 0);
    new UnitPrograms(run, timing, simulation).add(port, far, chainIn, chainOut, resultIn, resultOut);
    new CorePrograms(work, start, timing, simulation).add(corePort, chainIn, chainOut, resultIn, resultOut);
    simulation.run();
    return result(simulation, port, corePort);
  }

  private static MemoryPort port(double bytesPerSecond, Refresh refresh, double hertz) {
    return new MemoryPort(
        bytesPerSecond / Schedule.WORD_BYTES / hertz, BoardTimes.memoryLatency(hertz), BoardTimes.READ_AHEAD,
        BoardTimes.cycles(BoardTimes.TURNAROUND_NANOSECONDS, hertz), RefreshCycles.of(refresh, hertz),
        new WriteBursts(BoardTimes.WRITE_BURST, BoardTimes.WRITES_OUTSTANDING));
  }

  private static Result result(Simulation simulation, MemoryPort port, MemoryPort corePort) {
    Map<String, Double> parts = new LinkedHashMap<>();
    simulation.process("multiply").usages().forEach((part, usage) -> parts.put(part, usage.elapsed()));
    Map<String, Double> works = new LinkedHashMap<>();
    for (TimedProcess process : simulation.processes()) {
      works.put(process.name(), process.usages().values().stream().mapToDouble(TimedProcess.Usage::worked).sum());
    }
    return new Result(
        simulation.cycles(), simulation.items(), simulation.depths(), port.readWords(), port.writtenWords(), corePort.readWords(),
        port.busy(), parts, works);
  }
}

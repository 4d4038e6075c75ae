package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Links until the clock is reached: strategy after strategy, and then, if that is the policy, at lower clocks. */
final class LinkSearch {
  /** Lower clocks that are tried. */
  private static final int LOWER_MOST = 3;

  /** Below this share of the clock asked for a design that was linked lower is no build of it any more. */
  static final double LOWEST = 0.5;

  private static final double STEP_DOWN = 0.9;
  private static final String MEMORY = "attempts.json";

  private final BitstreamRequest request;
  private final BuildPlan plan;
  private final Progress progress;
  private final List<Tried> tried = new ArrayList<>();
  private LightMambaException failure;

  /** Of all attempts, at whatever clock. */
  private Linked best;

  /** The clock that the best link reached of those at the clock that is tried now. */
  private OptionalDouble reached = OptionalDouble.empty();

  LinkSearch(BitstreamRequest request, BuildPlan plan, Progress progress) {
    this.request = request;
    this.plan = plan;
    this.progress = progress;
  }

  /**
   * An attempt, for the report.
   *
   * @param strategy of the implementation
   * @param askedMhz what was asked for
   * @param result {@code met}, {@code missed}, or the class of the failure
   * @param what in words
   */
  record Tried(String strategy, int askedMhz, String result, String what) {}

  /**
   * What failed attempts are remembered of, so that a build that was killed does not repeat them.
   *
   * @param key of the link, whatever the strategy
   * @param tried the attempts that failed
   */
  record Memory(String key, List<Tried> tried) {}

  /**
   * A link that succeeded.
   *
   * @param step the step
   * @param manifest of its folder
   * @param attempt strategy and clock
   * @param clock the clock that was reached
   */
  record Linked(LinkStep step, Manifest manifest, LinkStep.Attempt attempt, AchievedClock clock) {}

  /**
   * Links.
   *
   * @param key what all attempts have in common
   * @return the first link that reaches the clock asked for in its attempt, or the best one of all attempts if none
   *     does; its clock may be violated, if no link has another
   * @throws LightMambaException if no attempt ends with a bitstream
   */
  Linked run(String key) throws IOException {
    Path file = request.step().root().resolve(MEMORY);
    Memory memory = memory(file, key);
    Netlists.prepare(request.step(), Netlists.LIMIT_BYTES);
    int asked = request.megahertz(plan.kernels());
    int megahertz = asked;
    for (int lowered = 0; ; lowered++) {
      Optional<Linked> met = clock(megahertz, memory, file, key);
      if (met.isPresent()) {
        Files.deleteIfExists(file);
        return met.get();
      }
      boolean lower = request.options().timingPolicy() == TimingPolicy.LOWER && lowered < LOWER_MOST;
      // A link at the clock that an earlier one runs at did not reach it: a lower one is no better than the earlier.
      boolean usable = lowered > 0 && best != null && !best.clock().violated();
      int next = reached.isPresent() ? (int) Math.floor(reached.getAsDouble()) : (int) (megahertz * STEP_DOWN);
      if (!lower || usable || next >= megahertz || next < asked * LOWEST || reached.isEmpty() && !timing()) {
        break;
      }
      progress.warn("no strategy reaches " + megahertz + " MHz; the link is done again for " + next + " MHz");
      megahertz = next;
      reached = OptionalDouble.empty();
    }
    Files.deleteIfExists(file); // Every attempt had its turn: the next build starts afresh.
    if (best == null) {
      throw failure;
    }
    return best;
  }

  /** Returns the attempts so far. */
  List<Tried> tried() {
    return tried;
  }

  private Optional<Linked> clock(int megahertz, Memory memory, Path file, String key) throws IOException {
    for (String strategy : request.options().strategies()) {
      Optional<Tried> before =
          memory.tried().stream()
              .filter(t -> t.strategy().equals(strategy) && t.askedMhz() == megahertz)
              .findFirst();
      if (before.isPresent() && strategy.equals(last())) {
        before = Optional.empty(); // Somebody has to say why the build fails.
      }
      if (before.isPresent()) {
        progress.info("link with strategy " + strategy + ": failed before the build was ended, " + before.get().what());
        tried.add(before.get());
        continue;
      }
      LinkStep.Attempt attempt = new LinkStep.Attempt(strategy, megahertz);
      LinkStep step = plan.link(attempt);
      try {
        Manifest manifest = JudgedStep.run(request.steps(), request.step(), step);
        AchievedClock clock =
            request.options().target() == BuildTarget.HW_EMU
                ? AchievedClock.emulated(megahertz)
                : AchievedClock.of(request.step().folder(step), step.product(), megahertz);
        Linked linked = new Linked(step, manifest, attempt, clock);
        boolean met = clock.meets(megahertz);
        String what =
            String.format(
                Locale.ROOT, "%.1f MHz of %d%s", clock.megahertz(), megahertz,
                clock.violated() ? ", and its kernels get a faster clock than that" : "");
        tried.add(new Tried(strategy, megahertz, met ? "met" : "missed", what));
        if (met) {
          return Optional.of(linked);
        }
        progress.warn("link with strategy " + strategy + " reaches " + what);
        reached = OptionalDouble.of(Math.max(reached.orElse(0), clock.megahertz()));
        if (best == null || clock.betterThan(best.clock())) {
          best = linked;
        }
        if (request.options().timingPolicy() == TimingPolicy.WARN && !clock.violated()) {
          return Optional.empty();
        }
      } catch (LightMambaException e) {
        Optional<Failure> cause = StepFailure.in(e);
        if (cause.isEmpty() || cause.get().retry() != Failure.Retry.NEXT_STRATEGY) {
          throw e;
        }
        failure = e;
        Tried one = new Tried(strategy, megahertz, cause.get().kind().toString(), cause.get().sentence());
        tried.add(one);
        remember(file, key, one);
        progress.warn("link with strategy " + strategy + " failed. " + cause.get().sentence());
      }
    }
    return Optional.empty();
  }

  private String last() {
    List<String> strategies = request.options().strategies();
    return strategies.get(strategies.size() - 1);
  }

  private boolean timing() {
    return StepFailure.in(failure)
        .map(
            cause ->
                switch (cause.kind()) {
                  case TIMING, ROUTING, PLACEMENT -> true;
                  default -> false;
                })
        .orElse(false);
  }

  private static Memory memory(Path file, String key) {
    try {
      Memory memory = Files.exists(file) ? Json.read(file, Memory.class) : null;
      if (memory != null && key.equals(memory.key()) && memory.tried() != null) {
        return memory;
      }
    } catch (IOException e) {
      return new Memory(key, List.of()); // A damaged memory only costs an attempt.
    }
    return new Memory(key, List.of());
  }

  private void remember(Path file, String key, Tried one) throws IOException {
    List<Tried> all = new ArrayList<>(memory(file, key).tried());
    all.add(one);
    Files.createDirectories(file.getParent());
    Json.replace(file, new Memory(key, all));
  }
}

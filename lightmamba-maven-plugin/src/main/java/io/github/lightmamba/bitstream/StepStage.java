package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.Failure;
import io.github.lightmamba.vitis.FailureClassifier;
import io.github.lightmamba.vitis.LogDigest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Runs one step of Vitis as a stage of its own: it is up to date by its own key, its result is kept in the cache, two
 * builds that want the same make it once, and a build that was killed goes on with the step that it was in.
 */
final class StepStage implements Stage<StepRequest> {
  /** The full log of the first command, in the working folder; that of the second is {@code step-2.log}. */
  static final String LOG = "step.log";

  /** What a person calls to run the step again, in the working folder. */
  static final String SCRIPT = "command.sh";

  private final Step step;

  StepStage(Step step) {
    this.step = step;
  }

  @Override
  public String goal() {
    return step.name();
  }

  @Override
  public boolean cached() {
    return true;
  }

  @Override
  public Path folder(StepRequest request) {
    return request.folder(step);
  }

  @Override
  public Inputs inputs(StepRequest request, FileDigests digests) {
    return step.inputs(digests);
  }

  @Override
  public Outcome run(StepRequest request, Path output, Progress progress) throws IOException {
    Duration pause = request.options().pause();
    for (int left = request.options().retries(); ; left--) {
      try {
        once(request, output, progress);
        return Outcome.GOOD;
      } catch (LightMambaException e) {
        boolean later = StepFailure.in(e).map(this::passes).orElse(false);
        if (!later || left == 0) {
          throw e;
        }
        progress.warn(
            step.name() + ": " + e.getMessage().lines().findFirst().orElse("") + " It is tried again in "
                + ConsoleProgress.time(pause.toNanos()) + ", " + left + (left == 1 ? " time." : " times."));
        sleep(pause);
        pause = pause.multipliedBy(2);
      }
    }
  }

  /** Fills the working folder, so that whoever wants to run the step by hand finds all that he needs. */
  @Override
  public void taken(StepRequest request, Progress progress) {
    try {
      prepare(request, request.work(step));
    } catch (IOException | LightMambaException e) {
      progress.warn(
          step.name() + ": the result is as it should be, but not " + SCRIPT + " in the working folder. "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  /** Whether the same commands may succeed later; without a strategy to choose that is all that can be tried. */
  private boolean passes(Failure failure) {
    return failure.retry() == Failure.Retry.LATER
        || failure.retry() == Failure.Retry.NEXT_STRATEGY && !step.strategic();
  }

  private void once(StepRequest request, Path output, Progress progress) throws IOException {
    Path work = request.work(step);
    String key = step.fingerprint(request.digests()).sha256();
    Optional<StepEnding> before = StepEnding.read(work, key);
    if (before.isPresent()) {
      progress.info(step.name() + ": its commands had ended when the build was; what they made is taken");
      LogDigest digest = read(logs(work));
      collect(request, work, digest, before.get().seconds(), output);
      return;
    }
    prepare(request, work);
    if (step.strategic()) {
      LinkRoom.make(step, request, progress);
    }
    try (StepVoice voice = new StepVoice(step.name(), progress)) {
      LogDigest digest = new LogDigest(voice);
      double seconds = call(request, work, digest, progress);
      note(new StepEnding(key, seconds), work, progress);
      collect(request, work, digest, seconds, output);
      voice.done(seconds);
    }
  }

  /** What hours have made is not given up because a note of it finds no room. */
  private void note(StepEnding ending, Path work, Progress progress) {
    try {
      ending.write(work);
    } catch (IOException e) {
      progress.warn(step.name() + ": if the build is killed now, the step is done anew (" + e + ")");
    }
  }

  /** Takes what the commands have made, or forgets it if that is not all. */
  private void collect(StepRequest request, Path work, LogDigest digest, double seconds, Path output)
      throws IOException {
    try {
      if (digest.standIn() && !request.options().standInAccepted()) {
        String why = "its log says that the stand-in of the plugin's own tests wrote it";
        throw StepRejection.incomplete(step.name(), why, work);
      }
      step.collect(work, digest, output);
    } catch (LightMambaException e) {
      StepEnding.forget(work);
      throw e;
    }
    Json.write(output.resolve(StepRecord.FILE), StepRecord.of(step, request.executor().place(), seconds, digest));
    for (Path log : logs(work)) {
      Files.copy(log, output.resolve(log.getFileName()));
    }
  }

  private List<Path> logs(Path work) {
    return IntStream.range(0, step.commands().size()).mapToObj(i -> log(work, i)).toList();
  }

  private static Path log(Path work, int command) {
    return work.resolve(command == 0 ? LOG : "step-" + (command + 1) + ".log");
  }

  /** Returns what logs said. */
  static LogDigest read(List<Path> logs) throws IOException {
    LogDigest digest = new LogDigest();
    for (Path log : logs) {
      InputStreamReader text = new InputStreamReader(Files.newInputStream(log), StandardCharsets.UTF_8);
      try (BufferedReader lines = new BufferedReader(text)) { // Unlike Files.lines it takes what is no UTF-8.
        lines.lines().forEach(digest);
      }
    }
    return digest;
  }

  /** Runs the commands; returns how many seconds they took. */
  private double call(StepRequest request, Path work, LogDigest digest, Progress progress) throws IOException {
    double seconds = 0;
    List<List<String>> commands = step.commands();
    Map<String, String> environment = request.tools().environment();
    for (int i = 0; i < commands.size(); i++) {
      StepJob job =
          new StepJob(
              step.name(),
              request.tools().command(commands.get(i)),
              work.resolve(step.directory()),
              environment,
              log(work, i),
              request.options().timeout(),
              () -> step.objection(digest).isPresent());
      StepEnd end = request.executor().run(job, digest);
      seconds += end.seconds();
      end.trouble()
          .ifPresent(what -> progress.warn(step.name() + ": " + what + "; the step went on to its end all the same"));
      Optional<Objection> objection = step.objection(digest);
      if (objection.isPresent()) {
        throw StepRejection.ended(step.name(), objection.get(), job.log(), work);
      }
      if (!end.good()) {
        throw StepFailure.of(
            step.name(),
            FailureClassifier.classify(digest, end.exitCode(), end.timedOut()),
            job.log(),
            work);
      }
    }
    return seconds;
  }

  /** Empties the working folder and fills it with all that the commands need, so that it can be taken elsewhere. */
  private void prepare(StepRequest request, Path work) throws IOException {
    Optional<String> occupant = request.executor().occupant(work);
    if (occupant.isPresent()) {
      throw new LightMambaException(
          ErrorCode.STAGE_BUSY,
          "The step " + step.name() + " of an earlier build, which was killed, still runs: " + occupant.get()
              + " works in " + work + ".",
          "end it and run the goal again; what it makes is not taken, so do not wait for it.");
    }
    delete(work);
    Files.createDirectories(work.resolve(step.directory()));
    for (Map.Entry<String, Path> file : step.files().entrySet()) {
      Path copy = work.resolve(file.getKey());
      Files.createDirectories(copy.getParent());
      Files.copy(file.getValue(), copy);
    }
    for (Map.Entry<String, String> text : step.texts().entrySet()) {
      Path file = work.resolve(text.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, text.getValue());
    }
    Files.writeString(work.resolve(SCRIPT), script(step, request.tools()));
  }

  /** Returns a script for bash that runs a step in the folder in which it lies. */
  static String script(Step step, BuildTools tools) {
    List<String> lines = new ArrayList<>();
    lines.add("#!/bin/bash");
    lines.add("# " + step.name() + " with Vitis " + tools.version());
    lines.add("set -e");
    lines.add("cd \"$(dirname \"$0\")\"");
    tools.vitis().flatMap(found -> found.settings())
        .ifPresent(settings -> lines.add(". " + Invocation.quote(settings.toString())));
    Map<String, String> environment = tools.environment();
    for (String name : List.of("PLATFORM_REPO_PATHS", "XILINX_XRT")) {
      if (environment.containsKey(name)) {
        lines.add("export " + name + "=" + Invocation.quote(environment.get(name)));
      }
    }
    if (!step.directory().isEmpty()) {
      lines.add("cd " + Invocation.quote(step.directory()));
    }
    step.commands().forEach(command -> lines.add(line(tools.command(command))));
    return String.join("\n", lines) + "\n";
  }

  /** Returns a command as one pastes it into a shell. */
  static String line(List<String> command) {
    return String.join(" ", command.stream().map(Invocation::quote).toList());
  }

  private static void sleep(Duration pause) throws IOException {
    try {
      Thread.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted between two attempts").initCause(e);
    }
  }

  /** Deletes a tree, if there is one; links are not followed. */
  static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
  }
}

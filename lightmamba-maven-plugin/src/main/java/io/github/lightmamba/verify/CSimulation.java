package io.github.lightmamba.verify;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.LanePlan;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the generated kernels as a program of the machine: the test bench of {@code accelerator-src/csim} with images
 * and a description of the run.
 */
final class CSimulation {
  /** Long enough for the largest model on a slow machine; a deadlock ends by itself. */
  private static final Duration TIMEOUT = Duration.ofHours(12);

  /** What follows a start's name in the name of its traced values. */
  static final String TRACE = "-trace.bin";

  /** What follows a start's name in the name of its token ids. */
  static final String TOKENS = "-tokens.bin";

  private static final String STATISTICS = "statistics.json";
  private static final int EXIT_DEADLOCK = 3;

  private final KernelFolder kernels;
  private final Path folder;

  /**
   * Prepares a simulation.
   *
   * @param kernels what to run
   * @param folder an existing folder for program, logs and results
   */
  CSimulation(KernelFolder kernels, Path folder) {
    this.kernels = kernels;
    this.folder = folder;
  }

  /**
   * One start of all kernels; every token has logits, layers and logits are traced.
   *
   * @param name of its result files
   * @param model what the kernels are told of the model
   * @param decode whether the kernels feed their own predictions
   * @param reset whether the state starts as zero
   * @param sequences S, independent sequences side by side
   * @param slot state slot of the sequence where S is 1
   * @param tokenIn ids to feed, step by step; in decode only those of the first step
   * @param tokens number of tokens of every sequence
   */
  record Start(
      String name, ModelScalars model, boolean decode, boolean reset, int sequences, int slot, int[] tokenIn,
      int tokens) {
    /** Returns the start that feeds one sequence into slot 0. */
    static Start prefill(String name, ModelScalars model, boolean reset, int[] tokenIn) {
      return new Start(name, model, false, reset, 1, 0, tokenIn, tokenIn.length);
    }

    /** Returns the start that goes on with the sequence in slot 0. */
    static Start decode(String name, ModelScalars model, int first, int tokens) {
      return new Start(name, model, true, false, 1, 0, new int[] {first}, tokens);
    }

    /** Returns which lane computes what. */
    LanePlan plan(int lanes) {
      return new LanePlan(lanes, tokens, sequences, decode);
    }

    private Stream<String> lines() {
      return Stream.concat(
          Stream.concat(Stream.of("start"), model.lines(sequences == 1 && slot == 0)),
          Stream.of(
              "tokens " + tokens,
              "sequences " + sequences,
              "slot " + slot,
              "logits_for_all 1",
              "reset " + (reset ? 1 : 0),
              "decode " + (decode ? 1 : 0),
              "trace_layers 1",
              "trace_logits 1",
              "token_in " + Arrays.stream(tokenIn).mapToObj(Integer::toString).collect(Collectors.joining(" ")),
              "token_out " + name + TOKENS,
              "trace " + name + TRACE));
    }
  }

  /** Compiles the kernels; returns the program. */
  Path compile(CppCompiler compiler) throws IOException {
    return compile(compiler, List.of());
  }

  /** Compiles the kernels with further options, which choose a mode of the simulation; returns the program. */
  Path compile(CppCompiler compiler, List<String> options) throws IOException {
    return compiler.compile(kernels.csimSources(), kernels.csimIncludes(), options, folder);
  }

  /**
   * Runs starts one after the other without a reload.
   *
   * @param images unit images in order, core image, embedding image
   * @param progress advanced by tokens
   * @throws LightMambaException {@link ErrorCode#SIMULATION_FAILED}, with the blocked streams after a deadlock
   */
  void run(Path program, KernelFolder.Images images, List<Start> starts, Progress progress) throws IOException {
    run(program, images, List.of("seed 1"), starts, progress);
  }

  /**
   * As {@link #run(Path, KernelFolder.Images, List, Progress)}, with lines of the description of the run: the seed of
   * the garbage in memories, and what the mode of the program knows.
   */
  void run(Path program, KernelFolder.Images images, List<String> settings, List<Start> starts, Progress progress)
      throws IOException {
    Path description = folder.resolve("run.txt");
    Stream<String> lines =
        Stream.of(
                images.units().stream().map(image -> "unit_image " + image),
                Stream.of(
                    "core_image " + images.core(),
                    "embedding_image " + images.embedding(),
                    "statistics " + STATISTICS,
                    "progress 1"),
                settings.stream(),
                starts.stream().flatMap(Start::lines))
            .flatMap(s -> s);
    Files.write(description, lines.toList());
    Invocation invocation =
        Invocation.of(folder, List.of(program.toString(), description.getFileName().toString()))
            .withLog(folder.resolve("csim.log"))
            .withTimeout(TIMEOUT)
            .withLines(
                line -> {
                  if (line.startsWith("progress ")) {
                    progress.advance(1);
                  }
                });
    ProcessResult result = new ProcessRunner().run(invocation);
    if (!result.good()) {
      throw failed(result);
    }
  }

  /** Returns the token ids that a start wrote. */
  int[] tokens(Start start) throws IOException {
    byte[] content = Files.readAllBytes(folder.resolve(start.name + TOKENS));
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    int[] ids = new int[bytes.remaining() / Integer.BYTES];
    bytes.asIntBuffer().get(ids);
    return ids;
  }

  /**
   * Leaves in the folder only what is worth keeping, and says the same on every machine: statistics of the streams, and
   * the results of the starts if asked for. Program, objects, logs and the description of the run, which names the
   * images by their paths, go.
   *
   * @param keepResults whether traces and token ids stay, to look at a difference
   */
  void tidy(boolean keepResults) throws IOException {
    List<Path> gone;
    try (Stream<Path> files = Files.list(folder)) {
      gone = files.filter(file -> !kept(file.getFileName().toString(), keepResults)).toList();
    }
    for (Path file : gone) {
      Files.delete(file);
    }
  }

  private static boolean kept(String name, boolean keepResults) {
    return name.equals(STATISTICS) || keepResults && (name.endsWith(TRACE) || name.endsWith(TOKENS));
  }

  private static LightMambaException failed(ProcessResult result) {
    String tail =
        result.tail().stream()
            .filter(line -> !line.startsWith("progress "))
            .collect(Collectors.joining("\n  ", "\n  ", "\n"));
    String how =
        result.timedOut()
            ? "did not end within " + TIMEOUT.toHours() + " hours"
            : "ended with exit code " + result.exitCode();
    boolean deadlock = result.exitCode() == EXIT_DEADLOCK;
    return new LightMambaException(
        ErrorCode.SIMULATION_FAILED,
        "The C simulation " + (deadlock ? "stands still: every process waits for a stream." : how + ".") + tail,
        deadlock
            ? "if you changed the accelerator sources, give the streams named above the depth that their processes"
                + " need; else report it as a bug."
            : "read the lines above; if you did not change the accelerator sources, report it as a bug.");
  }
}

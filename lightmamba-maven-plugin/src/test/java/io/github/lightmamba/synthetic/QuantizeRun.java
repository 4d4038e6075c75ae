package io.github.lightmamba.synthetic;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Origin;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.ConsoleProgress;
import io.github.lightmamba.quantize.Method;
import io.github.lightmamba.quantize.QuantizationOptions;
import io.github.lightmamba.quantize.QuantizeRequest;
import io.github.lightmamba.quantize.QuantizeStage;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.safetensors.DType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The stage {@code quantize} on a synthetic checkpoint, in a Java machine of its own: with a tokenizer and texts made
 * up for it, as a whole, from the digests of the checkpoint to the manifest. Prints time, processor time and the
 * largest resident memory.
 */
public final class QuantizeRun {
  private static final int CALIBRATION_TOKENS = 32 * 512;
  private static final int WINDOW_TOKENS = 64;

  private QuantizeRun() {}

  /**
   * Quantizes.
   *
   * @param args folder of the checkpoint, work folder, scheme, method, windows of the evaluation; a checkpoint that
   *     does not exist is made first, of the size that is the folder's name ({@link SyntheticShape#of})
   */
  public static void main(String[] args) throws IOException {
    if (args.length != 5) {
      throw new IllegalArgumentException("arguments: checkpoint work W4A4|W4A8|W8A8 RTN|GPTQ windows");
    }
    Path checkpoint = Path.of(args[0]);
    if (!Files.exists(checkpoint)) {
      SyntheticShape shape = SyntheticShape.of(checkpoint.getFileName().toString());
      SyntheticCheckpoint.write(checkpoint, shape, SyntheticCheckpoint.Decays.USUAL, DType.BF16, 1);
    }
    Path work = Files.createDirectories(Path.of(args[1]));
    QuantizationOptions options =
        new QuantizationOptions(Scheme.valueOf(args[2]), 8, Method.valueOf(args[3]), 0, 16);
    QuantizeRequest request = request(checkpoint, work, options, Integer.parseInt(args[4]));
    ConsoleProgress progress =
        new ConsoleProgress(
            System.out::println, line -> System.out.println("warning: " + line), null, System::nanoTime);
    long start = System.nanoTime();
    Workspace workspace = request.workspace();
    new StageRunner(
            workspace, new Origin("1", "run", "quantize@run"), new FileDigests(workspace.digestMemo(), false), progress)
        .run(new QuantizeStage(), request);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "total %.1f s, %.1f s of processor time, %s%n",
        seconds,
        processorSeconds(),
        Files.isReadable(Path.of("/proc/self/status")) ? peakMemory() : "peak memory unknown");
  }

  /** Returns a request with made-up texts and, if the checkpoint has none, a made-up tokenizer. */
  static QuantizeRequest request(Path checkpoint, Path work, QuantizationOptions options, int windows)
      throws IOException {
    int vocabulary;
    try (Checkpoint opened = Checkpoint.open(checkpoint)) {
      vocabulary = opened.config().vocabularySize();
    }
    Path tokenizer = Files.writeString(work.resolve("words.json"), tokenizer(vocabulary));
    Path calibration = Files.writeString(work.resolve("calibration.txt"), text(CALIBRATION_TOKENS, vocabulary, 1));
    int scored = Math.max(1, windows) * WINDOW_TOKENS + 1;
    Path evaluation = Files.writeString(work.resolve("evaluation.txt"), text(scored, vocabulary, 2));
    return new QuantizeRequest(
        new Workspace(work.resolve("lightmamba")), checkpoint, tokenizer, options, calibration, evaluation, windows,
        WINDOW_TOKENS);
  }

  private static String text(int words, int vocabulary, long seed) {
    return new SplittableRandom(seed)
        .ints(words, 0, vocabulary)
        .mapToObj(i -> "w" + i)
        .collect(Collectors.joining(" "));
  }

  private static String tokenizer(int words) {
    String vocabulary =
        IntStream.range(0, words).mapToObj(i -> "\"w" + i + "\":" + i).collect(Collectors.joining(","));
    return "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[],\"normalizer\":null,"
        + "\"pre_tokenizer\":{\"type\":\"Whitespace\"},\"post_processor\":null,\"decoder\":null,"
        + "\"model\":{\"type\":\"WordLevel\",\"vocab\":{" + vocabulary + "},\"unk_token\":\"w0\"}}";
  }

  private static double processorSeconds() {
    com.sun.management.OperatingSystemMXBean system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getProcessCpuTime() / 1e9;
  }

  private static String peakMemory() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.matches("(VmHWM|RssAnon|RssFile):.*"))
        .map(line -> line.replaceAll("\\s+", " "))
        .collect(Collectors.joining(", "));
  }
}

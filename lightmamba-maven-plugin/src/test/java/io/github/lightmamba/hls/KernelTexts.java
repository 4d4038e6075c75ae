package io.github.lightmamba.hls;

import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.GenerateKernelsRequest;
import io.github.lightmamba.kernel.GenerateKernelsStage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The sources that Vitis gets: the headers, and the kernels that the goal generates for a small model. */
final class KernelTexts {
  private KernelTexts() {}

  static Map<String, String> headers() {
    AcceleratorSource source = AcceleratorSource.bundled();
    Map<String, String> texts = new TreeMap<>();
    for (String path : source.list()) {
      if (path.startsWith("include/")) {
        texts.put(path, new String(source.read(path), StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  /** Generates into {@code folder/output}, with the lanes of the board's profile. */
  static Map<String, String> generated(Path folder, Board board) throws IOException {
    return generated(folder, board, 0);
  }

  /** Generates into {@code folder/output}, with so many lanes. */
  static Map<String, String> generated(Path folder, Board board, int lanes) throws IOException {
    Path quantized = Files.createDirectory(folder.resolve("quantized"));
    QuantizedModelFolder.write(quantized, TinyModels.tied(), "w8a8");
    Path output = Files.createDirectory(folder.resolve("output"));
    GenerateKernelsRequest request = new GenerateKernelsRequest(new Workspace(folder), quantized, board, lanes, null);
    new GenerateKernelsStage().run(request, output, Progress.SILENT);
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(output.resolve("hls"))) {
      List<Path> sources = files.filter(file -> file.toString().matches(".*\\.[ch]pp")).toList();
      for (Path file : sources) {
        texts.put("hls/" + file.getFileName(), Files.readString(file));
      }
    }
    return texts;
  }
}

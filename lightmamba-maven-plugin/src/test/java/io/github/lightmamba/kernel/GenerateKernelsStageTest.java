package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the stage writes depends on model and board only. */
class GenerateKernelsStageTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Board.class)
  void filesAreTheSameEachTimeAndWherever(Board board) throws Exception {
    Map<String, String> first = generate("here", board);
    assertThat(first).containsKeys("hls/lightmamba_config.hpp", "hls/unit.cpp", "hls/core.cpp", "images/unit_0.bin");
    assertThat(generate("there/and/elsewhere", board)).isEqualTo(first);
    first.forEach((name, content) -> assertThat(content).as(name).doesNotContain(folder.toString()));
  }

  /** The causes make up what the model does not need; the estimate's tests hold them against written images. */
  @Test
  void paddingIsListedByCause() throws Exception {
    JsonNode report = new ObjectMapper().readTree(generate("padding", Board.U280).get("report.json"));
    long sum = 0;
    for (JsonNode cause : report.path("paddingBytesPerTokenByCause")) {
      sum += cause.asLong();
    }
    assertThat(sum).isPositive().isEqualTo(report.path("paddingBytesPerToken").asLong());
  }

  /** On a board on which no design keeps 75 % of the LUTs one is made for lanes that were asked for, and only then. */
  @Test
  void aRegionMayBeFullerForLanesThatWereAskedFor() throws Exception {
    Path sources = folder.resolve("sources");
    AcceleratorSource.bundled().copyTo(sources);
    Path profile = sources.resolve("boards/u280.json");
    String smaller =
        Pattern.compile("\"lut\": (\\d+)")
            .matcher(Files.readString(profile))
            .replaceAll(lut -> "\"lut\": " + Integer.parseInt(lut.group(1)) * 4 / 5);
    Files.writeString(profile, smaller);
    assertThatThrownBy(() -> generate("chosen", Board.U280, 0, sources))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContainingAll(ErrorCode.DESIGN_INVALID.id(), "75 % are allowed");
    assertThat(generate("forced", Board.U280, 1, sources)).containsKey("hls/link.cfg");
  }

  private Map<String, String> generate(String place, Board board) throws Exception {
    return generate(place, board, 0, null);
  }

  /** Returns the files by name, a byte a character. */
  private Map<String, String> generate(String place, Board board, int lanes, Path sources) throws Exception {
    Path root = Files.createDirectories(folder.resolve(place));
    Path quantized = Files.createDirectory(root.resolve("quantized"));
    QuantizedModelFolder.write(quantized, TinyModels.tied(), "w8a8");
    Path output = Files.createDirectory(root.resolve("output"));
    GenerateKernelsRequest request =
        new GenerateKernelsRequest(new Workspace(root), quantized, board, lanes, sources);
    new GenerateKernelsStage().run(request, output, Progress.SILENT);
    return contents(output);
  }

  private static Map<String, String> contents(Path output) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = output.relativize(file).toString().replace('\\', '/');
        contents.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }
}

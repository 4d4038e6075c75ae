package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.checkpoint.Layouts;
import io.github.lightmamba.checkpoint.Layouts.Tensor;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.mamba.Golden;
import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The stage quantize")
class QuantizeStageTest {
  private static final int VOCABULARY = 121;

  @TempDir private Path folder;
  private Path model;
  private Path calibration;
  private Path evaluation;
  private Path tokenizer;

  @BeforeEach
  void files() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    calibration = Files.writeString(folder.resolve("calibration.txt"), words(600, 1));
    evaluation = Files.writeString(folder.resolve("evaluation.txt"), words(200, 2));
    tokenizer = Files.writeString(folder.resolve("other.json"), tokenizer(VOCABULARY));
  }

  @Test
  @DisplayName("depends on every file of the checkpoint and on the tokenizer that counts")
  void inputs() throws IOException {
    Layouts.shards(model, "mamba2-tied");
    assertThat(inputs(null).entries().keySet())
        .contains(
            "checkpoint config.json",
            "checkpoint model.safetensors.index.json",
            "checkpoint model-00001-of-00003.safetensors",
            "checkpoint model-00003-of-00003.safetensors")
        .doesNotContain("tokenizer");
    Inputs given = inputs(tokenizer);
    Files.writeString(model.resolve("tokenizer.json"), tokenizer(7));
    assertThat(inputs(tokenizer).changesSince(given)).isEmpty();
    assertThat(inputs(null).changesSince(given)).containsExactly("tokenizer changed");
    byte[] shard = Files.readAllBytes(model.resolve("model-00002-of-00003.safetensors"));
    shard[shard.length - 1] ^= 1;
    Files.write(model.resolve("model-00002-of-00003.safetensors"), shard);
    assertThat(inputs(tokenizer).changesSince(given))
        .containsExactly("checkpoint model-00002-of-00003.safetensors changed");
  }

  @Test
  @DisplayName("takes a checkpoint of state-spaces with a tokenizer given, and keeps a copy of it")
  void givenTokenizer() throws IOException {
    Layouts.stateSpaces(model, "mamba2-tied", VOCABULARY, 16, true);
    Path output = Files.createDirectory(folder.resolve("output"));
    new QuantizeStage().run(request(tokenizer), output, Progress.SILENT);
    assertThat(output.resolve("tokenizer.json")).hasSameBinaryContentAs(tokenizer);
    assertThat(output.resolve("report.json")).exists();
  }

  @Test
  @DisplayName("says how long the evaluation will take before it begins")
  void expectedTime() throws IOException {
    Layouts.single(model, "mamba2-tied");
    List<String> said = new ArrayList<>();
    new QuantizeStage().run(request(tokenizer), Files.createDirectory(folder.resolve("output")), noting(said));
    List<String> evaluation = said.subList(said.size() - 6, said.size());
    assertThat(evaluation.get(0))
        .startsWith("evaluation: 2 windows of 32 tokens, 64 tokens for each of 3 models; expected time ")
        .endsWith(" (estimated from a short run)");
    assertThat(evaluation.subList(1, 4))
        .containsExactly(
            "phase evaluating the float model",
            "phase evaluating the integer model",
            "phase evaluating the integer model without rotation");
  }

  private static Progress noting(List<String> said) {
    return new Progress() {
      @Override
      public void info(String line) {
        said.add(line);
      }

      @Override
      public void warn(String line) {}

      @Override
      public void phase(String name, long total) {
        said.add("phase " + name);
      }

      @Override
      public void advance(long units) {}
    };
  }

  @Test
  @DisplayName("without a tokenizer names the parameter")
  void noTokenizer() throws IOException {
    Layouts.stateSpaces(model, "mamba2-tied", VOCABULARY, 16, true);
    refused(null, ErrorCode.TOKENIZER_INVALID, "has no tokenizer.json", "-Dlightmamba.tokenizer=", "<tokenizer>");
  }

  @Test
  @DisplayName("names a tokenizer of another model")
  void foreignTokenizer() throws IOException {
    Layouts.single(model, "mamba2-tied");
    refused(
        Golden.SAMPLE.resolve("tokenizer.json"),
        ErrorCode.TOKENIZER_INVALID,
        "is outside the vocabulary of 128",
        "use the tokenizer.json that belongs to the checkpoint");
    Files.writeString(tokenizer, "{");
    refused(tokenizer, ErrorCode.TOKENIZER_INVALID, "other.json is no tokenizer");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 511})
  @DisplayName("names a calibration text that is empty or too short, and by how much")
  void shortText(int words) throws IOException {
    Layouts.single(model, "mamba2-tied");
    Files.writeString(calibration, words(words, 1));
    refused(
        tokenizer,
        ErrorCode.TEXT_INVALID,
        "The calibrationText " + calibration + " has " + words + " tokens, at least 512 are needed",
        "give a longer text");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 64})
  @DisplayName("names an evaluation text that is empty or too short, and by how much")
  void shortEvaluation(int words) throws IOException {
    Layouts.single(model, "mamba2-tied");
    Files.writeString(evaluation, words(words, 2));
    refused(
        tokenizer,
        ErrorCode.TEXT_INVALID,
        "the evaluation text has " + words + " tokens, 2 windows of 32 need 65",
        "Do: give a longer text, or set lightmamba.windows");
  }

  @ParameterizedTest
  @ValueSource(strings = {"backbone.layers.1.mixer.in_proj.weight", "backbone.embeddings.weight"})
  @DisplayName("names a matrix with a value that is not finite")
  void notFinite(String name) throws IOException {
    Map<String, Tensor> tensors = new TreeMap<>(Layouts.tensors("mamba2-tied"));
    Arrays.fill(tensors.get(name).values(), Float.NaN);
    Files.copy(Golden.folder("mamba2-tied").resolve("config.json"), model.resolve("config.json"));
    Layouts.safetensors(model.resolve("model.safetensors"), tensors);
    refused(tokenizer, ErrorCode.TENSOR_INVALID, name + " row ", " is NaN", "Do: ");
  }

  private void refused(Path given, ErrorCode code, String... reasons) {
    assertThatThrownBy(() -> new QuantizeStage().run(request(given), folder.resolve("nowhere"), Progress.SILENT))
        .isInstanceOfSatisfying(LightMambaException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContainingAll(reasons);
  }

  private Inputs inputs(Path given) {
    return new QuantizeStage().inputs(request(given), new FileDigests(folder.resolve("digests.json"), false));
  }

  private QuantizeRequest request(Path given) {
    QuantizationOptions options = new QuantizationOptions(Scheme.W8A8, 8, Method.RTN, 0, 16);
    return new QuantizeRequest(
        new Workspace(folder.resolve("work")), model, given, options, calibration, evaluation, 2, 32);
  }

  private static String words(int count, long seed) {
    return new SplittableRandom(seed)
        .ints(count, 0, VOCABULARY)
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
}

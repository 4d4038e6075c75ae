package io.github.lightmamba.mamba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.perplexity.EvaluationWindows;
import io.github.lightmamba.perplexity.Perplexity;
import io.github.lightmamba.perplexity.Score;
import io.github.lightmamba.perplexity.TextOverlap;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("The float model, on the sample checkpoint,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SampleModelTest {
  private Checkpoint checkpoint;
  private TextTokenizer tokenizer;
  private FloatModel model;
  private int[] heldout;

  @BeforeAll
  void open() throws IOException {
    checkpoint = Checkpoint.open(Golden.SAMPLE);
    tokenizer = TextTokenizer.open(Golden.SAMPLE);
    model = FloatModel.of(checkpoint);
    heldout = tokenizer.encode(Files.readString(Golden.SAMPLE.resolve("heldout.txt")));
  }

  @AfterAll
  void close() {
    tokenizer.close();
    checkpoint.close();
  }

  @Test
  @DisplayName("reads the token ids of Hugging Face")
  void tokenIds() {
    int[] golden = Golden.sequences(Golden.SAMPLE)[0].tokens();
    assertThat(Arrays.copyOf(heldout, golden.length)).isEqualTo(golden);
  }

  @Test
  @DisplayName("has the logits of transformers within 2e-3")
  void logits() {
    Golden.Sequence golden = Golden.sequences(Golden.SAMPLE)[0];
    float[] logits = Golden.logits(model, golden.tokens(), golden.tokens().length);
    double difference = Golden.largestDifference(logits, golden.logits());
    assertThat(difference).as("largest difference").isLessThan(2e-3);
  }

  @Test
  @DisplayName("has the same bits for prefill and decode")
  void batchedEqualsStepwise() {
    int[] tokens = Arrays.copyOf(heldout, 40);
    assertThat(Golden.logits(model, tokens, 1)).isEqualTo(Golden.logits(model, tokens, 40));
  }

  @Test
  @DisplayName("continues the prompt with the 64 tokens of transformers")
  void greedy() throws IOException {
    int[] golden;
    try (SafetensorsFile file = SafetensorsFile.open(Golden.SAMPLE.resolve("golden.safetensors"))) {
      golden = file.int32s("greedy_ids");
    }
    JsonNode facts = new ObjectMapper().readTree(Golden.SAMPLE.resolve("golden.json").toFile());
    String text = Files.readString(Golden.SAMPLE.resolve("heldout.txt"));
    int[] prompt = tokenizer.encode(text.substring(0, facts.path("prompt_chars").intValue()));
    int[] ids = Arrays.copyOf(prompt, prompt.length + 64);
    int[] next = new int[1];
    LanguageModel.Sequence sequence = model.start();
    sequence.append(prompt, (position, logits) -> next[0] = largest(logits));
    for (int i = prompt.length; i < ids.length; i++) {
      ids[i] = next[0];
      sequence.append(new int[] {ids[i]}, (position, logits) -> next[0] = largest(logits));
    }
    assertThat(ids).isEqualTo(golden);
    assertThat(tokenizer.decode(ids)).isEqualTo(facts.path("greedy_text").textValue());
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Test
  @DisplayName("has the perplexity of transformers over 24 windows of 512 tokens")
  void perplexity() {
    Score score = Perplexity.of(model, new EvaluationWindows(heldout, 24, 512), Progress.SILENT);
    assertThat(score.perplexity().mean()).isCloseTo(26.316, within(0.01));
    assertThat(score.perplexity().standardError()).isBetween(0.1, 3.0);
  }

  @Test
  @DisplayName("is evaluated on a text that calibration does not contain")
  void textsAreApart() throws IOException {
    int[] calibration = tokenizer.encode(Files.readString(Golden.SAMPLE.resolve("calibration.txt")));
    assertThat(TextOverlap.find(heldout, calibration)).isEmpty();
  }
}

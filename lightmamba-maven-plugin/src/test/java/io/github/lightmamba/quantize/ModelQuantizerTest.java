package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.tensor.HeapMatrix;
import io.github.lightmamba.tensor.Matrix;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelQuantizerTest {
  private static final QuantizationOptions OPTIONS = new QuantizationOptions(Scheme.W8A8, 8, Method.RTN, 0, 32);

  @TempDir Path folder;

  @Test
  void aQuantizedModelSurvivesTheDisk() throws Exception {
    QuantizedModel model = TinyModels.tied();
    QuantizedModelFolder.write(folder, model, "w8a8");
    byte[] first = Files.readAllBytes(folder.resolve("quantized.safetensors"));
    try (QuantizedModelFolder opened = QuantizedModelFolder.open(folder)) {
      assertThat(opened.scheme()).isEqualTo("w8a8");
      assertThat(opened.model().shape()).isEqualTo(model.shape());
      Path again = Files.createDirectory(folder.resolve("again"));
      QuantizedModelFolder.write(again, opened.model(), opened.scheme());
      assertThat(Files.readAllBytes(again.resolve("quantized.safetensors"))).isEqualTo(first);
      assertThat(again.resolve("quantized.json")).hasSameTextualContentAs(folder.resolve("quantized.json"));
    }
  }

  /**
   * The block that is fused differs from the block that runs as the original in one weight: the self-test has to see
   * it.
   */
  @Test
  void aWrongRotationIsFound() throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(TinyModels.TIED)) {
      ModelWeights weights = ModelWeights.of(checkpoint);
      LayerWeights layer = weights.layers().get(0);
      AtomicInteger calls = new AtomicInteger();
      LayerWeights changing =
          (LayerWeights)
              Proxy.newProxyInstance(
                  getClass().getClassLoader(),
                  new Class<?>[] {LayerWeights.class},
                  (proxy, method, arguments) ->
                      // The first reader fuses for the original stream, the second for the rotated one.
                      method.getName().equals("inProj") && calls.getAndIncrement() == 1
                          ? perturbed(layer.inProj())
                          : method.invoke(layer, arguments));
      ModelWeights wrong =
          new ModelWeights(
              weights.config(),
              weights.embedding(),
              List.of(changing, weights.layers().get(1)),
              weights.finalNorm(),
              weights.head());
      ModelRotation rotation = new ModelRotation(weights.config().hiddenSize(), weights.config().innerSize(), 0);
      int[] tokens = TinyModels.tokens(512, 128, 1);
      assertThatThrownBy(() -> run(wrong, rotation, tokens))
          .isInstanceOf(LightMambaException.class)
          .hasMessageStartingWith("LM-QUANT-001");
      assertThat(run(weights, rotation, tokens).proof().logitDifference()).isLessThan(1e-4);
    }
  }

  private ModelQuantizer.Result run(ModelWeights weights, ModelRotation rotation, int[] tokens) throws IOException {
    UnfinishedWork work = UnfinishedWork.open(folder.resolve("work"), "");
    try {
      WorkPlan plan = new WorkPlan(1, WorkPlan.WINDOW_TOKENS, true, false, false);
      return new ModelQuantizer(weights, OPTIONS).run(rotation, tokens, plan, work, Progress.SILENT);
    } finally {
      work.delete();
    }
  }

  private static Matrix perturbed(Matrix matrix) {
    HeapMatrix copy = HeapMatrix.copyOf(matrix);
    copy.values()[copy.cols() * (copy.rows() / 2)] += 1;
    return copy;
  }
}

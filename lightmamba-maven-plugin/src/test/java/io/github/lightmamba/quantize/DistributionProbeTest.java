package io.github.lightmamba.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.mamba.LayerState;
import io.github.lightmamba.mamba.LayerWeights;
import io.github.lightmamba.mamba.MambaBlock;
import io.github.lightmamba.mamba.ModelWeights;
import io.github.lightmamba.report.Distribution;
import io.github.lightmamba.report.DistributionPlot;
import io.github.lightmamba.report.LayerDistributions;
import io.github.lightmamba.rotation.FusedLayer;
import io.github.lightmamba.rotation.ModelRotation;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.synthetic.SyntheticCheckpoint;
import io.github.lightmamba.synthetic.SyntheticCheckpoint.Decays;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistributionProbeTest {
  private static final int TOKENS = 64;

  @TempDir Path folder;

  @Test
  void rotationNarrowsWhatTheProbeSees() throws IOException {
    SyntheticCheckpoint.write(folder, SyntheticShape.of("small"), Decays.USUAL, DType.F32, 1);
    List<LayerDistributions> before = new ArrayList<>();
    List<LayerDistributions> after = new ArrayList<>();
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      ModelWeights weights = ModelWeights.of(checkpoint);
      int hidden = weights.config().hiddenSize();
      int inner = weights.config().innerSize();
      ModelRotation rotation = new ModelRotation(hidden, inner, 0);
      int[] text = TinyModels.tokens(TOKENS, weights.config().vocabularySize(), 1);
      float[] plain = new float[TOKENS * hidden];
      float[] rotated = new float[TOKENS * hidden];
      for (int t = 0; t < TOKENS; t++) {
        weights.embedding().readRow(text[t], plain, t * hidden);
        double[] row = new double[hidden];
        FusedLayer.fuseRow(weights.embedding(), text[t], null, rotation, row);
        for (int i = 0; i < hidden; i++) {
          rotated[t * hidden + i] = (float) row[i];
        }
      }
      for (LayerWeights layer : weights.layers()) {
        before.add(run(layer, plain, 1));
        after.add(run(FusedLayer.of(layer, rotation), rotated, 1 / Math.sqrt(inner)));
      }
    }

    for (int layer = 0; layer < before.size(); layer++) {
      narrows(before.get(layer).inProjInput(), after.get(layer).inProjInput());
      narrows(before.get(layer).outProjInput(), after.get(layer).outProjInput());
      // A rotation keeps lengths: the weights of out_proj have the same size but for what it spreads.
      double ratio = after.get(layer).outProjWeight().median() / before.get(layer).outProjWeight().median();
      assertThat(ratio).isBetween(0.8, 1.25);
    }
    String svg = DistributionPlot.svg("small", before, after);
    assertThat(svg).startsWith("<svg ").endsWith("</svg>\n");
    Files.writeString(Path.of("target/distributions-small.svg"), svg);
  }

  private static LayerDistributions run(LayerWeights layer, float[] hidden, double innerScale) {
    DistributionProbe probe = new DistributionProbe(32, innerScale);
    MambaBlock.forward(layer, hidden, TOKENS, new LayerState(layer.config()), probe);
    return probe.distributions(layer, 4, 4, ModelShape.weightGroup(layer.config().hiddenSize()));
  }

  /** The largest value comes closer to the median: the grid has less to cover. */
  private static void narrows(Distribution before, Distribution after) {
    assertThat(after.most() / after.median()).isLessThan(0.7 * before.most() / before.median());
    assertThat(after.gridLow()).isLessThan(after.median());
  }
}

package io.github.lightmamba.mamba;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.checkpoint.Mamba2Config;
import io.github.lightmamba.tensor.Matrix;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The weights of a whole model, from a checkpoint or changed from one.
 *
 * @param config the architecture
 * @param embedding (vocabulary, hidden)
 * @param layers the blocks, first to last
 * @param finalNorm (hidden)
 * @param head (vocabulary, hidden)
 */
public record ModelWeights(
    Mamba2Config config, Matrix embedding, List<LayerWeights> layers, float[] finalNorm, Matrix head) {
  /** Keeps an unmodifiable copy of the list. */
  public ModelWeights {
    layers = List.copyOf(layers);
  }

  /** Returns the weights of a checkpoint, which must stay open as long as they are used. */
  public static ModelWeights of(Checkpoint checkpoint) {
    Mamba2Config config = checkpoint.config();
    List<LayerWeights> layers =
        IntStream.range(0, config.layers()).<LayerWeights>mapToObj(i -> BlockWeights.of(checkpoint, i)).toList();
    return new ModelWeights(config, checkpoint.embedding(), layers, checkpoint.finalNorm(), checkpoint.head());
  }
}

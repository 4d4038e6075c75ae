package io.github.lightmamba.integer;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.rotation.HadamardTransform;
import io.github.lightmamba.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A quantized model on disk: {@code quantized.json} with the scalars, {@code quantized.safetensors} with the integers.
 * The large tensors stay mapped.
 */
public final class QuantizedModelFolder implements AutoCloseable {
  /** The scalars. */
  public static final String SCALARS = "quantized.json";

  /** The integers. */
  public static final String TENSORS = "quantized.safetensors";

  private final SafetensorsFile tensors;
  private final ModelHeader header;
  private final QuantizedModel model;

  private QuantizedModelFolder(Path folder) throws IOException {
    header = ModelHeader.read(folder.resolve(SCALARS));
    tensors = SafetensorsFile.open(folder.resolve(TENSORS));
    ModelShape shape = header.shape();
    List<QuantizedLayer> layers = new ArrayList<>();
    for (int l = 0; l < shape.layers(); l++) {
      layers.add(layer("layers." + l + ".", header.layers().get(l)));
    }
    ShortBuffer embedding = tensors.bytes("embedding").order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    model =
        new QuantizedModel(
            shape,
            header.activationBits(),
            header.activationGroup(),
            embedding,
            header.embeddingShift(),
            header.epsilon(),
            header.dtLow(),
            header.dtHigh(),
            layers,
            matrix("lm_head", shape.vocabulary(), shape.model(), header.headBits()),
            new HadamardTransform(shape.inner()));
  }

  /**
   * Opens a model.
   *
   * @throws LightMambaException {@link ErrorCode#STAGE_MISSING} if the files are not there or damaged
   */
  public static QuantizedModelFolder open(Path folder) {
    try {
      return new QuantizedModelFolder(folder);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.STAGE_MISSING,
          "The quantized model in " + folder + " cannot be read (" + e.getMessage() + ").",
          "run the goal quantize again.",
          e);
    }
  }

  /** Returns the model; valid until {@link #close}. */
  public QuantizedModel model() {
    return model;
  }

  /** Returns the scheme's name. */
  public String scheme() {
    return header.scheme();
  }

  /** Returns the width of the weights of in_proj and out_proj. */
  public int weightBits() {
    return header.weightBits();
  }

  /** Returns the width of the weights of the LM head. */
  public int headBits() {
    return header.headBits();
  }

  private QuantizedLayer layer(String prefix, LayerScalars scalars) {
    ModelShape shape = header.shape();
    return new QuantizedLayer(
        matrix(prefix + "in_proj", shape.inProjRows(), shape.model(), header.weightBits()),
        matrix(prefix + "out_proj", shape.model(), shape.inner(), header.weightBits()),
        shape.bias() ? tensors.int32s(prefix + "in_proj.bias") : new int[0],
        shape.bias() ? tensors.int32s(prefix + "out_proj.bias") : new int[0],
        tensors.int16s(prefix + "conv.weight"),
        tensors.int32s(prefix + "conv.bias"),
        tensors.int8s(prefix + "conv.shift"),
        tensors.int32s(prefix + "dt_bias"),
        tensors.int32s(prefix + "rate.mantissa"),
        tensors.int8s(prefix + "rate.shift"),
        tensors.int32s(prefix + "skip"),
        tensors.int8s(prefix + "state_bits"),
        scalars.gateShift(),
        scalars.gatedEpsilon(),
        tensors.int16s(prefix + "gated_norm"),
        scalars.gatedNormShift());
  }

  private QuantizedMatrix matrix(String name, int rows, int cols, int bits) {
    byte[] mantissas = tensors.int8s(name + ".mantissa");
    int group = (int) ((long) rows * cols / mantissas.length);
    return new QuantizedMatrix(
        rows, cols, bits, group, tensors.bytes(name + ".weight"), mantissas, tensors.int8s(name + ".kappa"));
  }

  @Override
  public void close() {
    tensors.close();
  }

  /**
   * Writes a model.
   *
   * @param scheme its name
   * @throws LightMambaException if writing fails
   */
  public static void write(Path folder, QuantizedModel model, String scheme) {
    QuantizedLayer first = model.layers().get(0);
    QuantizedModelWriter.Plan plan =
        new QuantizedModelWriter.Plan(
            scheme,
            model.shape(),
            first.inProj().bits(),
            model.head().bits(),
            model.activationBits(),
            model.activationGroup(),
            first.inProj().group(),
            first.outProj().group(),
            model.head().group());
    try (QuantizedModelWriter writer = QuantizedModelWriter.create(folder, plan)) {
      ShortBuffer embedding = model.embedding().duplicate().rewind();
      while (embedding.hasRemaining()) {
        short[] values = new short[Math.min(embedding.remaining(), 1 << 16)];
        embedding.get(values);
        writer.embedding(values);
      }
      writer.head(model.head());
      List<LayerScalars> scalars = new ArrayList<>();
      for (int l = 0; l < model.layers().size(); l++) {
        QuantizedLayer layer = model.layers().get(l);
        writer.layer(l, layer);
        writer.outProjResults(l, layer.outProj().kappas(), layer.outProjBias());
        scalars.add(LayerScalars.of(layer));
      }
      writer.finish(model.embeddingShift(), model.epsilon(), model.dtLow(), model.dtHigh(), scalars);
    }
  }
}

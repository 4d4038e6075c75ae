package io.github.lightmamba.integer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.rotation.HadamardTransform;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.SafetensorsFile;
import io.github.lightmamba.safetensors.SafetensorsWriter;
import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A quantized model on disk: {@code quantized.json} with the scalars, {@code quantized.safetensors} with the integers.
 * The large tensors stay mapped.
 */
public final class QuantizedModelFolder implements AutoCloseable {
  private static final String SCALARS = "quantized.json";
  private static final String TENSORS = "quantized.safetensors";
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final SafetensorsFile tensors;
  private final Header header;
  private final QuantizedModel model;

  /** The scalars of a block. */
  private record LayerHeader(int gateShift, long gatedEpsilon, int gatedNormShift) {}

  /** {@code quantized.json}. */
  private record Header(
      int format,
      String scheme,
      ModelShape shape,
      int weightBits,
      int headBits,
      int activationBits,
      int activationGroup,
      int embeddingShift,
      long epsilon,
      long dtLow,
      long dtHigh,
      List<LayerHeader> layers) {}

  private QuantizedModelFolder(Path folder) throws IOException {
    header = JSON.readValue(folder.resolve(SCALARS).toFile(), Header.class);
    tensors = SafetensorsFile.open(folder.resolve(TENSORS));
    ModelShape shape = header.shape;
    List<QuantizedLayer> layers = new ArrayList<>();
    for (int l = 0; l < shape.layers(); l++) {
      layers.add(layer("layers." + l + ".", header.layers.get(l)));
    }
    ShortBuffer embedding = tensors.bytes("embedding").order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    model =
        new QuantizedModel(
            shape,
            header.activationBits,
            header.activationGroup,
            embedding,
            header.embeddingShift,
            header.epsilon,
            header.dtLow,
            header.dtHigh,
            layers,
            matrix("lm_head", shape.vocabulary(), shape.model(), header.headBits),
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
    return header.scheme;
  }

  /** Returns the width of the weights of in_proj and out_proj. */
  public int weightBits() {
    return header.weightBits;
  }

  /** Returns the width of the weights of the LM head. */
  public int headBits() {
    return header.headBits;
  }

  private QuantizedLayer layer(String prefix, LayerHeader scalars) {
    ModelShape shape = header.shape;
    return new QuantizedLayer(
        matrix(prefix + "in_proj", shape.inProjRows(), shape.model(), header.weightBits),
        matrix(prefix + "out_proj", shape.model(), shape.inner(), header.weightBits),
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
        scalars.gateShift,
        scalars.gatedEpsilon,
        tensors.int16s(prefix + "gated_norm"),
        scalars.gatedNormShift);
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
   * @throws IOException if writing fails
   */
  public static void write(Path folder, QuantizedModel model, String scheme) throws IOException {
    List<LayerHeader> layerHeaders =
        model.layers().stream().map(l -> new LayerHeader(l.gateShift(), l.gatedEpsilon(), l.gatedNormShift())).toList();
    Header header =
        new Header(
            1,
            scheme,
            model.shape(),
            model.layers().get(0).inProj().bits(),
            model.head().bits(),
            model.activationBits(),
            model.activationGroup(),
            model.embeddingShift(),
            model.epsilon(),
            model.dtLow(),
            model.dtHigh(),
            layerHeaders);
    Files.writeString(folder.resolve(SCALARS), JSON.writeValueAsString(header).replace("\r\n", "\n") + "\n");
    TensorList list = new TensorList(model);
    Map<String, String> metadata = Map.of("format", "lightmamba");
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve(TENSORS), list.declarations, metadata)) {
      list.write(writer);
      writer.finish();
    }
  }

  /** The tensors of a model with what writes them, in one order. */
  private static final class TensorList {
    private interface Content {
      void write(SafetensorsWriter writer, String name);
    }

    final List<Declaration> declarations = new ArrayList<>();
    private final List<Content> contents = new ArrayList<>();

    TensorList(QuantizedModel model) {
      ModelShape shape = model.shape();
      add("embedding", DType.I16, (w, n) -> append(w, n, model.embedding()), shape.vocabulary(), shape.model());
      matrix("lm_head", model.head());
      for (int l = 0; l < shape.layers(); l++) {
        layer("layers." + l + ".", model.layers().get(l), shape);
      }
    }

    private void layer(String prefix, QuantizedLayer layer, ModelShape shape) {
      matrix(prefix + "in_proj", layer.inProj());
      matrix(prefix + "out_proj", layer.outProj());
      if (shape.bias()) {
        add(prefix + "in_proj.bias", DType.I32, (w, n) -> w.append(n, layer.inProjBias()), shape.inProjRows());
        add(prefix + "out_proj.bias", DType.I32, (w, n) -> w.append(n, layer.outProjBias()), shape.model());
      }
      int channels = shape.convChannels();
      add(prefix + "conv.weight", DType.I16, (w, n) -> w.append(n, layer.convWeights()), channels, shape.conv());
      add(prefix + "conv.bias", DType.I32, (w, n) -> w.append(n, layer.convBias()), channels);
      add(prefix + "conv.shift", DType.I8, (w, n) -> w.append(n, layer.convShifts()), channels);
      add(prefix + "dt_bias", DType.I32, (w, n) -> w.append(n, layer.dtBias()), shape.heads());
      add(prefix + "rate.mantissa", DType.I32, (w, n) -> w.append(n, layer.rateMantissas()), shape.heads());
      add(prefix + "rate.shift", DType.I8, (w, n) -> w.append(n, layer.rateShifts()), shape.heads());
      add(prefix + "skip", DType.I32, (w, n) -> w.append(n, layer.skip()), shape.heads());
      add(prefix + "state_bits", DType.I8, (w, n) -> w.append(n, layer.stateBits()), shape.heads());
      add(prefix + "gated_norm", DType.I16, (w, n) -> w.append(n, layer.gatedNorm()), shape.inner());
    }

    private void matrix(String name, QuantizedMatrix matrix) {
      Content weights = (w, n) -> w.append(n, matrix.weights().duplicate().rewind());
      add(name + ".weight", DType.I8, weights, matrix.rows(), matrix.cols());
      add(name + ".mantissa", DType.U8, (w, n) -> w.append(n, matrix.mantissas()), matrix.rows(), matrix.groups());
      add(name + ".kappa", DType.I8, (w, n) -> w.append(n, matrix.kappas()), matrix.rows());
    }

    private void add(String name, DType type, Content content, long... shape) {
      declarations.add(Declaration.of(name, type, shape));
      contents.add(content);
    }

    void write(SafetensorsWriter writer) {
      for (int i = 0; i < contents.size(); i++) {
        contents.get(i).write(writer, declarations.get(i).name());
      }
    }

    private static void append(SafetensorsWriter writer, String name, ShortBuffer values) {
      ShortBuffer source = values.duplicate().rewind();
      ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
      while (source.hasRemaining()) {
        bytes.clear();
        while (bytes.hasRemaining() && source.hasRemaining()) {
          bytes.putShort(source.get());
        }
        writer.append(name, bytes.flip());
      }
    }
  }
}

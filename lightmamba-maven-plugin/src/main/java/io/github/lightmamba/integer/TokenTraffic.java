package io.github.lightmamba.integer;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bytes that a decoded token needs of a quantized model, by tensor class: each number once, at its width, without
 * padding. The hidden state is not among them; as much of it as fits stays on chip, and its size is reported beside.
 */
public final class TokenTraffic {
  private static final int HEAD_RECORD_BYTES = 4 + 4 + 4 + 1 + 1;

  private TokenTraffic() {}

  /** Returns bytes by class, in a fixed order. */
  public static Map<String, Long> of(QuantizedModel model) {
    ModelShape shape = model.shape();
    Map<String, Long> bytes = new LinkedHashMap<>();
    bytes.put("in_proj.weight", model.layers().stream().mapToLong(l -> weights(l.inProj())).sum());
    bytes.put("out_proj.weight", model.layers().stream().mapToLong(l -> weights(l.outProj())).sum());
    bytes.put("lm_head.weight", weights(model.head()));
    long layerScales = model.layers().stream().mapToLong(l -> scales(l.inProj()) + scales(l.outProj())).sum();
    bytes.put("scales", layerScales + scales(model.head()));
    bytes.put("biases", shape.bias() ? 4L * shape.layers() * (shape.inProjRows() + shape.model()) : 0);
    bytes.put("conv", (long) shape.layers() * shape.convChannels() * (2L * shape.conv() + 4 + 1));
    bytes.put("heads", (long) shape.layers() * shape.heads() * HEAD_RECORD_BYTES);
    bytes.put("gated_norm", (long) shape.layers() * shape.inner() * 2);
    bytes.put("embedding", 2L * shape.model());
    return bytes;
  }

  /**
   * Returns the bytes of the hidden state at its widths, with its exponents: what one direction would move if it left
   * the chip.
   */
  public static long stateBytes(QuantizedModel model) {
    ModelShape shape = model.shape();
    long bits = 0;
    for (var layer : model.layers()) {
      for (byte width : layer.stateBits()) {
        bits += (long) shape.headDim() * (shape.state() * width + 8L * shape.stateGroups());
      }
    }
    return bits / 8;
  }

  private static long weights(QuantizedMatrix matrix) {
    return (long) matrix.rows() * matrix.cols() * matrix.bits() / 8;
  }

  private static long scales(QuantizedMatrix matrix) {
    return (long) matrix.rows() * (matrix.groups() + 1);
  }
}

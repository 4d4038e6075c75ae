package io.github.lightmamba.integer;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.DType;
import io.github.lightmamba.safetensors.SafetensorsWriter;
import io.github.lightmamba.safetensors.SafetensorsWriter.Declaration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes a quantized model as it is made, block by block and row by row, so that none of it has to stay on the heap;
 * {@link QuantizedModelFolder} reads it. Not thread-safe.
 *
 * <p>What was written can be {@linkplain #force made safe} after each block, and another writer {@linkplain #resume
 * goes on} after a kill.
 */
public final class QuantizedModelWriter implements AutoCloseable {
  private static final Map<String, String> METADATA = Map.of("format", "lightmamba");

  private final Path folder;
  private final Plan plan;
  private final SafetensorsWriter tensors;

  /**
   * What is known before anything is quantized.
   *
   * @param scheme its name
   * @param shape the sizes
   * @param weightBits width of the weights of in_proj and out_proj
   * @param headBits width of the weights of the LM head
   * @param activationBits width of the activations
   * @param activationGroup activations that share an exponent
   * @param inProjGroup weights of in_proj that share a mantissa
   * @param outProjGroup weights of out_proj that share a mantissa
   * @param headGroup weights of the LM head that share a mantissa
   */
  public record Plan(
      String scheme,
      ModelShape shape,
      int weightBits,
      int headBits,
      int activationBits,
      int activationGroup,
      int inProjGroup,
      int outProjGroup,
      int headGroup) {}

  private QuantizedModelWriter(Path folder, Plan plan, SafetensorsWriter tensors) {
    this.folder = folder;
    this.plan = plan;
    this.tensors = tensors;
  }

  /**
   * Starts a model.
   *
   * @param folder exists
   * @throws LightMambaException if the files cannot be written
   */
  public static QuantizedModelWriter create(Path folder, Plan plan) {
    Path file = folder.resolve(QuantizedModelFolder.TENSORS);
    return new QuantizedModelWriter(folder, plan, SafetensorsWriter.create(file, declarations(plan), METADATA));
  }

  /**
   * Goes on with a model of the same plan whose writer did not finish.
   *
   * @param layers how many blocks have been written, but for the results of their out_proj; everything else is written
   *     again
   * @throws LightMambaException if there is no such model
   */
  public static QuantizedModelWriter resume(Path folder, Plan plan, int layers) {
    Path file = folder.resolve(QuantizedModelFolder.TENSORS);
    SafetensorsWriter tensors =
        SafetensorsWriter.resume(file, declarations(plan), METADATA, name -> isWritten(name, layers));
    return new QuantizedModelWriter(folder, plan, tensors);
  }

  private static boolean isWritten(String name, int layers) {
    if (!name.startsWith("layers.") || name.endsWith(".out_proj.kappa") || name.endsWith(".out_proj.bias")) {
      return false;
    }
    int start = "layers.".length();
    return Integer.parseInt(name.substring(start, name.indexOf('.', start))) < layers;
  }

  /** Writes a block, but for κ and bias of out_proj. */
  public void layer(int index, QuantizedLayer layer) {
    String prefix = prefix(index);
    rows(prefix + "in_proj", layer.inProj());
    tensors.append(prefix + "in_proj.kappa", layer.inProj().kappas());
    rows(prefix + "out_proj", layer.outProj());
    if (plan.shape.bias()) {
      tensors.append(prefix + "in_proj.bias", layer.inProjBias());
    }
    tensors.append(prefix + "conv.weight", layer.convWeights());
    tensors.append(prefix + "conv.bias", layer.convBias());
    tensors.append(prefix + "conv.shift", layer.convShifts());
    tensors.append(prefix + "dt_bias", layer.dtBias());
    tensors.append(prefix + "rate.mantissa", layer.rateMantissas());
    tensors.append(prefix + "rate.shift", layer.rateShifts());
    tensors.append(prefix + "skip", layer.skip());
    tensors.append(prefix + "state_bits", layer.stateBits());
    tensors.append(prefix + "gated_norm", layer.gatedNorm());
  }

  /**
   * Writes what depends on the residual's binary point, which is known after the last block.
   *
   * @param kappas (model)
   * @param bias (model), or empty
   */
  public void outProjResults(int index, byte[] kappas, int[] bias) {
    tensors.append(prefix(index) + "out_proj.kappa", kappas);
    if (plan.shape.bias()) {
      tensors.append(prefix(index) + "out_proj.bias", bias);
    }
  }

  /** Writes the next rows of the embedding, or parts of rows. */
  public void embedding(short[] values) {
    tensors.append("embedding", values);
  }

  /** Writes the next rows of the LM head. */
  public void head(QuantizedMatrix next) {
    rows("lm_head", next);
    tensors.append("lm_head.kappa", next.kappas());
  }

  /** Waits until everything that was written is on the disk. */
  public void force() {
    tensors.force();
  }

  /**
   * Completes the model.
   *
   * @param embeddingShift fE − fR
   * @param epsilon ε of the RMSNorms over the residual
   * @param dtLow lower limit of dt, Q32
   * @param dtHigh upper limit of dt, Q32
   * @param layers of every block
   * @throws LightMambaException if writing fails
   * @throws IllegalStateException if something was not written
   */
  public void finish(int embeddingShift, long epsilon, long dtLow, long dtHigh, List<LayerScalars> layers) {
    ModelHeader header =
        new ModelHeader(
            1,
            plan.scheme,
            plan.shape,
            plan.weightBits,
            plan.headBits,
            plan.activationBits,
            plan.activationGroup,
            embeddingShift,
            epsilon,
            dtLow,
            dtHigh,
            layers);
    Path file = folder.resolve(QuantizedModelFolder.SCALARS);
    try {
      header.write(file);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_WRITABLE,
          file + " cannot be written (" + e + ").",
          "check the rights and the free space.",
          e);
    }
    tensors.finish();
  }

  /** Closes; what was written stays, for {@link #resume}. */
  @Override
  public void close() {
    tensors.suspend();
  }

  private void rows(String name, QuantizedMatrix matrix) {
    tensors.append(name + ".weight", matrix.weights().duplicate().rewind());
    tensors.append(name + ".mantissa", matrix.mantissas());
  }

  private static String prefix(int layer) {
    return "layers." + layer + ".";
  }

  private static List<Declaration> declarations(Plan plan) {
    ModelShape shape = plan.shape;
    List<Declaration> list = new ArrayList<>();
    list.add(Declaration.of("embedding", DType.I16, shape.vocabulary(), shape.model()));
    matrix(list, "lm_head", shape.vocabulary(), shape.model(), plan.headGroup);
    for (int l = 0; l < shape.layers(); l++) {
      layer(list, prefix(l), plan);
    }
    return list;
  }

  private static void layer(List<Declaration> list, String prefix, Plan plan) {
    ModelShape shape = plan.shape;
    matrix(list, prefix + "in_proj", shape.inProjRows(), shape.model(), plan.inProjGroup);
    matrix(list, prefix + "out_proj", shape.model(), shape.inner(), plan.outProjGroup);
    if (shape.bias()) {
      list.add(Declaration.of(prefix + "in_proj.bias", DType.I32, shape.inProjRows()));
      list.add(Declaration.of(prefix + "out_proj.bias", DType.I32, shape.model()));
    }
    list.add(Declaration.of(prefix + "conv.weight", DType.I16, shape.convChannels(), shape.conv()));
    list.add(Declaration.of(prefix + "conv.bias", DType.I32, shape.convChannels()));
    list.add(Declaration.of(prefix + "conv.shift", DType.I8, shape.convChannels()));
    list.add(Declaration.of(prefix + "dt_bias", DType.I32, shape.heads()));
    list.add(Declaration.of(prefix + "rate.mantissa", DType.I32, shape.heads()));
    list.add(Declaration.of(prefix + "rate.shift", DType.I8, shape.heads()));
    list.add(Declaration.of(prefix + "skip", DType.I32, shape.heads()));
    list.add(Declaration.of(prefix + "state_bits", DType.I8, shape.heads()));
    list.add(Declaration.of(prefix + "gated_norm", DType.I16, shape.inner()));
  }

  private static void matrix(List<Declaration> list, String name, int rows, int cols, int group) {
    list.add(Declaration.of(name + ".weight", DType.I8, rows, cols));
    list.add(Declaration.of(name + ".mantissa", DType.U8, rows, cols / group));
    list.add(Declaration.of(name + ".kappa", DType.I8, rows));
  }
}

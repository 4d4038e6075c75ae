package io.github.lightmamba.integer;

import static io.github.lightmamba.integer.FixedPoint.limit;
import static io.github.lightmamba.integer.FixedPoint.saturate;
import static io.github.lightmamba.integer.FixedPoint.shift;
import static io.github.lightmamba.integer.NumericFormat.GATED_BITS;
import static io.github.lightmamba.integer.NumericFormat.VALUE_BITS;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The reference of the accelerator: Mamba-2 on integers, from token ids to Q16 logits, bit for bit what the kernels
 * compute
 * ({@code docs/numerics.md}).
 *
 * <p>Thread-safe; a {@link Sequence} belongs to one thread at a time. Results depend neither on how tokens are cut into
 * calls nor on the number of
 * processors.
 */
public final class IntegerModel {
  private static final int BATCH = 64;
  private static final int[] NO_BIAS = {};

  private final QuantizedModel model;
  private final Saturations saturations = new Saturations();

  /** Creates the model over its weights. */
  public IntegerModel(QuantizedModel model) {
    this.model = model;
  }

  /** Returns what it runs. */
  public QuantizedModel model() {
    return model;
  }

  /** Returns the counters of everything that this model has run. */
  public Saturations saturations() {
    return saturations;
  }

  /** Starts a sequence from a zero state. */
  public Sequence start() {
    return new Sequence();
  }

  /** Sees the values that verification compares; arrays are reused between calls. */
  public interface Trace {
    /** Sees nothing and asks for no logits. */
    Trace NONE =
        new Trace() {
          @Override
          public boolean wantsLogits(int position) {
            return false;
          }

          @Override
          public boolean wantsResiduals() {
            return false;
          }

          @Override
          public void residual(int position, int layer, int[] values) {}

          @Override
          public void logits(int position, int[] values) {}
        };

    /** Whether the LM head runs for the token at {@code position}, counted from the start of the sequence. */
    boolean wantsLogits(int position);

    /** Whether {@link #residual} is called. */
    boolean wantsResiduals();

    /** The residual stream after a block, (model). */
    void residual(int position, int layer, int[] values);

    /** Q16 logits, (vocabulary). */
    void logits(int position, int[] values);
  }

  /** Returns the index of the largest logit, the lowest on ties. */
  public static int argmax(int[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /** One sequence: its state, and tokens appended to it. */
  public final class Sequence {
    private final IntegerState state = new IntegerState(model.shape());
    private int position;

    private Sequence() {}

    /** Runs tokens through the model, one after the other in effect, in batches in fact. */
    public void append(int[] tokens, Trace trace) {
      for (int first = 0; first < tokens.length; first += BATCH) {
        batch(Arrays.copyOfRange(tokens, first, Math.min(tokens.length, first + BATCH)), trace);
      }
    }

    private void batch(int[] tokens, Trace trace) {
      int count = tokens.length;
      int[] residual = embed(tokens);
      int[] vector = new int[model.shape().model()];
      for (int l = 0; l < model.shape().layers(); l++) {
        block(l, residual, count);
        if (trace.wantsResiduals()) {
          for (int t = 0; t < count; t++) {
            column(residual, t, count, vector);
            trace.residual(position + t, l, vector);
          }
        }
      }
      head(residual, count, trace);
      position += count;
    }

    private int[] embed(int[] tokens) {
      int width = model.shape().model();
      int[] residual = new int[width * tokens.length];
      long saturated = 0;
      for (int t = 0; t < tokens.length; t++) {
        for (int i = 0; i < width; i++) {
          long value = shift(model.embedding().get(tokens[t] * width + i), model.embeddingShift(), VALUE_BITS);
          saturated += Math.abs(value) == limit(VALUE_BITS) ? 1 : 0;
          residual[i * tokens.length + t] = (int) value;
        }
      }
      saturations.add(Saturations.Kind.RESIDUAL, saturated);
      return residual;
    }

    private void head(int[] residual, int count, Trace trace) {
      int[] wanted = IntStream.range(0, count).filter(t -> trace.wantsLogits(position + t)).toArray();
      if (wanted.length == 0) {
        return;
      }
      int width = model.shape().model();
      int[] selected = new int[width * wanted.length];
      for (int i = 0; i < width; i++) {
        for (int s = 0; s < wanted.length; s++) {
          selected[i * wanted.length + s] = residual[i * count + wanted[s]];
        }
      }
      int[] logits = IntegerGemm.multiply(
              model.head(),
              normalised(selected, wanted.length, QuantizedModel.HEAD_ACTIVATION_BITS),
              NO_BIAS,
              saturations);
      int[] vector = new int[model.shape().vocabulary()];
      for (int s = 0; s < wanted.length; s++) {
        column(logits, s, wanted.length, vector);
        trace.logits(position + wanted[s], vector);
      }
    }

    private void block(int l, int[] residual, int count) {
      ModelShape shape = model.shape();
      QuantizedLayer layer = model.layers().get(l);
      int inner = shape.inner();
      ActivationBatch input = normalised(residual, count, model.activationBits());
      int[] projection = IntegerGemm.multiply(layer.inProj(), input, layer.inProjBias(), saturations);
      int convFrom = inner * count;
      int[] conv = new int[shape.convChannels() * count];
      IntStream.range(0, shape.convChannels())
          .parallel()
          .forEach(
              c ->
                  IntegerConvolution.apply(
                      layer,
                      c,
                      shape.conv(),
                      projection,
                      convFrom + c * count,
                      count,
                      state.history[l],
                      conv,
                      c * count,
                      saturations));
      int[] bc = Arrays.copyOfRange(conv, inner * count, conv.length);
      int dtFrom = (inner + shape.convChannels()) * count;
      ScanOperands operands = ScanOperands.of(model, layer, bc, projection, dtFrom, count, saturations);
      int[] gated = new int[inner * count];
      IntStream.range(0, shape.heads())
          .parallel()
          .forEach(
              h -> {
                IntegerScan scan = new IntegerScan(shape, layer, operands, count, saturations);
                int[] y = new int[count];
                for (int c = h * shape.headDim(); c < (h + 1) * shape.headDim(); c++) {
                  scan.channel(c, conv, c * count, state.mantissas[l], state.exponents[l], y);
                  gate(layer, y, projection, gated, c * count);
                }
              });
      ActivationBatch normed = gatedNorm(layer, gated, count);
      int[] update = IntegerGemm.multiply(layer.outProj(), normed, layer.outProjBias(), saturations);
      long saturated = 0;
      for (int i = 0; i < residual.length; i++) {
        long value = saturate((long) residual[i] + update[i], VALUE_BITS);
        saturated += Math.abs(value) == limit(VALUE_BITS) ? 1 : 0;
        residual[i] = (int) value;
      }
      saturations.add(Saturations.Kind.RESIDUAL, saturated);
    }

    /** v = shift(y·silu(z), 32 − fV, 24) for one channel; z has the index of v. */
    private void gate(QuantizedLayer layer, int[] y, int[] z, int[] gated, int from) {
      long saturated = 0;
      for (int t = 0; t < y.length; t++) {
        long value = shift((long) y[t] * Functions.silu(z[from + t]), layer.gateShift(), GATED_BITS);
        saturated += Math.abs(value) == limit(GATED_BITS) ? 1 : 0;
        gated[from + t] = (int) value;
      }
      saturations.add(Saturations.Kind.GATED, saturated);
    }

    private ActivationBatch normalised(int[] residual, int count, int bits) {
      int width = model.shape().model();
      WideSum[] sums = sums(residual, 0, width, count, model.epsilon());
      long[] wide = new long[residual.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = residual[i];
      }
      return ActivationBatch.quantize(wide, width, count, bits, model.activationGroup(), sums);
    }

    private ActivationBatch gatedNorm(QuantizedLayer layer, int[] gated, int count) {
      int inner = model.shape().inner();
      boolean whole = model.shape().normGroups() == 1;
      int[] normed = whole ? gated : groupNorm(layer, gated, count);
      long[] transformed = new long[gated.length];
      long[] vector = new long[inner];
      long saturated = 0;
      for (int t = 0; t < count; t++) {
        for (int i = 0; i < inner; i++) {
          vector[i] = shift((long) normed[i * count + t] * layer.gatedNorm()[i], layer.gatedNormShift(), GATED_BITS);
          saturated += Math.abs(vector[i]) == limit(GATED_BITS) ? 1 : 0;
        }
        if (model.hadamard() != null) {
          model.hadamard().apply(vector, 0);
        }
        for (int i = 0; i < inner; i++) {
          transformed[i * count + t] = vector[i];
        }
      }
      saturations.add(Saturations.Kind.GATED, saturated);
      WideSum[] sums = whole ? sums(gated, 0, inner, count, layer.gatedEpsilon()) : null;
      return ActivationBatch.quantize(transformed, inner, count, model.activationBits(), model.activationGroup(), sums);
    }

    /** Divides every group by its root of the sum of squares: 22 fraction bits. */
    private int[] groupNorm(QuantizedLayer layer, int[] gated, int count) {
      int length = model.shape().inner() / model.shape().normGroups();
      int[] normed = new int[gated.length];
      for (int first = 0; first < model.shape().inner(); first += length) {
        WideSum[] sums = sums(gated, first, length, count, layer.gatedEpsilon());
        for (int t = 0; t < count; t++) {
          long rsqrt = Functions.rsqrt(sums[t]);
          int right = (int) (rsqrt >> 32) + NumericFormat.RSQRT_FRACTION - NumericFormat.NORMED_FRACTION;
          for (int i = first; i < first + length; i++) {
            normed[i * count + t] = (int) shift((long) gated[i * count + t] * (int) rsqrt, right, GATED_BITS);
          }
        }
      }
      return normed;
    }

    private static WideSum[] sums(int[] values, int first, int length, int count, long epsilon) {
      WideSum[] sums = new WideSum[count];
      for (int t = 0; t < count; t++) {
        sums[t] = new WideSum(epsilon);
        for (int i = first; i < first + length; i++) {
          sums[t].addSquare(values[i * count + t]);
        }
      }
      return sums;
    }

    private static void column(int[] values, int t, int count, int[] target) {
      for (int i = 0; i < target.length; i++) {
        target[i] = values[i * count + t];
      }
    }
  }
}

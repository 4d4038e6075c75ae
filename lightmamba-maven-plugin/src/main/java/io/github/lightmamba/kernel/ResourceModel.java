package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.rotation.HadamardTransform;

/**
 * Resources of the kernels of a design: an estimate, from the widths of what the kernels add, multiply, shift and keep.
 * {@code docs/accelerator.md}, "Resources", derives the figures; a routed design replaces them.
 */
public final class ResourceModel {
  /** Weights of 4 bits in a word. */
  private static final int WORD_WEIGHTS = 128;

  private static final double BRAM36_BITS = 36 * 1024;
  private static final double URAM_BITS = 288 * 1024;

  private ResourceModel() {}

  /** Returns the resources of a design for a model. */
  public static KernelResources of(Design design, ModelShape shape) {
    return new KernelResources(unit(design, shape), memory(), core(design, shape));
  }

  private static Resources unit(Design design, ModelShape shape) {
    Resources multiplier = multiplier(design).times(design.lanes());
    Resources scan = new Resources(500, 600, 3, 0, 0).times(design.scanLanes());
    // Requantization 4, convolution K + 4, gate 4, scan input 6 multipliers; chains, routing, scales.
    Resources rest = new Resources(9000, 12000, 18 + shape.conv(), 20, 0);
    RowList channels = new RowList(shape.inner(), design.units());
    double history =
        (double) design.slots() * shape.layers() * channels.rounds() * (shape.conv() - 1) * Short.SIZE;
    double exponents = 6.0 * design.slots() * shape.layers() * channels.rounds() * shape.stateGroups();
    double state = 512.0 * design.stateLines();
    Resources memories =
        new Resources(
            0, 0, 0, 0, Math.ceil(history / URAM_BITS) + Math.ceil(exponents / URAM_BITS) + prefetch()
                + (state == 0 ? 0 : 8 * Math.ceil(state / URAM_BITS / 8)));
    return multiplier.plus(scan).plus(rest).plus(memories);
  }

  /** Words wait in UltraRAM: eight side by side hold 4,096 of them. */
  private static double prefetch() {
    return 8;
  }

  /** Of one lane. */
  private static Resources multiplier(Design design) {
    double products = WORD_WEIGHTS;
    return switch (design.multiplier()) {
      // Two weights by two tokens in a slice; at a single token two weights.
      case DSP48 -> new Resources(850, 1200, products / (design.lanes() > 1 ? 4 : 2) + 2, 1, 0);
      case DSP58 -> new Resources(850, 1200, products / (design.lanes() > 1 ? 4 : 3) + 2, 1, 0);
      case FABRIC -> new Resources(850 + 25 * products, 1200 + 20 * products, 2, 1, 0);
      case PLAIN -> new Resources(850, 1200, products + 2, 1, 0);
    };
  }

  private static Resources memory() {
    return new Resources(4000, 6000, 0, 15, 0);
  }

  private static Resources core(Design design, ModelShape shape) {
    // Sixteen elements a cycle: residual, norms, transform with its factor, quantizers.
    double adders = 16.0 * 38 * hadamardFactor(shape);
    double vectors =
        design.lanes() * (shape.model() * 32.0 + shape.inner() * (32.0 + 38.0 * 2)) + 2.0 * shape.model() * 32;
    return new Resources(40000 + adders, 60000 + adders, 16 * 12, 60 + Math.ceil(vectors / BRAM36_BITS * 1.5), 0);
  }

  private static int hadamardFactor(ModelShape shape) {
    return new HadamardTransform(shape.inner()).signs().length;
  }
}

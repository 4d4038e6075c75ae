package io.github.lightmamba.integer;

/**
 * What a sequence carries from token to token: convolution history and quantized hidden state. All zero at the start.
 */
final class IntegerState {
  /** Per layer, (channels, taps − 1), 16 bits, oldest first. */
  final short[][] history;
  /** Per layer, (inner, state): mantissas. */
  final short[][] mantissas;
  /** Per layer, (inner, state groups): exponents. */
  final byte[][] exponents;

  IntegerState(ModelShape shape) {
    history = new short[shape.layers()][shape.convChannels() * (shape.conv() - 1)];
    mantissas = new short[shape.layers()][shape.inner() * shape.state()];
    exponents = new byte[shape.layers()][shape.inner() * shape.stateGroups()];
  }
}

package io.github.lightmamba.synthetic;

/**
 * Seeded noise that is the same in every Java version: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), and functions of
 * it that use exact or strict arithmetic only.
 */
final class Noise {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  /** Starts a stream of its own for a named thing. */
  Noise(long seed, String name) {
    long mixed = seed;
    for (int i = 0; i < name.length(); i++) {
      mixed = mix(mixed + GAMMA + name.charAt(i));
    }
    this.state = mixed;
  }

  private static long mix(long value) {
    long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }

  /** Returns 64 random bits. */
  long bits() {
    state += GAMMA;
    return mix(state);
  }

  /** Returns a value from 0 (inclusive) to 1 (exclusive). */
  double uniform() {
    return (bits() >>> 11) * 0x1p-53;
  }

  /** Returns about a normal value: the sum of four uniform ones, mean 0, variance 1, at most 2·√3 in magnitude. */
  float bell() {
    long bits = bits();
    long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
    return (sum - 131070) * (1.7320508f / 65536);
  }

  /** Returns a positive value of median 1 whose logarithm has the standard deviation {@code spread}. */
  float logNormal(double spread) {
    return (float) StrictMath.exp(spread * bell());
  }
}

package io.github.lightmamba.rotation;

import java.util.Arrays;
import java.util.Optional;

/**
 * The ±1 factor F_m of a Hadamard matrix of order n = m·2^k, by the constructions of Paley.
 *
 * <p>Paley I: order q + 1 for a prime q ≡ 3 (mod 4). Paley II: order 2(q + 1) for a prime q ≡ 1 (mod 4). R. E. A. C.
 * Paley, "On orthogonal matrices", J. Math. Phys. 12 (1933).
 *
 * @param order m, 1 or a multiple of 4
 * @param signs (m, m), ±1, rows orthogonal
 */
public record HadamardFactor(int order, byte[][] signs) {
  private static final int ORDER_MAX = 256;

  /**
   * Returns the factor for vectors of a length: the one with the smallest m that is known.
   *
   * @param length n, at least 1
   * @return empty if no m ≤ 256 with a Paley construction leaves a power of two
   */
  public static Optional<HadamardFactor> of(int length) {
    int odd = length >> Integer.numberOfTrailingZeros(length);
    for (int m = odd; m <= Math.min(length, ORDER_MAX); m *= 2) {
      if (m == 1) {
        return Optional.of(new HadamardFactor(1, new byte[][] {{1}}));
      }
      if (m % 4 == 0 && prime(m - 1)) {
        return Optional.of(new HadamardFactor(m, paleyOne(m - 1)));
      }
      if (m % 4 == 0 && m / 2 - 1 > 1 && (m / 2 - 1) % 4 == 1 && prime(m / 2 - 1)) {
        return Optional.of(new HadamardFactor(m, paleyTwo(m / 2 - 1)));
      }
    }
    return Optional.empty();
  }

  private static boolean prime(int q) {
    for (int i = 2; i * i <= q; i++) {
      if (q % i == 0) {
        return false;
      }
    }
    return q > 1;
  }

  /** The quadratic character χ(a) of the field of q elements: 0, 1 for a square, −1 otherwise. */
  private static int[] character(int q) {
    int[] chi = new int[q];
    Arrays.fill(chi, -1);
    chi[0] = 0;
    for (int i = 1; i < q; i++) {
      chi[i * i % q] = 1;
    }
    return chi;
  }

  /**
   * The bordered Jacobsthal matrix: 0 at the corner, 1 along the first row, χ(−1) = `border` along the first column,
   * χ(i − j) inside.
   */
  private static int[][] conference(int q, int border) {
    int[] chi = character(q);
    int[][] c = new int[q + 1][q + 1];
    for (int i = 1; i <= q; i++) {
      c[0][i] = 1;
      c[i][0] = border;
      for (int j = 1; j <= q; j++) {
        c[i][j] = chi[Math.floorMod(i - j, q)];
      }
    }
    return c;
  }

  private static byte[][] paleyOne(int q) {
    int[][] c = conference(q, -1);
    byte[][] h = new byte[q + 1][q + 1];
    for (int i = 0; i <= q; i++) {
      for (int j = 0; j <= q; j++) {
        h[i][j] = (byte) (c[i][j] + (i == j ? 1 : 0));
      }
    }
    return h;
  }

  private static byte[][] paleyTwo(int q) {
    int[][] c = conference(q, 1);
    int n = q + 1;
    byte[][] h = new byte[2 * n][2 * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int one = i == j ? 1 : c[i][j];
        int other = i == j ? -1 : c[i][j];
        h[2 * i][2 * j] = (byte) one;
        h[2 * i][2 * j + 1] = (byte) other;
        h[2 * i + 1][2 * j] = (byte) other;
        h[2 * i + 1][2 * j + 1] = (byte) -one;
      }
    }
    return h;
  }
}

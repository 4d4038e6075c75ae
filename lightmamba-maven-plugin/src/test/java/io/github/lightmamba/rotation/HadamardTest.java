package io.github.lightmamba.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.lightmamba.error.LightMambaException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hadamard matrices by their definition, H·Hᵀ = n·I, and the fast transform by the dense product. */
class HadamardTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 12, 20, 28, 36, 44, 52, 60, 76, 84})
  void factorsAreOrthogonal(int odd) {
    HadamardFactor factor = HadamardFactor.of(odd * 16).orElseThrow();
    assertThat(factor.order() % 4 == 0 || factor.order() == 1).isTrue();
    for (int i = 0; i < factor.order(); i++) {
      for (int j = 0; j < factor.order(); j++) {
        int dot = 0;
        for (int k = 0; k < factor.order(); k++) {
          assertThat(Math.abs(factor.signs()[i][k])).isEqualTo((byte) 1);
          dot += factor.signs()[i][k] * factor.signs()[j][k];
        }
        assertThat(dot).isEqualTo(i == j ? factor.order() : 0);
      }
    }
  }

  /** Widths of the sample (20·16, 40·16), of 130m to 2.7b and their inner widths, and of small models. */
  @ParameterizedTest
  @ValueSource(ints = {32, 48, 64, 96, 128, 320, 640, 768, 1024, 1536, 2048, 2560, 3072, 4096, 5120})
  void fastTransformIsTheDenseProduct(int n) {
    HadamardTransform transform = new HadamardTransform(n);
    int m = transform.signs().length;
    int stride = n / m;
    SplittableRandom random = new SplittableRandom(n);
    long[] x = random.longs(n, -(1 << 23), 1 << 23).toArray();
    long[] y = x.clone();
    transform.apply(y, 0);
    for (int row = 0; row < n; row += Math.max(1, n / 61)) {
      long expected = 0;
      for (int column = 0; column < n; column++) {
        int sylvester = Integer.bitCount(row % stride & column % stride) % 2 == 0 ? 1 : -1;
        expected += transform.signs()[row / stride][column / stride] * sylvester * x[column];
      }
      assertThat(y[row]).isEqualTo(expected);
    }
    double[] d = new double[n];
    for (int i = 0; i < n; i++) {
      d[i] = x[i];
    }
    transform.apply(d, 0);
    for (int i = 0; i < n; i++) {
      assertThat((long) d[i]).isEqualTo(y[i]);
    }
  }

  @Test
  void theSmallestFactorIsTaken() {
    assertThat(HadamardFactor.of(2560).orElseThrow().order()).isEqualTo(20);
    assertThat(HadamardFactor.of(5120).orElseThrow().order()).isEqualTo(20);
    assertThat(HadamardFactor.of(768).orElseThrow().order()).isEqualTo(12);
    assertThat(HadamardFactor.of(4096).orElseThrow().order()).isEqualTo(1);
  }

  @Test
  void anUnknownOrderFallsBackToBlocks() {
    assertThat(HadamardFactor.of(6)).isEmpty();
    assertThat(HadamardFactor.of(92)).isEmpty();
    HadamardTransform transform = new HadamardTransform(23 * 64);
    assertThat(transform.blocks()).isEqualTo(23);
    assertThat(transform.order()).isEqualTo(64);
    // 23 blocks with a factor of 12 would need 276 rows; the smaller blocks need 69.
    assertThat(new HadamardTransform(69 * 16).blocks()).isEqualTo(69);
    assertThat(new HadamardTransform(3 * 23 * 2).blocks()).isEqualTo(69);
    SplittableRandom random = new SplittableRandom(1);
    double[] x = random.doubles(23 * 64).toArray();
    double[] y = x.clone();
    transform.apply(y, 0);
    assertThat(dot(y, y)).isCloseTo(64 * dot(x, x), within(1e-6));
    // A block does not see the others.
    double[] changed = x.clone();
    changed[0] += 1;
    transform.apply(changed, 0);
    for (int i = 0; i < y.length; i++) {
      assertThat(changed[i] == y[i]).isEqualTo(i >= 64);
    }
  }

  @Test
  void tooManyBlocksAreRefusedByName() {
    assertThatThrownBy(() -> new HadamardTransform(257 * 2))
        .isInstanceOf(LightMambaException.class)
        .hasMessageContaining("order 514");
  }

  @Test
  void rotationKeepsProducts() {
    keepsProducts(320, 640);
    keepsProducts(23 * 16, 46 * 16);
  }

  private static void keepsProducts(int model, int inner) {
    ModelRotation rotation = new ModelRotation(model, inner, 3);
    SplittableRandom random = new SplittableRandom(5);
    double[] w = random.doubles(model).toArray();
    double[] x = random.doubles(model).toArray();
    double expected = dot(w, x);
    rotation.rotateResidual(w);
    rotation.rotateResidual(x);
    assertThat(dot(w, x)).isCloseTo(expected, within(1e-10));

    double[] row = random.doubles(inner).toArray();
    double[] y = random.doubles(inner).toArray();
    double product = dot(row, y);
    rotation.counterRotateInner(row);
    for (int i = 0; i < inner; i++) {
      y[i] *= rotation.innerSign(i);
    }
    rotation.online().apply(y, 0);
    assertThat(dot(row, y)).isCloseTo(product, within(1e-10));
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

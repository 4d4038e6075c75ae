package io.github.lightmamba.quantize;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * GPTQ on the inputs that the integer model multiplies: weights are rounded one after the other, and those that follow
 * take over the error that each would make.
 *
 * <p>With U the upper Cholesky factor of {@code E[x̂·x̂ᵀ]⁻¹}, the error e of weight i moves weight j &gt; i by {@code
 * −e·U(i,j)/U(i,i)} (Frantar et al., "GPTQ", arXiv
 * 2210.17323, algorithm 1). Immutable, thread-safe.
 */
final class ErrorFeedback {
  /**
   * Share of the mean diagonal that is added to the diagonal, so that inputs that never occurred have an inverse;
   * measured between 0.01 and 0.03.
   */
  private static final double DAMPING = 0.03;

  private final int size;
  private final double[][] factors;
  private final double[] importance;

  private ErrorFeedback(double[][] factors, double[] importance) {
    this.size = importance.length;
    this.factors = factors;
    this.importance = importance;
  }

  /** Factorises the statistics of a layer's inputs. */
  static ErrorFeedback of(InputStatistics statistics) {
    int n = statistics.size();
    double[] moments = statistics.mean();
    double[] importance = new double[n];
    double trace = 0;
    for (int i = 0; i < n; i++) {
      importance[i] = moments[i * n + i];
      trace += importance[i];
    }
    double damping = DAMPING * trace / n + Double.MIN_NORMAL;
    for (int i = 0; i < n; i++) {
      moments[i * n + i] += damping;
    }
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(n);
    if (!solver.setA(DMatrixRMaj.wrap(n, n, moments))) {
      throw new IllegalStateException("the second moments of " + n + " inputs are not positive definite");
    }
    DMatrixRMaj inverse = new DMatrixRMaj(n, n);
    solver.invert(inverse);
    return new ErrorFeedback(factors(inverse, n), importance);
  }

  private static double[][] factors(DMatrixRMaj inverse, int n) {
    CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(n, false);
    if (!cholesky.decompose(inverse)) {
      throw new IllegalStateException("the inverse of the second moments of " + n + " inputs is not positive definite");
    }
    DMatrixRMaj upper = cholesky.getT(null);
    double[][] rows = new double[n][];
    for (int i = 0; i < n; i++) {
      rows[i] = new double[n - i];
      for (int j = i; j < n; j++) {
        rows[i][j - i] = upper.get(i, j) / upper.get(i, i);
      }
    }
    return rows;
  }

  /** Returns the mean square of an input. */
  double importance(int input) {
    return importance[input];
  }

  /**
   * Spreads the error of a weight over the weights after it.
   *
   * @param index of the weight
   * @param error its value before rounding minus after
   * @param values (size) of the row, changed behind {@code index}
   */
  void spread(int index, double error, double[] values) {
    double[] row = factors[index];
    for (int j = 1; j < size - index; j++) {
      values[index + j] -= error * row[j];
    }
  }
}

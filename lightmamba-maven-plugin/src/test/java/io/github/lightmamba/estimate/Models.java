package io.github.lightmamba.estimate;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.nio.file.Path;

/** The published sizes and the boards. */
final class Models {
  static final AcceleratorSource SOURCE = AcceleratorSource.of(Path.of("..", "accelerator-src"));

  private Models() {}

  static ModelShape shape(String name) {
    return shape(SyntheticShape.of(name));
  }

  static ModelShape shape(SyntheticShape s) {
    return new ModelShape(
        s.hidden(), s.inner(), s.heads(), s.headDim(), s.state(), s.groups(), s.convKernel(), 1, false, s.layers(),
        s.vocabulary());
  }

  static BoardProfile board(Board board) {
    return BoardProfile.read(board, SOURCE);
  }

  static EstimateRequest request(Board board, String model, Scheme scheme, int headBits) {
    return request(board, shape(model), scheme, headBits, 0);
  }

  static EstimateRequest request(Board board, ModelShape shape, Scheme scheme, int headBits, int lanes) {
    return new EstimateRequest(board(board), shape, scheme, headBits, 0, 16, lanes, 0, null);
  }
}

package io.github.lightmamba.safetensors;

import java.util.Arrays;
import java.util.List;

/**
 * One entry of a header.
 *
 * @param name the tensor's name
 * @param dtype the element type
 * @param shape the lengths, outermost first; empty for a scalar
 * @param offset the first byte, counted from the start of the file
 * @param byteLength the bytes of the tensor
 */
public record TensorInfo(String name, DType dtype, List<Long> shape, long offset, long byteLength) {
  /** Keeps an unmodifiable copy of the shape. */
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** Returns the number of elements. */
  public long elements() {
    return byteLength / dtype.bytes();
  }

  /** Returns whether the tensor has exactly this shape. */
  public boolean hasShape(long... expected) {
    return shape.equals(Arrays.stream(expected).boxed().toList());
  }
}

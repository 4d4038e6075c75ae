package io.github.lightmamba.torch;

import io.github.lightmamba.torch.Value.Constant;
import io.github.lightmamba.torch.Value.Dict;
import io.github.lightmamba.torch.Value.Global;
import io.github.lightmamba.torch.Value.Storage;
import io.github.lightmamba.torch.Value.Tensor;
import io.github.lightmamba.torch.Value.Text;
import io.github.lightmamba.torch.Value.Tuple;
import io.github.lightmamba.torch.Value.Whole;
import java.util.ArrayList;
import java.util.List;

/** Makes storages and tensors of a pickle's arguments. Source: torch/serialization.py and torch/_utils.py, 2.x. */
final class TensorBuilder {
  private static final int MAX_DIMENSIONS = 16;

  private final PickleReader reader;

  TensorBuilder(PickleReader reader) {
    this.reader = reader;
  }

  /** Reads {@code ('storage', type, key, device, elements)}. */
  Storage storage(Value id) {
    if (id instanceof Tuple tuple
        && tuple.items.size() == 5
        && tuple.items.get(0) instanceof Text tag
        && tag.value().equals("storage")
        && tuple.items.get(1) instanceof Global type
        && type.dtype != null
        && tuple.items.get(2) instanceof Text key
        && tuple.items.get(3) instanceof Text
        && tuple.items.get(4) instanceof Whole elements
        && elements.value() >= 0) {
      return new Storage(type.dtype, key.value(), elements.value());
    }
    throw reader.malformed("a persistent id is no ('storage', type, key, device, elements)");
  }

  /** Reads {@code (storage, offset, shape, strides, requires_grad, hooks)}, and metadata, which must be empty. */
  Tensor tensor(List<Value> arguments) {
    boolean known =
        (arguments.size() == 6 || arguments.size() == 7 && empty(arguments.get(6)))
            && arguments.get(0) instanceof Storage
            && arguments.get(1) instanceof Whole
            && arguments.get(2) instanceof Tuple
            && arguments.get(3) instanceof Tuple
            && flag(arguments.get(4))
            && empty(arguments.get(5));
    if (!known) {
      throw reader.malformed("_rebuild_tensor_v2 is called with other arguments than those of a plain tensor");
    }
    Storage storage = (Storage) arguments.get(0);
    long first = ((Whole) arguments.get(1)).value();
    List<Long> shape = numbers((Tuple) arguments.get(2), "shape");
    List<Long> strides = numbers((Tuple) arguments.get(3), "strides");
    long elements = elements(shape);
    if (first < 0 || elements > storage.elements() || first > storage.elements() - elements) {
      throw reader.malformed(
          "a tensor of the shape %s at element %d lies outside its storage of %d elements"
              .formatted(shape, first, storage.elements()));
    }
    requireRowMajor(shape, strides);
    return new Tensor(storage, first, shape);
  }

  /** Reads {@code (tensor, requires_grad, hooks)}. */
  Tensor parameter(List<Value> arguments) {
    if (arguments.size() == 3
        && arguments.get(0) instanceof Tensor tensor
        && flag(arguments.get(1))
        && empty(arguments.get(2))) {
      return tensor;
    }
    throw reader.malformed("_rebuild_parameter is called with other arguments than (tensor, requires_grad, hooks)");
  }

  private static boolean flag(Value value) {
    return value == Constant.TRUE || value == Constant.FALSE;
  }

  private static boolean empty(Value value) {
    return value == Constant.NONE || value instanceof Dict dict && dict.items.isEmpty();
  }

  private List<Long> numbers(Tuple tuple, String what) {
    if (tuple.items.size() > MAX_DIMENSIONS) {
      throw reader.malformed("a tensor has " + tuple.items.size() + " dimensions, at most " + MAX_DIMENSIONS);
    }
    List<Long> numbers = new ArrayList<>();
    for (Value item : tuple.items) {
      if (!(item instanceof Whole number) || number.value() < 0) {
        throw reader.malformed("the " + what + " of a tensor contain " + item.kind());
      }
      numbers.add(number.value());
    }
    return numbers;
  }

  private long elements(List<Long> shape) {
    long elements = 1;
    for (long length : shape) {
      if (Math.multiplyHigh(elements, length) != 0 || elements * length < 0) {
        throw reader.malformed("a tensor of the shape " + shape + " has more than 2^63 elements");
      }
      elements *= length;
    }
    return elements;
  }

  private void requireRowMajor(List<Long> shape, List<Long> strides) {
    boolean rowMajor = strides.size() == shape.size();
    long expected = 1;
    for (int i = shape.size() - 1; rowMajor && i >= 0; i--) {
      // The stride of a single row is never used, and torch writes what it likes.
      rowMajor = shape.get(i) == 1 || strides.get(i) == expected;
      expected *= Math.max(1, shape.get(i));
    }
    if (!rowMajor && !shape.contains(0L)) {
      throw reader.unsupported(
          "a tensor of the shape " + shape + " has the strides " + strides + "; only row-major tensors"
              + " (tensor.contiguous()) are mapped.");
    }
  }
}

package io.github.lightmamba.torch;

import io.github.lightmamba.safetensors.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the pickle of a state dict can make; nothing here has behaviour, and nothing walks into depths. */
sealed interface Value {
  /** Says what it is, for messages, without its content. */
  String kind();

  /** None, True, False: the constants. */
  enum Constant implements Value {
    NONE,
    TRUE,
    FALSE;

    @Override
    public String kind() {
      return name();
    }
  }

  /** The mark of the stack. */
  enum Mark implements Value {
    MARK;

    @Override
    public String kind() {
      return "a mark";
    }
  }

  /** An integer. */
  record Whole(long value) implements Value {
    @Override
    public String kind() {
      return "the number " + value;
    }
  }

  /** A float; nothing of a tensor depends on one. */
  record Real(double value) implements Value {
    @Override
    public String kind() {
      return "the number " + value;
    }
  }

  /** A string. */
  record Text(String value) implements Value {
    @Override
    public String kind() {
      return "the string '" + TorchErrors.brief(value) + "'";
    }
  }

  /** A tuple; a class, since a record would compare and print its elements, which may be deep. */
  final class Tuple implements Value {
    final List<Value> items;

    Tuple(List<Value> items) {
      this.items = items;
    }

    @Override
    public String kind() {
      return "a tuple of " + items.size();
    }
  }

  /** A list. */
  final class Sequence implements Value {
    final List<Value> items = new ArrayList<>();

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** A dict or an OrderedDict; keys are {@code String} or {@code Long}, whose collisions cost no quadratic time. */
  final class Dict implements Value {
    final Map<Object, Value> items = new LinkedHashMap<>();

    @Override
    public String kind() {
      return "a dict";
    }
  }

  /** A name that the pickle may use. */
  enum Global implements Value {
    ORDERED_DICT("collections OrderedDict", null),
    REBUILD_TENSOR("torch._utils _rebuild_tensor_v2", null),
    REBUILD_PARAMETER("torch._utils _rebuild_parameter", null),
    FLOAT("torch FloatStorage", DType.F32),
    HALF("torch HalfStorage", DType.F16),
    BFLOAT16("torch BFloat16Storage", DType.BF16),
    DOUBLE("torch DoubleStorage", DType.F64),
    LONG("torch LongStorage", DType.I64),
    INT("torch IntStorage", DType.I32),
    SHORT("torch ShortStorage", DType.I16),
    CHAR("torch CharStorage", DType.I8),
    BYTE("torch ByteStorage", DType.U8),
    BOOL("torch BoolStorage", DType.BOOL);

    final String name;
    final DType dtype;

    Global(String name, DType dtype) {
      this.name = name;
      this.dtype = dtype;
    }

    @Override
    public String kind() {
      return name.replace(' ', '.');
    }
  }

  /** The bytes that a tensor lies in. */
  record Storage(DType dtype, String key, long elements) implements Value {
    @Override
    public String kind() {
      return "a storage";
    }
  }

  /** A tensor: a row-major run of a storage. */
  record Tensor(Storage storage, long first, List<Long> shape) implements Value {
    @Override
    public String kind() {
      return "a tensor";
    }
  }
}

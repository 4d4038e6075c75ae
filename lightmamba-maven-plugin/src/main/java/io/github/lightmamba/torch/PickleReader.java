package io.github.lightmamba.torch;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.torch.Value.Constant;
import io.github.lightmamba.torch.Value.Dict;
import io.github.lightmamba.torch.Value.Global;
import io.github.lightmamba.torch.Value.Mark;
import io.github.lightmamba.torch.Value.Real;
import io.github.lightmamba.torch.Value.Sequence;
import io.github.lightmamba.torch.Value.Text;
import io.github.lightmamba.torch.Value.Tuple;
import io.github.lightmamba.torch.Value.Whole;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the pickle of a state dict, protocol 2, into {@link Value}s. Each length is checked against the bytes that are
 * left before anything is allocated; steps and memory are bounded. Not thread-safe.
 */
final class PickleReader {
  /** The longest pickle; that of a model of 2.7 billion parameters has 60 kB. */
  static final long MAX_BYTES = 64 << 20;

  /** The most values that are pushed; such a model pushes about 20,000. They stay below 32 MB. */
  static final int MAX_PUSHES = 1 << 18;

  /** The longest string; all of them together are no longer than the pickle. */
  static final int MAX_TEXT_BYTES = 1 << 12;

  static final int MAX_STACK = 1 << 16;
  static final int MAX_MEMO = 1 << 18;
  private static final int PROTOCOL = 2;
  private static final int MAX_NAME_BYTES = 256;

  private final ByteBuffer bytes; // little-endian
  private final TorchErrors errors;
  private final TensorBuilder builder;
  private final List<Value> stack = new ArrayList<>();
  private final Map<Integer, Value> memo = new HashMap<>();
  private int pushes;
  private int start; // of the instruction, for messages

  /**
   * Prepares a run.
   *
   * @param bytes the whole pickle, little-endian, position 0
   */
  PickleReader(ByteBuffer bytes, TorchErrors errors) {
    this.bytes = bytes;
    this.errors = errors;
    this.builder = new TensorBuilder(this);
  }

  /** Runs the pickle and returns its result. */
  Value run() {
    if (bytes.remaining() < 2 || Opcode.of(bytes.get()) != Opcode.PROTO || bytes.get() != PROTOCOL) {
      throw errors.unsupported("data.pkl is no pickle of protocol 2, which is what torch.save writes.");
    }
    while (true) {
      start = bytes.position();
      need(1);
      byte code = bytes.get();
      Opcode opcode = Opcode.of(code);
      if (opcode == null || opcode == Opcode.PROTO) {
        throw errors.hostile(
            "byte %d of data.pkl is the pickle instruction 0x%02x, for which a dict of tensors has no use."
                .formatted(start, code));
      }
      if (opcode == Opcode.STOP) {
        return result();
      }
      step(opcode);
    }
  }

  private Value result() {
    if (stack.size() != 1 || bytes.hasRemaining()) {
      throw malformed("the pickle ends with " + stack.size() + " values and " + bytes.remaining() + " bytes left");
    }
    return stack.get(0);
  }

  private void step(Opcode opcode) {
    switch (opcode) {
      case MARK -> push(Mark.MARK);
      case NONE -> push(Constant.NONE);
      case NEWTRUE -> push(Constant.TRUE);
      case NEWFALSE -> push(Constant.FALSE);
      case BININT -> push(new Whole(need(4).getInt()));
      case BININT1 -> push(new Whole(Byte.toUnsignedInt(need(1).get())));
      case BININT2 -> push(new Whole(Short.toUnsignedInt(need(2).getShort())));
      case LONG1 -> push(new Whole(longInteger()));
      // The only big-endian number of a pickle.
      case BINFLOAT -> push(new Real(Double.longBitsToDouble(Long.reverseBytes(need(8).getLong()))));
      case BINUNICODE -> push(new Text(text()));
      case EMPTY_TUPLE -> push(new Tuple(List.of()));
      case TUPLE -> push(new Tuple(popToMark()));
      case TUPLE1 -> push(new Tuple(pop(1)));
      case TUPLE2 -> push(new Tuple(pop(2)));
      case TUPLE3 -> push(new Tuple(pop(3)));
      case EMPTY_LIST -> push(new Sequence());
      case APPEND -> append(pop(1));
      case APPENDS -> append(popToMark());
      case EMPTY_DICT -> push(new Dict());
      case SETITEM -> set(pop(2));
      case SETITEMS -> set(popToMark());
      case BINPUT -> remember(Byte.toUnsignedInt(need(1).get()));
      case LONG_BINPUT -> remember(need(4).getInt());
      case BINGET -> push(recall(Byte.toUnsignedInt(need(1).get())));
      case LONG_BINGET -> push(recall(need(4).getInt()));
      case GLOBAL -> push(global());
      case BINPERSID -> push(builder.storage(pop(1).get(0)));
      case REDUCE -> reduce();
      case BUILD -> build();
      case PROTO, STOP -> throw new IllegalStateException("handled before: " + opcode);
    }
  }

  private ByteBuffer need(int length) {
    if (length < 0 || length > bytes.remaining()) {
      throw malformed("it needs " + Integer.toUnsignedString(length) + " bytes, " + bytes.remaining() + " are left");
    }
    return bytes;
  }

  private long longInteger() {
    int length = Byte.toUnsignedInt(need(1).get());
    need(length);
    if (length > Long.BYTES) {
      throw malformed("an integer has " + length + " bytes, at most 8 make sense");
    }
    long value = 0;
    for (int i = 0; i < length; i++) {
      value |= Byte.toUnsignedLong(bytes.get()) << 8 * i;
    }
    int unused = Long.SIZE - 8 * length;
    return length == 0 ? 0 : value << unused >> unused;
  }

  private String text() {
    int length = need(4).getInt();
    need(length);
    if (length > MAX_TEXT_BYTES) {
      throw malformed("a string has " + length + " bytes, at most " + MAX_TEXT_BYTES + " make a name");
    }
    byte[] utf8 = new byte[length];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private Global global() {
    String name = line() + " " + line();
    for (Global global : Global.values()) {
      if (global.name.equals(name)) {
        return global;
      }
    }
    throw errors.hostile(
        "the pickle asks for " + TorchErrors.brief(name.replace(' ', '.')) + ", which no dict of tensors needs;"
            + " nothing of it was run.");
  }

  private String line() {
    StringBuilder line = new StringBuilder();
    while (line.length() <= MAX_NAME_BYTES) {
      char c = (char) Byte.toUnsignedInt(need(1).get());
      if (c == '\n') {
        return line.toString();
      }
      line.append(c);
    }
    throw malformed("a name has more than " + MAX_NAME_BYTES + " bytes");
  }

  private void push(Value value) {
    if (++pushes > MAX_PUSHES || stack.size() >= MAX_STACK) {
      throw errors.hostile(
          "the pickle makes more than %d values, or stacks more than %d; no dict of tensors does."
              .formatted(MAX_PUSHES, MAX_STACK));
    }
    stack.add(value);
  }

  private List<Value> pop(int count) {
    if (stack.size() < count || stack.subList(stack.size() - count, stack.size()).contains(Mark.MARK)) {
      throw malformed("the stack is too short");
    }
    List<Value> end = stack.subList(stack.size() - count, stack.size());
    List<Value> popped = List.copyOf(end);
    end.clear();
    return popped;
  }

  private List<Value> popToMark() {
    int mark = stack.size() - 1;
    while (mark >= 0 && stack.get(mark) != Mark.MARK) {
      mark--;
    }
    if (mark < 0) {
      throw malformed("the stack has no mark");
    }
    List<Value> popped = List.copyOf(stack.subList(mark + 1, stack.size()));
    stack.subList(mark, stack.size()).clear();
    return popped;
  }

  private Value top() {
    if (stack.isEmpty()) {
      throw malformed("the stack is empty");
    }
    return stack.get(stack.size() - 1);
  }

  private void append(List<Value> items) {
    if (!(top() instanceof Sequence list)) {
      throw malformed("it appends to " + top().kind());
    }
    list.items.addAll(items);
  }

  private void set(List<Value> pairs) {
    if (!(top() instanceof Dict dict) || pairs.size() % 2 != 0) {
      throw malformed("it sets items of " + top().kind());
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      if (dict.items.put(key(pairs.get(i)), pairs.get(i + 1)) != null) {
        throw malformed("a dict has " + pairs.get(i).kind() + " twice as a key");
      }
    }
  }

  private Object key(Value value) {
    if (value instanceof Text text) {
      return text.value();
    }
    if (value instanceof Whole number) {
      return number.value();
    }
    throw malformed("a key of a dict is " + value.kind());
  }

  private void remember(int index) {
    if (top() == Mark.MARK || memo.size() >= MAX_MEMO) {
      throw malformed("it remembers a mark, or more than " + MAX_MEMO + " values");
    }
    memo.put(index, top());
  }

  private Value recall(int index) {
    Value value = memo.get(index);
    if (value == null) {
      throw malformed("it recalls value " + Integer.toUnsignedString(index) + ", which was not remembered");
    }
    return value;
  }

  private void reduce() {
    List<Value> call = pop(2);
    if (!(call.get(0) instanceof Global global) || !(call.get(1) instanceof Tuple arguments)) {
      throw malformed("it calls " + call.get(0).kind());
    }
    push(
        switch (global) {
          case ORDERED_DICT -> {
            if (!arguments.items.isEmpty()) {
              throw malformed("OrderedDict is called with arguments");
            }
            yield new Dict();
          }
          case REBUILD_TENSOR -> builder.tensor(arguments.items);
          case REBUILD_PARAMETER -> builder.parameter(arguments.items);
          default -> throw malformed("it calls " + global.kind());
        });
  }

  /** The state of an OrderedDict is the version of each module, which says nothing of the tensors. */
  private void build() {
    Value state = pop(1).get(0);
    if (!(top() instanceof Dict) || !(state instanceof Dict)) {
      throw malformed("it sets the state of " + top().kind() + " to " + state.kind());
    }
  }

  LightMambaException unsupported(String what) {
    return errors.unsupported(what);
  }

  LightMambaException malformed(String what) {
    return errors.malformed("byte " + start + " of data.pkl: " + what + ".");
  }
}

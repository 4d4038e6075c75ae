package io.github.lightmamba.torch;

import io.github.lightmamba.safetensors.DType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Writes what {@code torch.save(model.state_dict(), file)} writes: pickle protocol 2 with a memo, and a zip whose
 * entries are aligned to 64 bytes by an extra field and followed by data descriptors. Shares no code with the reader.
 */
public final class StateDictWriter {
  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
  private final Map<String, Integer> memo = new HashMap<>();
  private int memoized;
  private final Map<String, byte[]> storages = new LinkedHashMap<>();

  /** A tensor: its little-endian bytes; two of one {@code bytes} array share a storage. */
  public record Item(DType dtype, byte[] bytes, long... shape) {}

  private StateDictWriter() {}

  /** Returns the whole file. */
  public static byte[] file(Map<String, Item> items) {
    StateDictWriter writer = new StateDictWriter();
    byte[] pickle = writer.pickle(items);
    return zip("archive", pickle, writer.storages);
  }

  /** Returns a zip with a pickle of any content and some storages. */
  public static byte[] zip(String root, byte[] pickle, Map<String, byte[]> storages) {
    Zip zip = new Zip(true);
    zip.add(root + "/data.pkl", pickle);
    zip.add(root + "/.format_version", ascii("1"));
    zip.add(root + "/.storage_alignment", ascii("64"));
    zip.add(root + "/byteorder", ascii("little"));
    storages.forEach((key, bytes) -> zip.add(root + "/data/" + key, bytes));
    zip.add(root + "/version", ascii("3\n"));
    zip.add(root + "/.data/serialization_id", ascii("1784233119271394458306270389871104570127"));
    return zip.finish();
  }

  private byte[] pickle(Map<String, Item> items) {
    bytes(0x80, 2);
    global("collections", "OrderedDict");
    bytes(')', 'R');
    put();
    bytes('(');
    Map<byte[], String> keys = new IdentityHashMap<>();
    items.forEach((name, item) -> {
      text(name);
      tensor(item, keys);
    });
    bytes('u');
    // The state that nn.Module puts on the dict: versions of modules.
    bytes('}');
    put();
    text("_metadata");
    global("collections", "OrderedDict");
    bytes(')', 'R');
    put();
    bytes('(');
    for (String module : new String[] {"", "backbone"}) {
      text(module);
      bytes('}');
      put();
      text("version");
      bytes('K', 1, 's');
    }
    bytes('u', 's', 'b', '.');
    return pickle.toByteArray();
  }

  private void tensor(Item item, Map<byte[], String> keys) {
    long elements = item.bytes().length / item.dtype().bytes();
    String key = keys.computeIfAbsent(item.bytes(), b -> String.valueOf(keys.size()));
    storages.put(key, item.bytes());
    global("torch._utils", "_rebuild_tensor_v2");
    bytes('(', '(');
    text("storage");
    global("torch", storageName(item.dtype()));
    text(key);
    text("cpu");
    number(elements);
    bytes('t');
    put();
    bytes('Q');
    number(0);
    tuple(item.shape());
    long[] strides = new long[item.shape().length];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= item.shape()[i];
    }
    tuple(strides);
    bytes(0x89);
    global("collections", "OrderedDict");
    bytes(')', 'R');
    put();
    bytes('t');
    put();
    bytes('R');
    put();
  }

  private static String storageName(DType dtype) {
    return switch (dtype) {
      case F32 -> "FloatStorage";
      case F16 -> "HalfStorage";
      case BF16 -> "BFloat16Storage";
      case I64 -> "LongStorage";
      default -> throw new IllegalArgumentException(dtype.toString());
    };
  }

  private void tuple(long[] numbers) {
    if (numbers.length == 0) {
      bytes(')');
      return;
    }
    if (numbers.length > 3) {
      bytes('(');
    }
    for (long number : numbers) {
      number(number);
    }
    bytes(numbers.length > 3 ? 't' : 0x84 + numbers.length);
    put();
  }

  private void number(long value) {
    if (value < 256) {
      bytes('K', (int) value);
    } else if (value < 65536) {
      bytes('M', (int) value & 0xff, (int) value >> 8);
    } else {
      bytes('J');
      little((int) value);
    }
  }

  private void text(String text) {
    if (known("t" + text)) {
      return;
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    bytes('X');
    little(utf8.length);
    pickle.writeBytes(utf8);
    remember("t" + text);
  }

  private void global(String module, String name) {
    if (known("g" + module + name)) {
      return;
    }
    bytes('c');
    pickle.writeBytes(ascii(module + "\n" + name + "\n"));
    remember("g" + module + name);
  }

  private boolean known(String what) {
    Integer index = memo.get(what);
    if (index == null) {
      return false;
    }
    if (index < 256) {
      bytes('h', index);
    } else {
      bytes('j');
      little(index);
    }
    return true;
  }

  private void remember(String what) {
    memo.put(what, memoized);
    put();
  }

  private void put() {
    if (memoized < 256) {
      bytes('q', memoized);
    } else {
      bytes('r');
      little(memoized);
    }
    memoized++;
  }

  private void bytes(int... values) {
    for (int value : values) {
      pickle.write(value);
    }
  }

  private void little(int value) {
    pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A zip of stored entries; with or without the alignment and descriptors of torch. */
  public static final class Zip {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final List<byte[]> directory = new ArrayList<>();
    private final boolean torch;

    /** Starts a zip. */
    public Zip(boolean torch) {
      this.torch = torch;
    }

    /** Adds an entry. */
    public void add(String name, byte[] content) {
      int header = out.size();
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      CRC32 crc = new CRC32();
      crc.update(content);
      int padding = torch ? (64 - (header + 30 + utf8.length + 4) % 64) % 64 : 0;
      int extra = torch ? 4 + padding : 0;
      int flags = torch ? 0x0808 : 0x0800;
      ByteBuffer local = buffer(30 + utf8.length + extra);
      local.putInt(0x04034b50).putShort((short) 0).putShort((short) flags).putShort((short) 0).putInt(0);
      local.putInt(torch ? 0 : (int) crc.getValue());
      local.putInt(torch ? 0 : content.length).putInt(torch ? 0 : content.length);
      local.putShort((short) utf8.length).putShort((short) extra).put(utf8);
      if (torch) {
        local.put((byte) 'F').put((byte) 'B').putShort((short) padding);
        while (local.hasRemaining()) {
          local.put((byte) 'Z');
        }
      }
      out.writeBytes(local.array());
      out.writeBytes(content);
      if (torch) {
        out.writeBytes(
            buffer(16).putInt(0x08074b50).putInt((int) crc.getValue()).putInt(content.length).putInt(content.length)
                .array());
      }
      ByteBuffer central = buffer(46 + utf8.length);
      central.putInt(0x02014b50).putShort((short) 0).putShort((short) 0).putShort((short) flags).putShort((short) 0);
      central.putInt(0).putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
      central.putShort((short) utf8.length).putShort((short) 0).putShort((short) 0).putShort((short) 0);
      central.putShort((short) 0).putInt(0).putInt(header).put(utf8);
      directory.add(central.array());
    }

    /** Ends the zip, with the zip64 records that torch writes, if it is torch's. */
    public byte[] finish() {
      int start = out.size();
      directory.forEach(out::writeBytes);
      int end = out.size();
      if (torch) {
        out.writeBytes(
            buffer(56).putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0)
                .putLong(directory.size()).putLong(directory.size()).putLong(end - start).putLong(start).array());
        out.writeBytes(buffer(20).putInt(0x07064b50).putInt(0).putLong(end).putInt(1).array());
      }
      out.writeBytes(
          buffer(22).putInt(0x06054b50).putInt(0).putShort((short) directory.size())
              .putShort((short) directory.size()).putInt(end - start).putInt(torch ? -1 : start).putShort((short) 0)
              .array());
      return out.toByteArray();
    }

    private static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}

package io.github.lightmamba.torch;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.safetensors.MappedTensors;
import io.github.lightmamba.safetensors.TensorInfo;
import io.github.lightmamba.safetensors.TensorStore;
import io.github.lightmamba.torch.Value.Dict;
import io.github.lightmamba.torch.Value.Storage;
import io.github.lightmamba.torch.Value.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Opens a state dict that {@code torch.save} wrote; tensors are mapped where they lie in the zip. */
public final class TorchFile {
  private static final String PICKLE = "/data.pkl";
  private static final int ZIP_START = 0x04034b50;
  private static final int PICKLE_START = 0x80;

  private final FileChannel channel;
  private final TorchErrors errors;
  private final Map<String, StoredEntry> entries;
  private final String root; // the archive's folder, with its slash
  private final Map<String, Storage> used = new HashMap<>();

  private TorchFile(FileChannel channel, TorchErrors errors) throws IOException {
    this.channel = channel;
    this.errors = errors;
    requireZip();
    this.entries = ZipDirectory.read(channel, errors);
    this.root = root();
  }

  /**
   * Opens a file, runs its pickle and checks every tensor against the bytes that the file has for it.
   *
   * @throws LightMambaException if the file is malformed, asks for more than tensors, or is of an older or another form
   */
  public static TensorStore open(Path file) {
    TorchErrors errors = new TorchErrors(file);
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      TensorStore opened = new MappedTensors(file, channel, new TorchFile(channel, errors).tensors());
      channel = null;
      return opened;
    } catch (IOException e) {
      throw errors.notReadable(e);
    } finally {
      close(channel, errors);
    }
  }

  private static void close(FileChannel channel, TorchErrors errors) {
    if (channel == null) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw errors.notReadable(e);
    }
  }

  private void requireZip() throws IOException {
    ByteBuffer start = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    while (start.hasRemaining() && channel.read(start, start.position()) >= 0) {
      continue;
    }
    if (start.getInt(0) == ZIP_START) {
      return;
    }
    if (Byte.toUnsignedInt(start.get(0)) == PICKLE_START) {
      throw errors.unsupported("this is a bare pickle, the form of torch.save before PyTorch 1.6, which is not read.");
    }
    throw errors.malformed("the file is no zip, which torch.save writes since PyTorch 1.6.");
  }

  private String root() throws IOException {
    String found = null;
    for (String name : entries.keySet()) {
      if (name.endsWith(PICKLE)) {
        String root = name.substring(0, name.length() - PICKLE.length() + 1);
        if (found != null || root.indexOf('/') != root.length() - 1) {
          throw errors.malformed("the zip has more than one data.pkl, or not in its top folder.");
        }
        found = root;
      }
    }
    if (found == null) {
      throw errors.malformed("the zip has no <folder>/data.pkl; it was not written by torch.save.");
    }
    if (entries.containsKey(found + "constants.pkl")) {
      throw errors.unsupported("this is a TorchScript program (constants.pkl), which is not run.");
    }
    requireLittleEndian(entries.get(found + "byteorder"));
    return found;
  }

  private void requireLittleEndian(StoredEntry order) throws IOException {
    if (order == null) {
      return; // Older than PyTorch 2.1, which wrote the order of the machine; big-endian ones were hardly any.
    }
    String text =
        order.size() > 16 ? "too long" : StandardCharsets.US_ASCII.decode(map(order)).toString().strip();
    if (!text.equals("little")) {
      throw errors.unsupported("its byteorder is '" + TorchErrors.brief(text) + "', only 'little' is read.");
    }
  }

  private ByteBuffer map(StoredEntry entry) throws IOException {
    return channel.map(FileChannel.MapMode.READ_ONLY, entry.offset(), entry.size()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Map<String, TensorInfo> tensors() throws IOException {
    StoredEntry pickle = entries.get(root + PICKLE.substring(1));
    if (pickle.size() > PickleReader.MAX_BYTES) {
      throw errors.malformed(
          "data.pkl has " + pickle.size() + " bytes, at most " + PickleReader.MAX_BYTES + " are read.");
    }
    Value value = new PickleReader(map(pickle), errors).run();
    if (!(value instanceof Dict dict)) {
      throw errors.unsupported("the file holds " + value.kind() + ", not a dict of tensors.");
    }
    Map<String, TensorInfo> tensors = new TreeMap<>();
    dict.items.forEach((key, item) -> tensors.put(name(key), info(name(key), item)));
    requireAllUsed();
    return tensors;
  }

  private String name(Object key) {
    if (key instanceof String text) {
      return text;
    }
    throw errors.unsupported("a tensor has the number " + key + " instead of a name.");
  }

  private TensorInfo info(String name, Value item) {
    String shown = TorchErrors.brief(name);
    if (!(item instanceof Tensor tensor)) {
      throw errors.unsupported(
          "the item " + shown + " is " + item.kind() + ", no tensor; only a bare dict of the model's tensors is read.");
    }
    Storage storage = tensor.storage();
    StoredEntry bytes = entries.get(root + "data/" + storage.key());
    int width = storage.dtype().bytes();
    if (bytes == null) {
      throw errors.malformed(
          "the zip has no entry data/" + TorchErrors.brief(storage.key()) + " for the tensor " + shown + ".");
    }
    if (storage.elements() > Long.MAX_VALUE / width || bytes.size() != storage.elements() * width) {
      throw errors.malformed(
          "the storage data/%s of tensor %s is said to have %d elements of %s, but has %d bytes."
              .formatted(storage.key(), shown, storage.elements(), storage.dtype(), bytes.size()));
    }
    Storage other = used.putIfAbsent(storage.key(), storage);
    if (other != null && !other.equals(storage)) {
      throw errors.malformed("the storage data/" + storage.key() + " has two types.");
    }
    long elements = tensor.shape().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    return new TensorInfo(
        name, storage.dtype(), tensor.shape(), bytes.offset() + tensor.first() * width, elements * width);
  }

  /** A storage that no tensor uses means that the pickle and the zip do not fit together. */
  private void requireAllUsed() {
    String data = root + "data/";
    for (String name : entries.keySet()) {
      if (name.startsWith(data) && !used.containsKey(name.substring(data.length()))) {
        throw errors.malformed("the zip's entry " + TorchErrors.brief(name) + " belongs to no tensor.");
      }
    }
  }
}

package io.github.lightmamba.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads where the entries of a zip lie. Entries must be stored, lie one behind the other without gaps, and be named
 * the same in both places where a zip names them, so that a damaged offset does not shift a tensor unseen. Checksums
 * are not computed. Source: APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
 */
final class ZipDirectory {
  private static final int LOCAL = 0x04034b50;
  private static final int DESCRIPTOR = 0x08074b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;

  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int END_64_BYTES = 56;
  private static final int LOCATOR_64_BYTES = 20;
  private static final int MAX_COMMENT_BYTES = 0xffff;

  private static final int MAX_ENTRIES = 100_000;
  private static final long MAX_DIRECTORY_BYTES = 16 << 20;
  private static final int MAX_NAME_BYTES = 1024;

  private static final int FLAG_ENCRYPTED = 1;
  private static final int FLAG_DESCRIPTOR = 1 << 3;
  private static final int EXTRA_64 = 1;
  private static final long IN_EXTRA_64 = 0xffffffffL;

  private final FileChannel channel;
  private final TorchErrors errors;
  private final long size;

  private ZipDirectory(FileChannel channel, TorchErrors errors) throws IOException {
    this.channel = channel;
    this.errors = errors;
    this.size = channel.size();
  }

  /** Where the directory lies: the number of entries, its first byte, its bytes. */
  private record End(long entries, long offset, long bytes) {}

  /** An entry of the directory: what is known before its local header is read. */
  private record Listed(String name, int flags, long header, long size) {}

  /**
   * Reads the directory.
   *
   * @return the entries by name
   */
  static Map<String, StoredEntry> read(FileChannel channel, TorchErrors errors) throws IOException {
    return new ZipDirectory(channel, errors).entries();
  }

  private Map<String, StoredEntry> entries() throws IOException {
    End end = end();
    List<Listed> listed = listed(end);
    listed.sort(Comparator.comparingLong(Listed::header));
    Map<String, StoredEntry> entries = new TreeMap<>();
    for (int i = 0; i < listed.size(); i++) {
      long next = i + 1 < listed.size() ? listed.get(i + 1).header() : end.offset();
      StoredEntry entry = located(listed.get(i), next);
      if (entries.put(entry.name(), entry) != null) {
        throw errors.malformed("the zip has two entries of the name " + TorchErrors.brief(entry.name()) + ".");
      }
    }
    return entries;
  }

  private End end() throws IOException {
    int tail = (int) Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
    ByteBuffer bytes = read(size - tail, tail);
    for (int at = tail - END_BYTES; at >= 0; at--) {
      if (bytes.getInt(at) == END && Short.toUnsignedInt(bytes.getShort(at + 20)) == tail - END_BYTES - at) {
        return end(bytes.position(at).slice().order(ByteOrder.LITTLE_ENDIAN), size - tail + at);
      }
    }
    throw errors.malformed("the zip has no end record; the file is cut off.");
  }

  private End end(ByteBuffer record, long position) throws IOException {
    long directoryEnd = position;
    End end =
        new End(
            Short.toUnsignedLong(record.getShort(10)),
            Integer.toUnsignedLong(record.getInt(16)),
            Integer.toUnsignedLong(record.getInt(12)));
    int disks = record.getShort(4) | record.getShort(6);
    long locator = position - LOCATOR_64_BYTES;
    if (locator >= 0 && read(locator, 4).getInt(0) == LOCATOR_64) {
      directoryEnd = read(locator, LOCATOR_64_BYTES).getLong(8);
      if (directoryEnd < 0 || directoryEnd > locator - END_64_BYTES) {
        throw errors.malformed("the zip64 end record is said to be at " + directoryEnd + ", outside the file.");
      }
      ByteBuffer record64 = read(directoryEnd, END_64_BYTES);
      if (record64.getInt(0) != END_64 || record64.getLong(4) != locator - directoryEnd - 12) {
        throw errors.malformed("the zip64 end record is damaged.");
      }
      end = new End(record64.getLong(32), record64.getLong(48), record64.getLong(40));
      disks = record64.getInt(16) | record64.getInt(20);
    }
    if (disks != 0) {
      throw errors.malformed("the zip is one of several disks.");
    }
    if (end.bytes() < 0 || end.bytes() > MAX_DIRECTORY_BYTES || end.entries() < 0 || end.entries() > MAX_ENTRIES) {
      throw errors.malformed(
          "the zip's directory is said to have %s entries in %s bytes; at most %d in %d are read."
              .formatted(
                  Long.toUnsignedString(end.entries()),
                  Long.toUnsignedString(end.bytes()),
                  MAX_ENTRIES,
                  MAX_DIRECTORY_BYTES));
    }
    if (end.offset() < 0 || end.offset() != directoryEnd - end.bytes()) {
      throw errors.malformed("the zip's directory is said to be at " + end.offset() + ", where it cannot be.");
    }
    return end;
  }

  private List<Listed> listed(End end) throws IOException {
    ByteBuffer bytes = read(end.offset(), (int) end.bytes());
    List<Listed> listed = new ArrayList<>();
    for (long i = 0; i < end.entries(); i++) {
      if (bytes.remaining() < CENTRAL_BYTES || bytes.getInt(bytes.position()) != CENTRAL) {
        throw errors.malformed("entry " + i + " of the zip's directory is damaged.");
      }
      listed.add(listed(bytes));
    }
    if (bytes.hasRemaining()) {
      throw errors.malformed("the zip's directory has " + bytes.remaining() + " bytes too many.");
    }
    return listed;
  }

  private Listed listed(ByteBuffer bytes) {
    int start = bytes.position();
    int flags = Short.toUnsignedInt(bytes.getShort(start + 8));
    int method = Short.toUnsignedInt(bytes.getShort(start + 10));
    long packed = Integer.toUnsignedLong(bytes.getInt(start + 20));
    long plain = Integer.toUnsignedLong(bytes.getInt(start + 24));
    int nameBytes = Short.toUnsignedInt(bytes.getShort(start + 28));
    int extraBytes = Short.toUnsignedInt(bytes.getShort(start + 30));
    int commentBytes = Short.toUnsignedInt(bytes.getShort(start + 32));
    long header = Integer.toUnsignedLong(bytes.getInt(start + 42));
    int length = CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
    if (nameBytes > MAX_NAME_BYTES || length > bytes.remaining()) {
      throw errors.malformed("a name in the zip's directory is longer than the directory, or than 1024 bytes.");
    }
    String name = name(bytes, start + CENTRAL_BYTES, nameBytes);
    ByteBuffer wide = extra(bytes, start + CENTRAL_BYTES + nameBytes, extraBytes, name);
    plain = plain == IN_EXTRA_64 ? wide(wide, name) : plain;
    packed = packed == IN_EXTRA_64 ? wide(wide, name) : packed;
    header = header == IN_EXTRA_64 ? wide(wide, name) : header;
    String shown = TorchErrors.brief(name);
    if ((flags & FLAG_ENCRYPTED) != 0) {
      throw errors.unsupported("the zip's entry " + shown + " is encrypted.");
    }
    if (method != 0) {
      throw errors.unsupported(
          "the zip's entry " + shown + " is compressed (method " + method + "); torch.save stores, so that it can be"
              + " mapped.");
    }
    if (packed != plain || plain < 0 || header < 0) {
      throw errors.malformed(
          "the zip's entry " + shown + " is stored, but has " + packed + " bytes for a content of " + plain + ".");
    }
    bytes.position(start + length);
    return new Listed(name, flags, header, plain);
  }

  /** Checks an entry's own header, and that the content fills the space up to the next entry. */
  private StoredEntry located(Listed listed, long next) throws IOException {
    String shown = TorchErrors.brief(listed.name());
    if (listed.header() > next - LOCAL_BYTES) {
      throw errors.malformed("the zip's entry " + shown + " overlaps with what comes after it.");
    }
    ByteBuffer fixed = read(listed.header(), LOCAL_BYTES);
    int nameBytes = Short.toUnsignedInt(fixed.getShort(26));
    int extraBytes = Short.toUnsignedInt(fixed.getShort(28));
    long start = listed.header() + LOCAL_BYTES + nameBytes + extraBytes;
    if (fixed.getInt(0) != LOCAL || nameBytes > MAX_NAME_BYTES || start > next || listed.size() > next - start) {
      throw errors.malformed("the zip's entry " + shown + " has a damaged header or is longer than its place.");
    }
    ByteBuffer rest = read(listed.header() + LOCAL_BYTES, nameBytes + extraBytes);
    if (!name(rest, 0, nameBytes).equals(listed.name())) {
      throw errors.malformed("the zip's entry " + shown + " has another name in its own header.");
    }
    extra(rest, nameBytes, extraBytes, listed.name());
    long gap = next - start - listed.size();
    boolean descriptor = (listed.flags() & FLAG_DESCRIPTOR) != 0;
    boolean fits =
        descriptor
            ? (gap == 16 || gap == 24) && read(start + listed.size(), 4).getInt(0) == DESCRIPTOR
            : gap == 0;
    if (!fits) {
      throw errors.malformed("after the zip's entry " + shown + " come " + gap + " bytes that belong to nothing.");
    }
    return new StoredEntry(listed.name(), start, listed.size());
  }

  private String name(ByteBuffer bytes, int at, int length) {
    byte[] name = new byte[length];
    bytes.get(at, name);
    return new String(name, StandardCharsets.UTF_8);
  }

  /** Walks the records of an extra field, which must fill it; returns the content of the zip64 record, or nothing. */
  private ByteBuffer extra(ByteBuffer bytes, int at, int length, String name) {
    ByteBuffer wide = ByteBuffer.allocate(0);
    int position = at;
    while (position < at + length) {
      int left = at + length - position;
      int content = left < 4 ? left : Short.toUnsignedInt(bytes.getShort(position + 2));
      if (left < 4 || content > left - 4) {
        throw errors.malformed("the zip's entry " + TorchErrors.brief(name) + " has a damaged extra field.");
      }
      if (bytes.getShort(position) == EXTRA_64) {
        wide = bytes.slice(position + 4, content).order(ByteOrder.LITTLE_ENDIAN);
      }
      position += 4 + content;
    }
    return wide;
  }

  private long wide(ByteBuffer extra, String name) {
    if (extra.remaining() < Long.BYTES) {
      throw errors.malformed("the zip's entry " + TorchErrors.brief(name) + " lacks its 64-bit size or place.");
    }
    return extra.getLong();
  }

  private ByteBuffer read(long position, int length) throws IOException {
    if (position < 0 || position > size - length) {
      throw errors.malformed(length + " bytes at " + position + " lie outside the file of " + size + " bytes.");
    }
    ByteBuffer target = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new IOException("the file ended early");
      }
    }
    return target.flip();
  }
}

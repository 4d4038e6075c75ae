package io.github.lightmamba.xclbin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Reads the sections that are arrays of C structs: a count, then entries of a fixed size up to the section's end. An
 * empty buffer is a section that is not there.
 */
final class StructSections {
  private static final int BANK_BYTES = 40;
  private static final int INSTANCE_BYTES = 80;
  private static final int CONNECTION_BYTES = 12;
  private static final int CLOCK_BYTES = 136;
  private static final int ALIGNMENT = 8;

  private final XclbinErrors errors;

  StructSections(XclbinErrors errors) {
    this.errors = errors;
  }

  List<MemoryBank> memories(ByteBuffer bytes) {
    int count = count(bytes, 4, 8, BANK_BYTES, "MEM_TOPOLOGY");
    List<MemoryBank> banks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = 8 + i * BANK_BYTES;
      int type = Byte.toUnsignedInt(bytes.get(at));
      if (type >= MemoryType.values().length) {
        throw errors.malformed("memory bank " + i + " has the type " + type + ", which is unknown.");
      }
      MemoryBank bank =
          new MemoryBank(
              MemoryType.values()[type],
              bytes.get(at + 1) != 0,
              bytes.getLong(at + 8),
              bytes.getLong(at + 16),
              text(bytes, at + 24, 16, "the tag of memory bank " + i, errors));
      if (bank.used() && bank.type().addressed()) {
        checkRange(bank, i);
      }
      banks.add(bank);
    }
    return List.copyOf(banks);
  }

  /** A bank that data is written to must lie inside 64 bits of addresses. */
  private void checkRange(MemoryBank bank, int index) {
    boolean fits = bank.sizeKiB() >= 0 && bank.sizeKiB() <= Long.MAX_VALUE >> 10;
    long last = bank.baseAddress() + (bank.sizeKiB() << 10) - 1;
    boolean wraps = bank.sizeKiB() > 0 && Long.compareUnsigned(last, bank.baseAddress()) < 0;
    if (!fits || wraps) {
      throw errors.malformed(
          "memory bank %d (%s) has %s KiB at 0x%x, beyond 64 bits of addresses."
              .formatted(index, bank.tag(), Long.toUnsignedString(bank.sizeKiB()), bank.baseAddress()));
    }
  }

  List<IpInstance> instances(ByteBuffer bytes) {
    int count = count(bytes, 4, 8, INSTANCE_BYTES, "IP_LAYOUT");
    List<IpInstance> instances = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = 8 + i * INSTANCE_BYTES;
      long base = bytes.getLong(at + 8);
      IpInstance instance =
          new IpInstance(
              Integer.toUnsignedLong(bytes.getInt(at)),
              text(bytes, at + 16, 64, "the name of instance " + i, errors),
              base == -1 ? OptionalLong.empty() : OptionalLong.of(base),
              bytes.getInt(at + 4) >> 8 & 0xff);
      if (instance.isKernel() && instance.name().isEmpty()) {
        throw errors.malformed("instance " + i + " in IP_LAYOUT has no name.");
      }
      instances.add(instance);
    }
    return List.copyOf(instances);
  }

  /**
   * Reads connections.
   *
   * @param memories the banks that they lead to
   * @param target the section of these banks
   */
  List<Connection> connections(
      ByteBuffer bytes, List<IpInstance> instances, List<MemoryBank> memories, SectionKind target) {
    int count = count(bytes, 4, 4, CONNECTION_BYTES, "CONNECTIVITY");
    List<Connection> connections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = 4 + i * CONNECTION_BYTES;
      Connection connection = new Connection(bytes.getInt(at), bytes.getInt(at + 4), bytes.getInt(at + 8));
      if (connection.argument() < 0) {
        throw errors.malformed("connection " + i + " is of argument " + connection.argument() + ".");
      }
      if (connection.instance() < 0 || connection.instance() >= instances.size()) {
        throw errors.malformed(
            "connection " + i + " is of instance " + connection.instance() + ", IP_LAYOUT has " + instances.size()
                + ".");
      }
      if (connection.memory() < 0 || connection.memory() >= memories.size()) {
        throw errors.malformed(
            "connection " + i + " leads to bank " + connection.memory() + ", " + target + " has " + memories.size()
                + ".");
      }
      connections.add(connection);
    }
    return List.copyOf(connections);
  }

  List<ClockFrequency> clocks(ByteBuffer bytes) {
    int count = count(bytes, 2, 2, CLOCK_BYTES, "CLOCK_FREQ_TOPOLOGY");
    List<ClockFrequency> clocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = 2 + i * CLOCK_BYTES;
      int type = Byte.toUnsignedInt(bytes.get(at + 2));
      if (type >= ClockFrequency.Type.values().length) {
        throw errors.malformed("clock " + i + " has the type " + type + ", which is unknown.");
      }
      clocks.add(
          new ClockFrequency(
              text(bytes, at + 8, 128, "the name of clock " + i, errors),
              ClockFrequency.Type.values()[type],
              Short.toUnsignedInt(bytes.getShort(at))));
    }
    return List.copyOf(clocks);
  }

  /**
   * Returns how many entries a section has, which must fill it but for padding.
   *
   * @param width bytes of the count
   * @param first where the entries begin
   */
  private int count(ByteBuffer bytes, int width, int first, int entryBytes, String section) {
    int size = bytes.limit();
    if (size == 0) {
      return 0;
    }
    if (size < first) {
      throw errors.malformed(section + " has " + size + " bytes, at least " + first + " belong to it.");
    }
    int count = width == 2 ? bytes.getShort(0) : bytes.getInt(0);
    long needed = first + (long) count * entryBytes;
    // A C array of one entry stands in each struct, so that an empty section may have room for it.
    boolean room = needed <= size && (size - needed < ALIGNMENT || count == 0 && size - needed <= entryBytes);
    if (count < 0 || !room) {
      throw errors.malformed(
          "%s has %d bytes and is said to have %d entries of %d bytes.".formatted(section, size, count, entryBytes));
    }
    return count;
  }

  /** Returns a C string; it ends with a zero or with its field. */
  static String text(ByteBuffer bytes, int at, int width, String what, XclbinErrors errors) {
    byte[] field = new byte[width];
    bytes.get(at, field);
    int length = 0;
    while (length < width && field[length] != 0) {
      if (field[length] < ' ' || field[length] > '~') {
        throw errors.malformed(what + " has a byte " + Byte.toUnsignedInt(field[length]) + ", which is no character.");
      }
      length++;
    }
    return new String(field, 0, length, StandardCharsets.US_ASCII);
  }
}

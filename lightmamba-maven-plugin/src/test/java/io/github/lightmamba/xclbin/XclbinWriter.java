package io.github.lightmamba.xclbin;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * Writes xclbin files from the layout of {@code struct axlf} in {@code xclbin.h} of XRT, in which every struct has a
 * checked size: axlf without sections 456 bytes, section header 40, bank 40, instance 80, connection 12, clock 136.
 */
public final class XclbinWriter {
  private static final int TABLE = 456;

  private record Part(int kind, String name, byte[] content) {}

  private record Bank(int type, boolean used, long sizeKiB, long base, String tag) {}

  private record Instance(String name, long base, int control) {}

  private record Clock(int megahertz, int type, String name) {}

  private final List<Part> parts = new ArrayList<>();
  private final List<Bank> banks = new ArrayList<>();
  private final List<Instance> instances = new ArrayList<>();
  private final List<int[]> connections = new ArrayList<>();
  private final List<Clock> clocks = new ArrayList<>();
  private final String platform;
  private final int mode;

  /**
   * Begins a file.
   *
   * @param platform for the header
   * @param mode 0 flat, 1 with a region for kernels, 4 hardware emulation
   */
  public XclbinWriter(String platform, int mode) {
    this.platform = platform;
    this.mode = mode;
  }

  /** Adds a section as it is. */
  public XclbinWriter section(int kind, String name, byte[] content) {
    parts.add(new Part(kind, name, content));
    return this;
  }

  /** Adds a text section. */
  public XclbinWriter section(int kind, String name, String content) {
    return section(kind, name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a memory bank; the type is 1 for DDR4, 6 for HBM. */
  public XclbinWriter bank(int type, boolean used, long sizeKiB, long base, String tag) {
    banks.add(new Bank(type, used, sizeKiB, base, tag));
    return this;
  }

  /** Adds an instance of a kernel that is started by ap_ctrl_chain. */
  public XclbinWriter instance(String name, long base) {
    instances.add(new Instance(name, base, 1));
    return this;
  }

  /** Adds a connection: argument, instance, bank. */
  public XclbinWriter connection(int argument, int instance, int bank) {
    connections.add(new int[] {argument, instance, bank});
    return this;
  }

  /** Adds a clock; the type is 1 for data, 2 for a second kernel clock, 3 for system. */
  public XclbinWriter clock(int megahertz, int type, String name) {
    clocks.add(new Clock(megahertz, type, name));
    return this;
  }

  /** Returns the file. */
  public byte[] bytes() {
    List<Part> all = new ArrayList<>(parts);
    structs(all);
    ByteBuffer head = little(TABLE + 40 * all.size());
    Arrays.fill(head.array(), 12, 296, (byte) 0xff);
    head.put(0, "xclbin2\0".getBytes(StandardCharsets.US_ASCII)).putInt(8, -1).putLong(296, 0x1122334455L);
    head.putLong(304 + 8, 1_700_000_000L).put(304 + 26, (byte) 2).put(304 + 27, (byte) 13);
    head.putShort(304 + 28, (short) mode);
    head.put(304 + 48, platform.getBytes(StandardCharsets.US_ASCII));
    ByteBuffer ids = head.duplicate().order(ByteOrder.BIG_ENDIAN);
    UUID uuid = UUID.nameUUIDFromBytes(platform.getBytes(StandardCharsets.US_ASCII));
    UUID shell = UUID.nameUUIDFromBytes(new byte[] {7});
    ids.putLong(304 + 32, shell.getMostSignificantBits()).putLong(304 + 40, shell.getLeastSignificantBits());
    ids.putLong(304 + 112, uuid.getMostSignificantBits()).putLong(304 + 120, uuid.getLeastSignificantBits());
    head.putInt(304 + 144, all.size());
    ByteArrayOutputStream contents = new ByteArrayOutputStream();
    for (int i = 0; i < all.size(); i++) {
      contents.writeBytes(new byte[-(head.capacity() + contents.size()) & 7]);
      Part part = all.get(i);
      int at = TABLE + 40 * i;
      head.putInt(at, part.kind()).put(at + 4, part.name().getBytes(StandardCharsets.US_ASCII));
      head.putLong(at + 24, head.capacity() + contents.size()).putLong(at + 32, part.content().length);
      contents.writeBytes(part.content());
    }
    head.putLong(304, head.capacity() + contents.size());
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(head.array());
    file.writeBytes(contents.toByteArray());
    return file.toByteArray();
  }

  private void structs(List<Part> all) {
    if (!banks.isEmpty()) {
      ByteBuffer bytes = little(8 + 40 * banks.size()).putInt(0, banks.size());
      for (int i = 0; i < banks.size(); i++) {
        Bank bank = banks.get(i);
        int at = 8 + 40 * i;
        bytes.put(at, (byte) bank.type()).put(at + 1, (byte) (bank.used() ? 1 : 0));
        bytes.putLong(at + 8, bank.sizeKiB()).putLong(at + 16, bank.base());
        bytes.put(at + 24, bank.tag().getBytes(StandardCharsets.US_ASCII));
      }
      all.add(new Part(6, "mem_topology", bytes.array()));
    }
    if (!instances.isEmpty()) {
      ByteBuffer bytes = little(8 + 80 * instances.size()).putInt(0, instances.size());
      for (int i = 0; i < instances.size(); i++) {
        Instance instance = instances.get(i);
        int at = 8 + 80 * i;
        String cut = instance.name().substring(0, Math.min(63, instance.name().length()));
        bytes.putInt(at, 1).putInt(at + 4, 1 | instance.control() << 8).putLong(at + 8, instance.base());
        bytes.put(at + 16, cut.getBytes(StandardCharsets.US_ASCII));
      }
      all.add(new Part(8, "ip_layout", bytes.array()));
    }
    if (!connections.isEmpty()) {
      ByteBuffer bytes = little(4 + 12 * connections.size()).putInt(0, connections.size());
      for (int i = 0; i < connections.size(); i++) {
        int[] triple = connections.get(i);
        bytes.putInt(4 + 12 * i, triple[0]).putInt(8 + 12 * i, triple[1]).putInt(12 + 12 * i, triple[2]);
      }
      all.add(new Part(7, "connectivity", bytes.array()));
    }
    if (!clocks.isEmpty()) {
      ByteBuffer bytes = little(2 + 136 * clocks.size()).putShort(0, (short) clocks.size());
      for (int i = 0; i < clocks.size(); i++) {
        Clock clock = clocks.get(i);
        int at = 2 + 136 * i;
        bytes.putShort(at, (short) clock.megahertz()).put(at + 2, (byte) clock.type());
        bytes.put(at + 8, clock.name().getBytes(StandardCharsets.US_ASCII));
      }
      all.add(new Part(11, "clocks", bytes.array()));
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}

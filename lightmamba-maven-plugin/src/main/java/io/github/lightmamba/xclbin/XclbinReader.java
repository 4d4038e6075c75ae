package io.github.lightmamba.xclbin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads header and section table, checks where sections lie, and hands the small ones to their readers. */
final class XclbinReader {
  private static final byte[] MAGIC = "xclbin2\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 304; // struct axlf_header in struct axlf
  private static final int TABLE = 456; // the first struct axlf_section_header
  private static final int ENTRY_BYTES = 40;
  private static final int MAX_SECTIONS = 1024;
  private static final int MAX_STRUCTS_BYTES = 4 << 20;
  private static final int MAX_TEXT_BYTES = 8 << 20;

  private final Path file;
  private final FileChannel channel;
  private final XclbinErrors errors;
  private final long size;

  private XclbinReader(Path file, FileChannel channel, XclbinErrors errors) throws IOException {
    this.file = file;
    this.channel = channel;
    this.errors = errors;
    this.size = channel.size();
  }

  static Xclbin read(Path file) {
    XclbinErrors errors = new XclbinErrors(file);
    try {
      if (Files.isDirectory(file)) {
        throw new IOException("a folder");
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        return new XclbinReader(file, channel, errors).read();
      }
    } catch (IOException e) {
      throw errors.notReadable(e);
    }
  }

  static Optional<String> cutOff(Path file) {
    XclbinErrors errors = new XclbinErrors(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      XclbinReader reader = new XclbinReader(file, channel, errors);
      if (reader.size < TABLE) {
        return Optional.of("it has " + reader.size + " bytes, an xclbin has more than " + TABLE);
      }
      ByteBuffer start = reader.bytes(0, TABLE);
      long said = start.getLong(HEADER) + Math.max(0, start.getInt(8));
      return begins(start) && said > reader.size
          ? Optional.of("its header says " + said + " bytes, it has " + reader.size)
          : Optional.empty();
    } catch (IOException e) {
      throw errors.notReadable(e);
    }
  }

  private static boolean begins(ByteBuffer start) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (start.get(i) != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  private Xclbin read() throws IOException {
    if (size < TABLE) {
      throw errors.malformed("it has " + size + " bytes, an xclbin has more than " + TABLE + ".");
    }
    ByteBuffer start = bytes(0, TABLE);
    XclbinHeader header = header(start);
    List<XclbinSection> sections = sections(start.getInt(HEADER + 144), header.length());
    StructSections structs = new StructSections(errors);
    List<MemoryBank> memories = structs.memories(content(sections, SectionKind.MEM_TOPOLOGY));
    List<IpInstance> instances = structs.instances(content(sections, SectionKind.IP_LAYOUT));
    List<MemoryBank> groups = structs.memories(content(sections, SectionKind.ASK_GROUP_TOPOLOGY));
    JsonScalars build = new JsonScalars(SectionKind.BUILD_METADATA, errors);
    return new Xclbin(
        file,
        header,
        sections,
        instances,
        memories,
        structs.connections(
            content(sections, SectionKind.CONNECTIVITY), instances, memories, SectionKind.MEM_TOPOLOGY),
        groups,
        structs.connections(
            content(sections, SectionKind.ASK_GROUP_CONNECTIVITY), instances, groups, SectionKind.ASK_GROUP_TOPOLOGY),
        structs.clocks(content(sections, SectionKind.CLOCK_FREQ_TOPOLOGY)),
        EmbeddedMetadata.kernels(content(sections, SectionKind.EMBEDDED_METADATA), errors),
        build.build(content(sections, SectionKind.BUILD_METADATA)),
        keyValues(sections),
        imageMarked(sections));
  }

  private Map<String, String> keyValues(List<XclbinSection> sections) throws IOException {
    return new JsonScalars(SectionKind.KEYVALUE_METADATA, errors)
        .keyValues(content(sections, SectionKind.KEYVALUE_METADATA));
  }

  private XclbinHeader header(ByteBuffer start) {
    if (!begins(start)) {
      throw errors.malformed("it does not begin with \"xclbin2\".");
    }
    long signature = Math.max(0, start.getInt(8));
    long length = start.getLong(HEADER);
    if (length < TABLE || length != size - signature) {
      throw errors.malformed(
          "its header says %s bytes%s, the file has %d."
              .formatted(
                  Long.toUnsignedString(length),
                  signature > 0 ? " and a signature of " + signature : "",
                  size));
    }
    int mode = Short.toUnsignedInt(start.getShort(HEADER + 28));
    if (mode >= XclbinMode.values().length) {
      throw errors.malformed("its mode is " + mode + ", known are 0 to " + (XclbinMode.values().length - 1) + ".");
    }
    String version =
        Byte.toUnsignedInt(start.get(HEADER + 26))
            + "." + Byte.toUnsignedInt(start.get(HEADER + 27))
            + "." + Short.toUnsignedInt(start.getShort(HEADER + 24));
    return new XclbinHeader(
        length,
        start.getLong(HEADER + 8),
        version,
        XclbinMode.values()[mode],
        uuid(start, HEADER + 32),
        StructSections.text(start, HEADER + 48, 64, "the platform in the header", errors),
        uuid(start, HEADER + 112),
        signature);
  }

  /** The bytes as XRT prints them: in the order of the file. */
  private static UUID uuid(ByteBuffer bytes, int at) {
    ByteBuffer big = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    return new UUID(big.getLong(at), big.getLong(at + 8));
  }

  private List<XclbinSection> sections(int count, long length) throws IOException {
    if (count < 0 || count > MAX_SECTIONS || count > (length - TABLE) / ENTRY_BYTES) {
      throw errors.malformed(
          "its header says " + Integer.toUnsignedString(count) + " sections; the file has room for "
              + Math.min(MAX_SECTIONS, (length - TABLE) / ENTRY_BYTES) + " at most.");
    }
    ByteBuffer table = bytes(TABLE, count * ENTRY_BYTES);
    long first = TABLE + (long) count * ENTRY_BYTES;
    List<XclbinSection> sections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int at = i * ENTRY_BYTES;
      XclbinSection section =
          new XclbinSection(
              Integer.toUnsignedLong(table.getInt(at)),
              StructSections.text(table, at + 4, 16, "the name of section " + i, errors),
              table.getLong(at + 24),
              table.getLong(at + 32));
      if (section.offset() == 0 && section.size() == 0) {
        continue; // The format's way to say that a section is not there.
      }
      if (section.offset() < first || section.size() < 0 || section.size() > length - section.offset()) {
        throw errors.malformed(
            "section %d (%s) is said to have %s bytes at %s, outside the content from %d to %d."
                .formatted(
                    i,
                    section,
                    Long.toUnsignedString(section.size()),
                    Long.toUnsignedString(section.offset()),
                    first,
                    length));
      }
      sections.add(section);
    }
    checkOverlaps(sections);
    return List.copyOf(sections);
  }

  private void checkOverlaps(List<XclbinSection> sections) {
    List<XclbinSection> sorted =
        sections.stream()
            .filter(section -> section.size() > 0)
            .sorted(Comparator.comparingLong(XclbinSection::offset))
            .toList();
    for (int i = 1; i < sorted.size(); i++) {
      XclbinSection before = sorted.get(i - 1);
      if (before.offset() + before.size() > sorted.get(i).offset()) {
        throw errors.malformed(
            "%s at %d with %d bytes overlaps with %s at %d."
                .formatted(before, before.offset(), before.size(), sorted.get(i), sorted.get(i).offset()));
      }
    }
  }

  /** Returns the content of the one section of a kind; empty, if there is none. */
  private ByteBuffer content(List<XclbinSection> sections, SectionKind kind) throws IOException {
    List<XclbinSection> found = sections.stream().filter(section -> section.code() == kind.code()).toList();
    if (found.isEmpty()) {
      return ByteBuffer.allocate(0).order(ByteOrder.LITTLE_ENDIAN);
    }
    if (found.size() > 1) {
      throw errors.malformed("it has " + found.size() + " sections " + kind + ", one is allowed.");
    }
    int limit =
        switch (kind) {
          case EMBEDDED_METADATA, BUILD_METADATA, KEYVALUE_METADATA -> MAX_TEXT_BYTES;
          default -> MAX_STRUCTS_BYTES;
        };
    XclbinSection section = found.get(0);
    if (section.size() > limit) {
      throw errors.malformed(kind + " has " + section.size() + " bytes, at most " + limit + " are read.");
    }
    if (section.size() == 0) {
      throw errors.malformed(kind + " is empty.");
    }
    return bytes(section.offset(), (int) section.size());
  }

  private boolean imageMarked(List<XclbinSection> sections) throws IOException {
    byte[] mark = Xclbin.STAND_IN_MARK.getBytes(StandardCharsets.US_ASCII);
    for (XclbinSection section : sections) {
      boolean image =
          section.kind()
              .map(
                  kind ->
                      kind == SectionKind.BITSTREAM
                          || kind == SectionKind.PDI
                          || kind == SectionKind.BITSTREAM_PARTIAL_PDI)
              .orElse(false);
      if (image
          && section.size() >= mark.length
          && bytes(section.offset(), mark.length).equals(ByteBuffer.wrap(mark))) {
        return true;
      }
    }
    return false;
  }

  private ByteBuffer bytes(long position, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (target.hasRemaining()) {
      if (channel.read(target, position + target.position()) < 0) {
        throw new IOException("the file ended early");
      }
    }
    return target.flip();
  }
}

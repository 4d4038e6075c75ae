package io.github.lightmamba.xclbin;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of sections that have a meaning here; {@code enum axlf_section_kind}. A file may hold others. */
public enum SectionKind {
  /** The configuration of the fabric. */
  BITSTREAM(0),
  /** Kernels and their arguments, XML. */
  EMBEDDED_METADATA(2),
  /** Memory banks. */
  MEM_TOPOLOGY(6),
  /** Which argument of which instance reaches which bank. */
  CONNECTIVITY(7),
  /** Instances of kernels with their addresses. */
  IP_LAYOUT(8),
  /** Monitors and debug cores. */
  DEBUG_IP_LAYOUT(9),
  /** Clocks with the frequencies that were achieved. */
  CLOCK_FREQ_TOPOLOGY(11),
  /** Who made the file, JSON. */
  BUILD_METADATA(14),
  /** Keys and values that the maker added, JSON. */
  KEYVALUE_METADATA(15),
  /** The programmable device image of a Versal. */
  PDI(18),
  /** The image of a region of a Versal with DFX. */
  BITSTREAM_PARTIAL_PDI(19),
  /** Partitions and interfaces, JSON. */
  PARTITION_METADATA(20),
  /** What the emulators need. */
  EMULATION_DATA(21),
  /** The system diagram, JSON. */
  SYSTEM_METADATA(22),
  /** Banks and groups of banks. */
  ASK_GROUP_TOPOLOGY(26),
  /** Connections to groups of banks. */
  ASK_GROUP_CONNECTIVITY(27);

  private final long code;

  SectionKind(long code) {
    this.code = code;
  }

  /** Returns the number that stands in the file. */
  public long code() {
    return code;
  }

  static Optional<SectionKind> of(long code) {
    return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
  }
}

package io.github.lightmamba.xclbin;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a bitstream says of itself. Immutable.
 *
 * @param file where it was read from
 * @param header the header
 * @param sections all sections, in the order of the file's table
 * @param instances IP_LAYOUT; empty without the section
 * @param memories MEM_TOPOLOGY; empty without the section
 * @param connections CONNECTIVITY; empty without the section
 * @param groups ASK_GROUP_TOPOLOGY: banks and groups of banks; empty without the section
 * @param groupConnections ASK_GROUP_CONNECTIVITY; empty without the section
 * @param clocks CLOCK_FREQ_TOPOLOGY; empty without the section
 * @param kernels EMBEDDED_METADATA; empty without the section
 * @param build BUILD_METADATA; nothing in any field without the section
 * @param keyValues KEYVALUE_METADATA; empty without the section
 * @param imageMarked whether the image itself says that it is none
 */
public record Xclbin(
    Path file,
    XclbinHeader header,
    List<XclbinSection> sections,
    List<IpInstance> instances,
    List<MemoryBank> memories,
    List<Connection> connections,
    List<MemoryBank> groups,
    List<Connection> groupConnections,
    List<ClockFrequency> clocks,
    List<KernelMetadata> kernels,
    BuildMetadata build,
    Map<String, String> keyValues,
    boolean imageMarked) {
  /** The key with which a stand-in for Vitis marks the files that it writes. */
  public static final String STAND_IN_KEY = "lightmamba.stand-in";

  /** What a stand-in for Vitis writes where the image belongs, and what the name of its tool contains. */
  public static final String STAND_IN_MARK = "LightMamba stand-in";

  /**
   * Reads a file.
   *
   * @param file an xclbin
   * @return what it says; its image is not loaded
   * @throws LightMambaException {@link ErrorCode#XCLBIN_MALFORMED} if it is cut off, damaged or no xclbin,
   *     {@link ErrorCode#FILE_NOT_READABLE} if it cannot be read
   */
  public static Xclbin read(Path file) {
    return XclbinReader.read(file);
  }

  /**
   * Returns why a file is only the beginning of an xclbin, in words; empty, if it is as long as its header says, or no
   * xclbin at all.
   *
   * @param file what should be an xclbin
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if it cannot be read
   */
  public static Optional<String> cutOff(Path file) {
    return XclbinReader.cutOff(file);
  }

  /** Returns the instances of kernels. */
  public List<IpInstance> kernelInstances() {
    return instances.stream().filter(IpInstance::isKernel).toList();
  }

  /**
   * Returns whether the file holds a configuration of the device; that of a flat Versal platform is in its boot image.
   */
  public boolean hasImage() {
    return sections.stream()
        .flatMap(section -> section.kind().stream())
        .anyMatch(
            kind ->
                kind == SectionKind.BITSTREAM
                    || kind == SectionKind.PDI
                    || kind == SectionKind.BITSTREAM_PARTIAL_PDI);
  }

  /** Returns the kernel of a name. */
  public Optional<KernelMetadata> kernel(String name) {
    return kernels.stream().filter(kernel -> kernel.name().equals(name)).findFirst();
  }

  /**
   * Returns the banks that an argument reaches.
   *
   * @param instance the name of an instance, without its kernel
   * @param argument the name of an argument
   * @return in the order of the file; empty, if the file knows no such argument
   */
  public List<MemoryBank> banks(String instance, String argument) {
    return connections.stream()
        .filter(connection -> instances.get(connection.instance()).instance().equals(instance))
        .filter(
            connection ->
                kernel(instances.get(connection.instance()).kernel())
                    .flatMap(kernel -> kernel.argument(argument))
                    .map(found -> found.id().orElse(-1) == connection.argument())
                    .orElse(false))
        .map(connection -> memories.get(connection.memory()))
        .toList();
  }

  /** Returns whether this was written by the stand-in for Vitis that the plugin's tests use, and is no bitstream. */
  public boolean standIn() {
    return imageMarked
        || keyValues.containsKey(STAND_IN_KEY)
        || build.tool().map(tool -> tool.contains(STAND_IN_MARK)).orElse(false);
  }

  /**
   * Refuses what is no bitstream.
   *
   * @return this
   * @throws LightMambaException {@link ErrorCode#XCLBIN_STAND_IN} for the work of a stand-in
   */
  public Xclbin requireBitstream() {
    if (standIn()) {
      throw new LightMambaException(
          ErrorCode.XCLBIN_STAND_IN,
          file + " was written by the stand-in for Vitis of the plugin's own tests; it configures no device.",
          "build the bitstream with Vitis; check vitisHome, XILINX_VITIS and the PATH.");
    }
    return this;
  }
}

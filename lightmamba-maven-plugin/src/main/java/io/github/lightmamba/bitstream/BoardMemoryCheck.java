package io.github.lightmamba.bitstream;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.KernelFolder;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.vitis.LinkConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether the images of the kernels find room in the memories of a board that is its own host. What lies in Linux's DDR
 * comes from its contiguous memory (CMA); what lies in another bank is the driver's.
 */
public final class BoardMemoryCheck {
  private static final Pattern FREE_CMA = Pattern.compile("(?m)^CmaFree:\\s+(\\d{1,15}) kB$");

  /** A line of the driver: {@code [IN-USE] LPDDR@0x050000000000 (8192MB): 1024KB 1BOs}. */
  private static final Pattern BANK =
      Pattern.compile(
          "(?m)^\\[[\\w-]+\\] (\\w+)(?:\\[\\d+])?@0x[0-9a-fA-F]+\\s+\\( *(\\d{1,9})MB\\):\\s+(\\d{1,15})KB");

  private static final String DDR = "DDR";
  private static final int MEBIBYTE = 20;

  private BoardMemoryCheck() {}

  /**
   * Checks.
   *
   * @param board the board
   * @param kernels the folder of generated kernels, or where it will be
   * @param machine the root of the file system, in which {@code proc} and {@code sys} are
   * @return a check for each memory; none for a card, whose memories are its own
   */
  public static List<Check> of(BoardProfile board, Path kernels, Path machine) {
    if (!board.sdCard()) {
      return List.of();
    }
    String name = name(board);
    Map<String, Long> needed;
    try {
      needed = needed(kernels);
    } catch (IOException | LightMambaException e) {
      return List.of(Check.unchecked(name, "no images are in " + kernels, "run generate-kernels"));
    }
    String text = needs(needed);
    if (!isThis(board, machine)) {
      String fix =
          "on the board, compare CmaFree in /proc/meminfo with what goes to DDR; cma=<size> on the command line of its"
              + " kernel gives more";
      return List.of(Check.unchecked(name, "this machine is no " + board.title() + "; the images need " + text, fix));
    }
    List<Check> checks = new ArrayList<>();
    needed.forEach((tag, bytes) -> checks.add(memory(name + ", " + tag, tag, bytes, machine)));
    return checks;
  }

  /** Returns the name of the check. */
  public static String name(BoardProfile board) {
    return "memory of the " + board.name();
  }

  private static Check memory(String name, String tag, long bytes, Path machine) {
    boolean linux = tag.equals(DDR);
    OptionalLong free = linux ? freeCma(machine) : freeBank(tag, machine);
    String needs = mebibytes(bytes) + " are needed";
    if (free.isEmpty()) {
      return Check.unchecked(
          name, needs + "; the system does not tell what is free",
          linux ? "use a kernel with CMA" : "load a bitstream: the driver knows its banks only from one");
    }
    String found = mebibytes(free.getAsLong()) + " free" + (linux ? " (CmaFree)" : "") + ", " + needs;
    return free.getAsLong() >= bytes
        ? Check.good(name, found)
        : Check.doubtful(
            name, found,
            linux
                ? "raise cma=<size> on the command line of the board's kernel, or use a smaller model"
                : "end the programs that hold buffers, or use a smaller model");
  }

  private static boolean isThis(BoardProfile board, Path machine) {
    Path tree = machine.resolve("proc/device-tree");
    String text = text(tree.resolve("compatible")) + text(tree.resolve("model"));
    return text.toLowerCase(Locale.ROOT).contains(board.name());
  }

  private static OptionalLong freeCma(Path machine) {
    Matcher matcher = FREE_CMA.matcher(text(machine.resolve("proc/meminfo")));
    return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10) : OptionalLong.empty();
  }

  private static OptionalLong freeBank(String tag, Path machine) {
    Path nodes = machine.resolve("sys/class/drm");
    if (Files.isDirectory(nodes)) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(nodes, "renderD*")) {
        for (Path node : all) {
          Matcher matcher = BANK.matcher(text(node.resolve("device/memstat")));
          while (matcher.find()) {
            if (matcher.group(1).equals(tag)) {
              return OptionalLong.of(
                  (Long.parseLong(matcher.group(2)) << MEBIBYTE) - (Long.parseLong(matcher.group(3)) << 10));
            }
          }
        }
      } catch (IOException e) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // Another system.
    }
  }

  /** Returns the bytes of the kernels' buffers by the tag of their memory: images, and the state behind them. */
  private static Map<String, Long> needed(Path kernels) throws IOException {
    KernelFolder folder = KernelFolder.of(kernels);
    KernelFolder.Images images = folder.images();
    Map<String, Path> files = new TreeMap<>();
    for (int unit = 0; unit < images.units().size(); unit++) {
      files.put("memory_" + unit + ".weights", images.units().get(unit));
    }
    files.put("core.parameters", images.core());
    files.put("core.embedding", images.embedding());
    Map<String, List<String>> mappings =
        LinkConfig.read(kernels.resolve(GeneratedKernels.SOURCES).resolve(GeneratedKernels.LINK)).mappings();
    Map<String, Long> needed = new TreeMap<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String bank = mappings.getOrDefault(file.getKey(), List.of("")).get(0);
      long bytes = Files.size(file.getValue());
      if (file.getKey().endsWith(".weights")) {
        bytes += stateBytes(file.getValue()) * folder.design().slots();
      }
      needed.merge(bank.replaceFirst("\\[.*", ""), bytes, Long::sum);
    }
    return needed;
  }

  /** The first number of a unit's image: the words of one slot's state behind it (docs/formats.md, section 2). */
  private static long stateBytes(Path image) throws IOException {
    try (InputStream in = Files.newInputStream(image)) {
      return ByteBuffer.wrap(in.readNBytes(Integer.BYTES)).order(ByteOrder.LITTLE_ENDIAN).getInt()
          * (long) Schedule.WORD_BYTES;
    } catch (BufferUnderflowException e) {
      throw new IOException(image + " is cut off", e);
    }
  }

  private static String needs(Map<String, Long> needed) {
    List<String> all = new ArrayList<>();
    needed.forEach((tag, bytes) -> all.add(mebibytes(bytes) + " of " + tag));
    return String.join(" and ", all);
  }

  private static String mebibytes(long bytes) {
    return (bytes + (1 << MEBIBYTE) - 1 >> MEBIBYTE) + " MiB";
  }
}

package io.github.lightmamba.vitis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What {@code platforminfo -p <platform>} prints.
 *
 * @param platform its name
 * @param board for example {@code u280}
 * @param family for example {@code virtexuplusHBM}, {@code versal}
 * @param device for example {@code xcu280}
 * @param clocks frequencies in MHz by clock index
 * @param defaultClock the index of the clock that kernels get by default
 * @param slrs super logic regions; empty on a device without them
 * @param memories the tags that {@code sp=} takes, for example {@code HBM}, {@code DDR}; never to be guessed
 * @param total what kernels can use of the device; {@link Area#bram18k} is twice the blocks that are printed
 */
public record PlatformInfo(
    String platform,
    String board,
    String family,
    String device,
    Map<Integer, Double> clocks,
    OptionalLong defaultClock,
    List<String> slrs,
    List<String> memories,
    Area total) {
  /**
   * Reads what was printed.
   *
   * @param lines all of it; anything that is not known is left out, as different versions print different things
   */
  public static PlatformInfo parse(List<String> lines) {
    Map<String, String> values = new LinkedHashMap<>();
    Map<Integer, Double> clocks = new LinkedHashMap<>();
    List<String> slrs = new ArrayList<>();
    List<String> memories = new ArrayList<>();
    Map<String, OptionalLong> resources = new LinkedHashMap<>();
    String section = "";
    OptionalLong index = OptionalLong.empty();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      boolean framed =
          i > 0 && i + 1 < lines.size() && frame(lines.get(i - 1)) && frame(lines.get(i + 1)) && !frame(line);
      int colon = line.indexOf(':');
      if (framed) {
        section = line;
      } else if (section.equals("Valid SLRs") && !frame(line) && !line.isEmpty()) {
        for (String slr : line.split(",")) {
          slrs.add(slr.strip());
        }
      } else if (colon > 0) {
        String key = line.substring(0, colon).strip();
        String value = line.substring(colon + 1).strip();
        if (key.equals("Clock Index")) {
          index = Figures.count(value);
        } else if (key.equals("Frequency")) {
          OptionalDouble frequency = Figures.number(value);
          if (index.isPresent() && index.getAsLong() < 1000 && frequency.isPresent()) {
            clocks.put((int) index.getAsLong(), frequency.getAsDouble());
          }
        } else if (key.equals("Bus SP Tag") && !memories.contains(value)) {
          memories.add(value);
        } else if (section.equals("Total")) {
          resources.putIfAbsent(key, Figures.count(value));
        }
        values.putIfAbsent(key, value);
      }
    }
    OptionalLong blocks = resources.getOrDefault("BRAMs", OptionalLong.empty());
    return new PlatformInfo(
        values.getOrDefault("Platform", values.getOrDefault("Name", "")),
        values.getOrDefault("Board", ""),
        values.getOrDefault("FPGA Family", ""),
        values.getOrDefault("FPGA Device", ""),
        Map.copyOf(clocks),
        Figures.count(values.getOrDefault("Default Clock Index", "")),
        List.copyOf(slrs),
        List.copyOf(memories),
        new Area(
            resources.getOrDefault("LUTs", OptionalLong.empty()),
            resources.getOrDefault("FFs", OptionalLong.empty()),
            resources.getOrDefault("DSPs", OptionalLong.empty()),
            blocks.isPresent() ? OptionalLong.of(2 * blocks.getAsLong()) : blocks,
            resources.getOrDefault("URAMs", OptionalLong.empty())));
  }

  /** Returns whether a link for this platform makes an xsa, which packaging turns into an xclbin. */
  public boolean versal() {
    return family.equalsIgnoreCase("versal");
  }

  private static boolean frame(String line) {
    String plain = line.strip();
    return plain.length() >= 3 && plain.chars().allMatch(c -> c == '=');
  }
}

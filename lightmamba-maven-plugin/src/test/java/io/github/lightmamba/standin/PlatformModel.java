package io.github.lightmamba.standin;

import io.github.lightmamba.vitis.VitisVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A platform that the stand-in knows.
 *
 * @param name its name
 * @param versal whether a link makes an xsa
 * @param dfx whether it has a region that is configured at run time
 * @param board for example u280
 * @param family as platforminfo prints it
 * @param device for example xcu280
 * @param part the whole part
 * @param slrs super logic regions
 * @param banks memory banks: tag to size in KiB
 * @param area LUT, FF, BRAM36, DSP, URAM
 * @param first the first version of Vitis that takes it
 * @param last the last
 */
record PlatformModel(
    String name,
    boolean versal,
    boolean dfx,
    String board,
    String family,
    String device,
    String part,
    int slrs,
    Map<String, Long> banks,
    long[] area,
    VitisVersion first,
    VitisVersion last) {
  private static final long[] U280_AREA = {1_303_680, 2_607_360, 2_016, 9_024, 960};
  private static final long[] VCK190_AREA = {899_840, 1_799_680, 967, 1_968, 463};

  static List<PlatformModel> known() {
    List<PlatformModel> all = new ArrayList<>();
    for (String name : List.of("xilinx_u280_gen3x16_xdma_1_202211_1", "xilinx_u55c_gen3x16_xdma_3_202210_1")) {
      boolean u280 = name.contains("u280");
      String device = u280 ? "xcu280" : "xcu55c";
      Map<String, Long> banks = new LinkedHashMap<>();
      for (int i = 0; i < 32; i++) {
        banks.put("HBM[" + i + "]", u280 ? 262_144L : 524_288L);
      }
      if (u280) {
        banks.put("DDR[0]", 16_777_216L);
        banks.put("DDR[1]", 16_777_216L);
      }
      all.add(
          new PlatformModel(
              name,
              false,
              true,
              u280 ? "u280" : "u55c",
              "virtexuplusHBM",
              device,
              device + "-fsvh2892-2L-e",
              3,
              banks,
              U280_AREA,
              VitisVersion.of("2022.1"),
              VitisVersion.of(u280 ? "2023.2" : "2025.2")));
    }
    for (String release : List.of("2022.2", "2023.1", "2023.2", "2024.1", "2024.2", "2025.1", "2025.2")) {
      for (String kind : List.of("base", "base_dfx")) {
        Map<String, Long> banks = new LinkedHashMap<>();
        banks.put("DDR", 8_388_608L);
        banks.put("LPDDR", 8_388_608L);
        all.add(
            new PlatformModel(
                "xilinx_vck190_" + kind + "_" + release.replace(".", "") + "0_1",
                true,
                kind.endsWith("dfx"),
                "vck190",
                "versal",
                "xcvc1902",
                "xcvc1902-vsva2197-2MP-e-S",
                0,
                banks,
                VCK190_AREA,
                VitisVersion.of(release),
                VitisVersion.of(release)));
      }
    }
    return all;
  }

  /** Finds a platform as v++ does: by path, or in the folders of PLATFORM_REPO_PATHS. */
  static PlatformModel find(String wanted, String repositories, VitisVersion version) throws Rejection {
    Path file = Path.of(wanted);
    for (String repository : repositories == null ? new String[0] : repositories.split(":")) {
      Path candidate = Path.of(repository, wanted, wanted + ".xpfm");
      file = Files.isRegularFile(candidate) ? candidate : file;
    }
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.xpfm$", "");
    PlatformModel found = known().stream().filter(model -> model.name().equals(name)).findFirst().orElse(null);
    if (!Files.isRegularFile(file) || !file.toString().endsWith(".xpfm") || found == null) {
      throw new Rejection(
          "ERROR: [v++ 60-1258] No valid platform was found that matches '" + wanted + "'. Please make sure that the"
              + " platform is specified correctly, and the platform has the right version number. The platform repo"
              + " paths are:",
          "\t" + repositories);
    }
    if (!version.between(found.first(), found.last())) {
      throw new Rejection(
          "ERROR: [v++ 60-1299] The specified platform is not supported. Platform '" + name + ".xpfm' (version "
              + found.last() + ") is not supported by the current tool version (" + version + ").");
    }
    return found;
  }

  /** The bank that v++ takes if nobody chooses. */
  String defaultBank() {
    return banks.keySet().iterator().next();
  }
}

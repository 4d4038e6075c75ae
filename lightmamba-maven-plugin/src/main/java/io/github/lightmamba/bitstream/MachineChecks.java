package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a link needs of the machine and its environment; used before a build and by the doctor. */
public final class MachineChecks {
  /** What a link of a large card takes, by the vendor's requirements; more or less by design. */
  private static final long MEMORY_GIB = 64;

  private static final long DISK_GIB = 50;
  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d{1,15}) kB$");
  private static final List<String> LICENCES = List.of("XILINXD_LICENSE_FILE", "LM_LICENSE_FILE");

  private MachineChecks() {}

  /** Returns whether a variable names a licence; without one the tools look in {@code ~/.Xilinx}. */
  public static Check licence(Map<String, String> environment, String home) {
    for (String name : LICENCES) {
      String value = environment.getOrDefault(name, "");
      if (!value.isBlank()) {
        return Check.good("licence", name + " is set");
      }
    }
    if (home != null && Files.isRegularFile(Path.of(home, ".Xilinx", "Xilinx.lic"))) {
      return Check.good("licence", "~/.Xilinx/Xilinx.lic");
    }
    return Check.doubtful(
        "licence",
        "neither XILINXD_LICENSE_FILE nor LM_LICENSE_FILE is set, and there is no ~/.Xilinx/Xilinx.lic",
        "set XILINXD_LICENSE_FILE to the licence or server; the cards' devices need none in some releases");
  }

  /** Returns whether the machine has the memory of a link; where that cannot be told, doubt. */
  public static Check memory() {
    Optional<Long> free = freeGib();
    String fix =
        "use a machine with " + MEMORY_GIB + " GiB, or fewer jobs; without enough, Vivado is killed after hours";
    if (free.isEmpty()) {
      return Check.doubtful("memory", "the free memory cannot be told here", fix);
    }
    String found = free.get() + " GiB free";
    return free.get() >= MEMORY_GIB ? Check.good("memory", found) : Check.doubtful("memory", found, fix);
  }

  /** Returns whether there is the room that a link takes below a folder, which need not exist. */
  public static Check disk(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    String fix = "make room for " + DISK_GIB + " GiB, or choose another workDirectory";
    try {
      long free = Files.getFileStore(there == null ? Path.of(".") : there).getUsableSpace() >> 30;
      String found = free + " GiB free";
      return free >= DISK_GIB ? Check.good("disk", found) : Check.doubtful("disk", found, fix);
    } catch (IOException e) {
      return Check.doubtful("disk", "the free space cannot be told (" + e + ")", fix);
    }
  }

  /** Returns whether a link finds the Xilinx Runtime, whose tools write the xclbin. */
  public static Check runtime(Map<String, String> environment) {
    return runtimeHome(environment)
        .map(home -> Check.good("XRT", home))
        .orElseGet(
            () ->
                Check.doubtful(
                    "XRT",
                    "no bin/xclbinutil in XILINX_XRT or /opt/xilinx/xrt",
                    "install XRT and source its setup.sh; a link ends without it (Debian's package lacks the tools)"));
  }

  /** Returns where the Xilinx Runtime is that has the tools: {@code XILINX_XRT}, else the usual place. */
  static Optional<String> runtimeHome(Map<String, String> environment) {
    return Stream.of(environment.getOrDefault("XILINX_XRT", ""), "/opt/xilinx/xrt")
        .filter(folder -> !folder.isBlank() && Files.isExecutable(Path.of(folder, "bin", "xclbinutil")))
        .findFirst();
  }

  private static Optional<Long> freeGib() {
    try {
      Matcher matcher = AVAILABLE.matcher(Files.readString(Path.of("/proc/meminfo")));
      return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1)) >> 20) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}

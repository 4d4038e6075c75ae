package io.github.lightmamba.bitstream;

import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a link needs of this machine and its environment; {@link LocalExecutor} tells it whoever asks. */
final class MachineChecks {
  /** What a link of a large card takes, by the vendor's requirements; more or less by design. */
  static final long MEMORY_GIB = 64;

  /** What a link takes, as {@code FailureRules} says of a full disk; more or less by design. */
  static final long DISK_GIB = 50;

  /** A fifth of it: below this no link is tried. Chosen, not measured; no source tells the smallest link. */
  static final long DISK_FLOOR_GIB = 10;

  private static final int GIBIBYTE = 30;
  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d{1,15}) kB$");
  private static final List<String> LICENCES = List.of("XILINXD_LICENSE_FILE", "LM_LICENSE_FILE");

  /** What a wrapper says whose program was not installed; it ends with 0 all the same. */
  private static final Pattern HOLLOW =
      Pattern.compile("(?:/unwrapped/\\w+|xclbinutil): (?:No such file or directory|(?:command )?not found)");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private MachineChecks() {}

  /**
   * Returns all of them.
   *
   * @param machine the machine
   * @param work where a build writes; need not exist
   * @param cache where results are kept, or nothing
   */
  static List<Check> all(Machine machine, Path work, Optional<Path> cache) {
    List<Check> checks = new ArrayList<>();
    checks.add(licence(machine));
    checks.add(memory(machine));
    checks.add(disk(machine, work));
    cache.flatMap(folder -> cacheDisk(machine, work, folder)).ifPresent(checks::add);
    checks.add(runtime(machine));
    return checks;
  }

  /** Returns whether a variable names a licence; without one the tools look in {@code ~/.Xilinx}. */
  static Check licence(Machine machine) {
    for (String name : LICENCES) {
      if (machine.variable(name).isPresent()) {
        return Check.good("licence", name + " is set");
      }
    }
    if (machine.home().filter(home -> Files.isRegularFile(home.resolve(".Xilinx/Xilinx.lic"))).isPresent()) {
      return Check.good("licence", "~/.Xilinx/Xilinx.lic");
    }
    return Check.doubtful(
        "licence",
        "neither XILINXD_LICENSE_FILE nor LM_LICENSE_FILE is set, and there is no ~/.Xilinx/Xilinx.lic",
        "set XILINXD_LICENSE_FILE to the licence or server; the cards' devices need none in some releases");
  }

  /** Returns whether the machine has the memory of a link; where that cannot be told, doubt. */
  static Check memory(Machine machine) {
    OptionalLong free = freeMemory(machine);
    String fix =
        "use a machine with " + MEMORY_GIB + " GiB, or fewer jobs; without enough, Vivado is killed after hours";
    if (free.isEmpty()) {
      return Check.doubtful("memory", "the free memory cannot be told here", fix);
    }
    String found = free.getAsLong() + " GiB free";
    return free.getAsLong() >= MEMORY_GIB ? Check.good("memory", found) : Check.doubtful("memory", found, fix);
  }

  private static OptionalLong freeMemory(Machine machine) {
    try {
      String text = Files.readString(machine.root().resolve("proc/meminfo"), StandardCharsets.ISO_8859_1);
      Matcher matcher = AVAILABLE.matcher(text);
      return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) >> 20) : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Returns whether there is the room that a link takes below a folder, which need not exist. */
  static Check disk(Machine machine, Path work) {
    String fix = "make room for " + DISK_GIB + " GiB, or choose another workDirectory";
    try {
      long free = machine.disks().of(existing(work)).free() >> GIBIBYTE;
      String found = free + " GiB free";
      if (free < DISK_FLOOR_GIB) {
        return Check.missing("disk", found + ", no link is tried below " + DISK_FLOOR_GIB, fix);
      }
      return free >= DISK_GIB ? Check.good("disk", found) : Check.doubtful("disk", found, fix);
    } catch (IOException e) {
      return Check.doubtful("disk", "the free space cannot be told (" + e + ")", fix);
    }
  }

  /** Returns whether another disk has room for what is kept; never missing, because a build goes on without a cache. */
  private static Optional<Check> cacheDisk(Machine machine, Path work, Path cache) {
    String name = "disk of the cache";
    String fix = "make room for " + DISK_FLOOR_GIB + " GiB, or choose another cacheDirectory; what finds no room there"
        + " is made again by the next build";
    try {
      Machine.Disk disk = machine.disks().of(existing(cache));
      if (disk.store().equals(machine.disks().of(existing(work)).store())) {
        return Optional.empty();
      }
      long free = disk.free() >> GIBIBYTE;
      String found = free + " GiB free";
      return Optional.of(
          free >= DISK_FLOOR_GIB ? Check.good(name, found) : Check.doubtful(name, found, fix));
    } catch (IOException e) {
      return Optional.of(Check.doubtful(name, "the free space cannot be told (" + e + ")", fix));
    }
  }

  private static Path existing(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return there == null ? Path.of(".") : there;
  }

  /**
   * Returns whether a link finds the Xilinx Runtime, whose {@code xclbinutil} writes the xclbin of every target; it is
   * asked, because Debian's package has wrappers without the programs.
   */
  static Check runtime(Machine machine) {
    String name = "XRT";
    String fix =
        "install XRT and source its setup.sh, or set XILINX_XRT; a link ends without it (Debian's package lacks the"
            + " tools)";
    Optional<Path> runtime = machine.runtime();
    if (runtime.isEmpty()) {
      return Check.missing(name, "no bin/xclbinutil in XILINX_XRT or /opt/xilinx/xrt", fix);
    }
    Path tool = runtime.get().resolve("bin").resolve("xclbinutil").toAbsolutePath();
    List<String> said;
    try {
      ProcessResult result =
          new ProcessRunner()
              .run(
                  Invocation.of(tool.getParent(), List.of(tool.toString(), "--version"))
                      .withTimeout(PATIENCE)
                      .withEnvironment(Map.of("XILINX_XRT", runtime.get().toString())));
      said = result.tail();
    } catch (IOException e) {
      return Check.doubtful(name, tool + " cannot be started (" + e.getMessage() + ")", fix);
    }
    if (said.stream().anyMatch(line -> HOLLOW.matcher(line).find())) {
      return Check.missing(name, tool + " is a wrapper without its program", fix);
    }
    return said.stream().allMatch(String::isBlank)
        ? Check.doubtful(name, tool + " says nothing", fix)
        : Check.good(name, runtime.get().toString());
  }
}

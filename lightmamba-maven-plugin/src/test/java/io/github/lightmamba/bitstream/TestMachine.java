package io.github.lightmamba.bitstream;

import io.github.lightmamba.standin.StandInInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Machines for tests, whatever the one that runs them has. */
public final class TestMachine {
  private TestMachine() {}

  /**
   * Returns one that has what a link needs: 64 GiB of memory, 50 GiB of one disk, a licence and the stand-in's XRT.
   *
   * @param root an existing folder
   */
  public static Machine good(Path root) throws IOException {
    memory(root, 64L << 20);
    return new Machine(
        root,
        Map.of("XILINXD_LICENSE_FILE", "2100@licences", "XILINX_XRT", StandInInstallation.XRT.toString()),
        Optional.empty(),
        disk(50L << 30));
  }

  /** Writes what the system says of free memory, in KiB. */
  public static void memory(Path root, long kibibytes) throws IOException {
    Path proc = Files.createDirectories(root.resolve("proc"));
    Files.writeString(
        proc.resolve("meminfo"), "MemTotal: 99999999999 kB\nMemAvailable:   " + kibibytes + " kB\nCached: 1 kB\n");
  }

  /** Returns one disk for all folders. */
  public static Machine.Disks disk(long free) {
    return folder -> new Machine.Disk("one", free);
  }

  /** Returns the same machine with another environment. */
  public static Machine with(Machine machine, Map<String, String> environment) {
    return new Machine(machine.root(), environment, machine.home(), machine.disks());
  }

  /** Returns the same machine with other disks. */
  public static Machine with(Machine machine, Machine.Disks disks) {
    return new Machine(machine.root(), machine.environment(), machine.home(), disks);
  }
}

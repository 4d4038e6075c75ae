package io.github.lightmamba.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the generator has to know of a board; {@code accelerator-src/boards/<name>.json}.
 *
 * @param name as in the parameter {@code board}
 * @param title for people
 * @param part the device
 * @param promised whether the board is one that this project promises to serve
 * @param multiplier how products become hardware on it
 * @param frequencyMhz clock of the kernels that is asked for
 * @param lanes most token lanes T that are chosen by themselves
 * @param memoryMastersMax AXI masters on the weight memories, the host's own included
 * @param weightMemories memories of the units; a unit for every port
 * @param coreMemory memory of the core
 * @param regions super logic regions, from the one with the memory ports upwards
 * @param regionsSource of the resources
 * @param crossingWires wires between two adjacent regions; 0 where there is only one
 * @param powerWatts of the board at work, or null where it is not known
 * @param stateInMemory whether the hidden state stays off the chip even where it would fit
 * @param packaging {@code none} or {@code sd_card}
 * @param vitis the releases of Vitis that serve it
 */
public record BoardProfile(
    String name,
    String title,
    String part,
    boolean promised,
    Multiplier multiplier,
    int frequencyMhz,
    int lanes,
    int memoryMastersMax,
    List<WeightMemory> weightMemories,
    CoreMemory coreMemory,
    List<Region> regions,
    String regionsSource,
    int crossingWires,
    Double powerWatts,
    boolean stateInMemory,
    String packaging,
    VitisSupport vitis) {
  private static final int UNITS_MAX = 31;

  /** Token lanes that are built. */
  public static final Set<Integer> LANES = Set.of(1, 4, 8);

  /** Reads the profile of a board from the accelerator sources. */
  public static BoardProfile read(Board board, AcceleratorSource source) {
    String path = "boards/" + board + ".json";
    try {
      BoardProfile profile = new ObjectMapper().readValue(source.read(path), BoardProfile.class);
      profile.check(path);
      return profile;
    } catch (IOException e) {
      throw invalid(path + " is no board profile (" + e.getMessage() + ").", e);
    }
  }

  private void check(String path) {
    if (vitis == null) {
      throw invalid(path + ": vitis is missing, the releases of Vitis that serve the board.", null);
    }
    int units = units();
    if (units < 1 || units > UNITS_MAX) {
      throw invalid(path + ": the weight memories have " + units + " ports, allowed are 1 to " + UNITS_MAX + ".", null);
    }
    if (multiplier == null) {
      throw invalid(path + ": multiplier is missing, allowed are packed, dot-mode and fabric.", null);
    }
    if (!LANES.contains(lanes)) {
      throw invalid(path + ": lanes = " + lanes + ", allowed are 1, 4 and 8.", null);
    }
    if (crossingWires < 1 && regions.size() > 1) {
      throw invalid(path + ": crossingWires = " + crossingWires + ", a board with several regions has some.", null);
    }
    for (WeightMemory memory : weightMemories) {
      if (memory.channels() < 1 || memory.ports() < memory.channels()) {
        throw invalid(path + ": " + memory.name() + " has fewer ports than channels, or no channel.", null);
      }
      checkRefresh(path, memory.name(), memory.refresh());
    }
    checkRefresh(path, coreMemory.name(), coreMemory.refresh());
  }

  private static void checkRefresh(String path, String memory, Refresh refresh) {
    if (refresh != null && !(refresh.nanoseconds() >= 0 && refresh.nanoseconds() < refresh.intervalNanoseconds())) {
      throw invalid(
          path + ": " + memory + " refreshes for " + refresh.nanoseconds() + " ns every "
              + refresh.intervalNanoseconds() + " ns, allowed is from 0 to less than the interval.",
          null);
    }
  }

  /** Returns whether its builds end with an image for an SD card. */
  public boolean sdCard() {
    return packaging.equals("sd_card");
  }

  /** Returns the compute units: one for every port of the weight memories. */
  public int units() {
    return weightMemories.stream().mapToInt(WeightMemory::ports).sum();
  }

  /** Returns the sustained bytes a second of the slowest of the first ports. */
  public double slowestBytesPerSecond(int ports) {
    return slowest(ports).sustainedBytesPerSecond();
  }

  /** Returns the slowest of the first ports. */
  public Port slowest(int ports) {
    return IntStream.range(0, ports)
        .mapToObj(this::port)
        .min(Comparator.comparingDouble(Port::sustainedBytesPerSecond))
        .orElseThrow();
  }

  /** Returns where a unit's port is. */
  public Port port(int unit) {
    int rest = unit;
    for (WeightMemory memory : weightMemories) {
      if (rest < memory.ports()) {
        return new Port(memory, rest);
      }
      rest -= memory.ports();
    }
    throw new IndexOutOfBoundsException("unit " + unit + " of " + units());
  }

  /**
   * A port on a weight memory.
   *
   * @param memory the memory
   * @param index of the port on it
   */
  public record Port(WeightMemory memory, int index) {
    /** Returns the memory tag of {@code link.cfg}. */
    public String tag() {
      return memory.tagOf(index);
    }

    /** Returns sustained bytes a second while every port works. */
    public double sustainedBytesPerSecond() {
      return memory.sustainedBytesPerSecond(index);
    }
  }

  private static LightMambaException invalid(String what, Throwable cause) {
    return new LightMambaException(
        ErrorCode.PARAMETER_INVALID, what, "compare the file with the one of this version of the plugin.", cause);
  }
}

package io.github.lightmamba.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How many wires cross each border between adjacent regions: an estimate. A stream counts with its data and its
 * handshake; of what the platform adds only the kernels' control is in it. {@code docs/accelerator.md}, "Resources".
 */
final class BorderWires {
  /** TVALID and TREADY. */
  private static final int HANDSHAKE = 2;
  /** AXI4-Lite of 32 bits: two addresses 74 with protection and handshake, data 38 and 36, response 4. */
  private static final int CONTROL = 152;

  private final BoardProfile board;
  private final List<String> regions;
  private final int[] wires;
  private final int[] kernelsBeyond;

  BorderWires(BoardProfile board) {
    this.board = board;
    this.regions = board.regions().stream().map(Region::name).toList();
    this.wires = new int[regions.size() - 1];
    this.kernelsBeyond = new int[regions.size() - 1];
  }

  /** Returns the wires of a stream of so many data bits: plain data, so it has no side channels. */
  static int ofStream(int bits) {
    return bits + HANDSHAKE;
  }

  /** Adds a stream between two regions. */
  void stream(int bits, String from, String to) {
    int first = regions.indexOf(from);
    int last = regions.indexOf(to);
    for (int border = Math.min(first, last); border < Math.max(first, last); border++) {
      wires[border] += ofStream(bits);
    }
  }

  /** Adds a kernel: its interrupt goes to the first region, where the host's port is. */
  void kernel(String region) {
    for (int border = 0; border < regions.indexOf(region); border++) {
      kernelsBeyond[border]++;
    }
  }

  /** Returns the borders, from the first region upwards; none where there is one region. */
  List<Border> borders() {
    return IntStream.range(0, wires.length)
        .mapToObj(
            border -> {
              // Control enters in the first region; the platform divides it in each, up to the last that has kernels.
              int beyond = (int) Arrays.stream(kernelsBeyond, border, wires.length).filter(n -> n > 0).count();
              return new Border(
                  regions.get(border) + "-" + regions.get(border + 1),
                  wires[border] + beyond * CONTROL + kernelsBeyond[border],
                  board.crossingWires());
            })
        .toList();
  }
}

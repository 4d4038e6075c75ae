package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Accelerator sources whose kernels have the ports that the connectivity asks for and do nothing: enough for tests of
 * what Vitis is called with, and independent of how the real kernels are written.
 */
public final class SmallAccelerator {
  /** A loop of each kernel that timing.json promises an interval of: a build of which none is told is rejected. */
  private static final Map<String, String> LOOPS =
      Map.of(
          "lightmamba_unit", "MULTIPLY_WORD", "lightmamba_memory", "DELIVER_WORD", "lightmamba_core", "MERGE_WORD");

  private SmallAccelerator() {}

  /**
   * Writes them.
   *
   * @param folder where to
   */
  public static void write(Path folder) throws IOException {
    AcceleratorSource source = AcceleratorSource.of(Path.of("..", "accelerator-src"));
    source.copyTo(folder);
    Files.writeString(folder.resolve("config/lightmamba_config.hpp.ftl"), "// Nothing that these kernels need\n");
    BoardProfile board = BoardProfile.read(Board.U280, source);
    Design design = new Design(board.units(), 1, 1, 1, 0, 16, 8, 0, board.multiplier(), board.frequencyMhz());
    KernelResources none = new KernelResources(Resources.NONE, Resources.NONE, Resources.NONE);
    Connectivity all = Connectivity.of(board, design, Placement.of(board, design.units(), none));
    for (Connectivity.Kernel kernel : all.kernels()) {
      String file = kernel.name().replace("lightmamba_", "") + ".cpp.ftl";
      Files.writeString(folder.resolve("kernels").resolve(file), top(kernel, all));
    }
  }

  private static String top(Connectivity.Kernel kernel, Connectivity all) {
    String instance = kernel.instances().get(0) + ".";
    Set<String> streams = new LinkedHashSet<>();
    all.streams().forEach(link -> List.of(link.from(), link.to()).forEach(end -> keep(end, instance, streams)));
    Set<String> memories = new LinkedHashSet<>();
    all.mappings().forEach(mapping -> keep(mapping.port(), instance, memories));
    StringBuilder text = new StringBuilder("// A kernel of a test\nextern \"C\" {\nvoid " + kernel.name() + "(");
    memories.forEach(port -> text.append("ap_uint<512>* ").append(port).append(", "));
    text.append("int tokens");
    streams.forEach(
        port -> text.append(",\n    hls::stream<ap_uint<" + bits(port) + "> >& ").append(port));
    text.append(") {\n");
    // The ports of a memory kernel are one master.
    String shared = kernel.name().equals("lightmamba_memory") ? "memory" : null;
    for (String port : memories) {
      String bundle = shared == null ? port : shared;
      text.append("#pragma HLS INTERFACE mode=m_axi port=" + port + " bundle=" + bundle + " offset=slave\n");
    }
    streams.forEach(port -> text.append("#pragma HLS INTERFACE mode=axis port=" + port + "\n"));
    text.append(LOOPS.get(kernel.name())).append(":\n  for (int i = 0; i < tokens; i++) {}\n");
    return text.append("}\n}\n").toString();
  }

  /** As narrow as those of the real kernels: more would not fit between the regions. */
  private static int bits(String port) {
    return switch (port) {
      case "words" -> 520;
      case "go", "done" -> 8;
      case "state_in", "state_out" -> 128;
      default -> 512;
    };
  }

  private static void keep(String port, String instance, Set<String> ports) {
    if (port.startsWith(instance)) {
      ports.add(port.substring(instance.length()));
    }
  }
}

package io.github.lightmamba.standin;

import io.github.lightmamba.xclbin.XclbinWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The xclbin of a link: real sections from kernels and connectivity, an image that says that it is none. */
final class Image {
  private static final long FIRST_ADDRESS = 0x800000;

  private Image() {}

  /**
   * Returns the file.
   *
   * @param named the platform that its header names
   */
  static byte[] bytes(
      Command command, PlatformModel platform, String named, Connectivity connectivity, int megahertz) {
    boolean hardware = command.one("--target").orElse("hw").equals("hw");
    XclbinWriter writer = new XclbinWriter(named, hardware ? platform.dfx() ? 1 : 0 : 4);
    // A flat Versal has its image in BOOT.BIN, and its xclbin is metadata.
    if (!platform.versal() || platform.dfx() || !hardware) {
      int kind = platform.versal() ? 18 : 0;
      writer.section(kind, "image", (StandIn.MARK + ": this configures no device\n").repeat(100));
    }
    writer.section(2, "embedded_meta", metadata(platform, connectivity, hardware, megahertz));
    writer.section(14, "build_meta", build(command, platform));
    writer.section(
        15,
        "key_values",
        "{\"keyvalue_metadata\":{\"key_values\":[{\"key\":\"lightmamba.stand-in\",\"value\":\"no bitstream\"}]}}");
    sections(writer, platform, connectivity);
    writer.clock(megahertz, 1, "DATA_CLK").clock(500, 2, "KERNEL_CLK");
    return writer.bytes();
  }

  private static void sections(XclbinWriter writer, PlatformModel platform, Connectivity connectivity) {
    List<String> tags = new ArrayList<>(platform.banks().keySet());
    Set<String> used = new LinkedHashSet<>();
    connectivity.mapped().values().forEach(used::addAll);
    long base = 0;
    for (Map.Entry<String, Long> bank : platform.banks().entrySet()) {
      boolean hbm = bank.getKey().startsWith("HBM");
      writer.bank(hbm ? 6 : 1, used.contains(bank.getKey()), bank.getValue(), base, bank.getKey());
      base += bank.getValue() << 10;
    }
    int index = 0;
    for (Map.Entry<String, KernelObject> instance : connectivity.instances().entrySet()) {
      writer.instance(instance.getValue().name() + ":" + instance.getKey(), FIRST_ADDRESS + 0x10000L * index);
      List<KernelObject.Argument> arguments = instance.getValue().arguments();
      for (int id = 0; id < arguments.size(); id++) {
        List<String> banks =
            connectivity.mapped().getOrDefault(instance.getKey() + "." + arguments.get(id).name(), List.of());
        for (String bank : banks) {
          writer.connection(id, index, tags.indexOf(bank));
        }
      }
      index++;
    }
  }

  private static String metadata(
      PlatformModel platform, Connectivity connectivity, boolean hardware, int megahertz) {
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project name=\"design\">\n");
    xml.append(
        "  <platform vendor=\"xilinx\" boardid=\"%s\" name=\"%s\">\n".formatted(platform.board(), platform.name()));
    xml.append("    <device name=\"fpga0\" fpgaDevice=\"" + platform.family() + ":" + platform.device() + "\">\n");
    xml.append(
        "      <core name=\"OCL_REGION_0\" target=\"%s\" type=\"clc_region\" clockFreq=\"%dMHz\">\n"
            .formatted(hardware ? "hw" : "hw_em", megahertz));
    Set<KernelObject> kernels = new LinkedHashSet<>(connectivity.instances().values());
    List<String> names = new ArrayList<>(connectivity.instances().keySet());
    for (KernelObject kernel : kernels) {
      xml.append(
          "        <kernel name=\"%s\" language=\"c\" interrupt=\"true\" hwControlProtocol=\"%s\">\n"
              .formatted(kernel.name(), kernel.control()));
      for (int id = 0; id < kernel.arguments().size(); id++) {
        KernelObject.Argument argument = kernel.arguments().get(id);
        xml.append(
            ("          <arg name=\"%s\" addressQualifier=\"%d\" id=\"%d\" port=\"%s\" size=\"0x%X\" offset=\"0x%X\""
                    + " hostOffset=\"0x0\" hostSize=\"0x%X\" type=\"%s\"/>\n")
                .formatted(
                    argument.name(),
                    argument.kind(),
                    id,
                    argument.port(),
                    argument.size(),
                    argument.offset(),
                    argument.size(),
                    KernelObject.escaped(argument.type())));
      }
      for (String name : names) {
        if (connectivity.instances().get(name) == kernel) {
          xml.append(
              "          <instance name=\"%s\"><addrRemap base=\"0x%X\" range=\"0x10000\" port=\"S_AXI_CONTROL\"/>"
                  .formatted(name, FIRST_ADDRESS + 0x10000L * names.indexOf(name)));
          xml.append("</instance>\n");
        }
      }
      xml.append("        </kernel>\n");
    }
    return xml.append("      </core>\n    </device>\n  </platform>\n</project>\n").toString();
  }

  private static String build(Command command, PlatformModel platform) {
    return """
        {"build_metadata":{"schema_version":{"major":"1","minor":"1","patch":"0"},
         "xclbin":{"generated_by":{"name":"v++ (%s)","version":"%s","cl":"0","options":"%s","time_stamp":""}},
         "dsa":{"vendor":"xilinx","board_id":"%s","name":"%s"}}}
        """
        .formatted(
            StandIn.MARK,
            command.version(),
            command.line().replace("\\", "\\\\").replace("\"", "\\\""),
            platform.board(),
            platform.name());
  }

  /** What xclbinutil --info prints. */
  static String info(Command command, PlatformModel platform, Connectivity connectivity, int megahertz) {
    String kernels =
        connectivity.instances().values().stream().map(KernelObject::name).distinct().collect(Collectors.joining(", "));
    StringBuilder text = new StringBuilder();
    text.append("\nxclbin Information\n------------------\n");
    text.append("   Generated by:           v++ (%s) %s\n".formatted(command.version(), StandIn.MARK));
    text.append("   Kernels:                %s\n   Content:                Bitstream\n".formatted(kernels));
    text.append("=".repeat(78) + "\nHardware Platform (Shell) Information\n" + "-".repeat(37) + "\n");
    text.append("   Board:                  %s\n".formatted(platform.board()));
    text.append("   Platform VBNV:          %s\n".formatted(platform.name()));
    text.append("\nScalable Clocks\n---------------\n");
    text.append("   Name:      DATA_CLK\n   Index:     0\n   Type:      DATA\n   Frequency: " + megahertz + " MHz\n\n");
    text.append("Memory Configuration\n--------------------\n");
    int index = 0;
    for (String bank : platform.banks().keySet()) {
      boolean used = connectivity.mapped().values().stream().anyMatch(banks -> banks.contains(bank));
      String type = bank.startsWith("HBM") ? "MEM_HBM" : "MEM_DDR4";
      text.append("   Name:         %s\n   Index:        %d\n   Type:         %s\n".formatted(bank, index++, type));
      text.append("   Bank Used:    %s\n\n".formatted(used ? "Yes" : "No"));
    }
    for (Map.Entry<String, KernelObject> instance : connectivity.instances().entrySet()) {
      text.append("=".repeat(78) + "\nKernel: " + instance.getValue().name() + "\n\n" + "-".repeat(26) + "\n");
      text.append("Instance:        " + instance.getKey() + "\n\n");
      for (KernelObject.Argument argument : instance.getValue().arguments()) {
        List<String> banks =
            connectivity.mapped().getOrDefault(instance.getKey() + "." + argument.name(), List.of("<not applicable>"));
        text.append("   Argument:          %s\n".formatted(argument.name()));
        text.append("   Register Offset:   0x%X\n".formatted(argument.offset()));
        text.append("   Port:              %s\n".formatted(argument.port()));
        text.append("   Memory:            %s\n\n".formatted(String.join(", ", banks)));
      }
    }
    text.append("=".repeat(78) + "\nGenerated By\n------------\n   Command:       v++\n");
    return text.append("   Command Line:  " + command.line() + "\n").toString();
  }
}

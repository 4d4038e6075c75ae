package io.github.lightmamba.standin;

import java.io.IOException;
import java.nio.file.Path;

/** {@code platforminfo} and {@code emconfigutil}. */
final class SmallTools {
  private SmallTools() {}

  static void platformInfo(Command command, String repositories) throws Rejection {
    System.out.print(
        description(PlatformModel.find(command.required("--platform"), repositories, command.version())));
  }

  /** What platforminfo prints of a platform. */
  static String description(PlatformModel platform) {
    StringBuilder text = new StringBuilder();
    title(text, "Basic Platform Information");
    text.append("Platform:           " + platform.name() + "\nDescription:\n    " + StandIn.MARK + "\n\n");
    title(text, "Hardware Platform (Shell) Information");
    text.append("Vendor:                           xilinx\n");
    text.append("Board:                            " + platform.board() + "\n");
    text.append("Name:                             " + platform.name() + "\n");
    text.append("FPGA Family:                      " + platform.family() + "\n");
    text.append("FPGA Device:                      " + platform.device() + "\n\n");
    title(text, "Clock Information");
    text.append("  Default Clock Index: 0\n  Clock Index:         0\n    Frequency:         300.000000\n");
    text.append("  Clock Index:         1\n    Frequency:         500.000000\n\n");
    if (platform.slrs() > 0) {
      title(text, "Valid SLRs");
      text.append("SLR0, SLR1, SLR2\n\n");
    }
    title(text, "Resource Availability");
    title(text, "Total");
    text.append("  LUTs:  %d\n  FFs:   %d\n  BRAMs: %d\n".formatted(
        platform.area()[0] * 8 / 10, platform.area()[1] * 8 / 10, platform.area()[2] * 8 / 10));
    text.append("  DSPs:  %d\n  URAMs: %d\n\n".formatted(platform.area()[3], platform.area()[4]));
    title(text, "Memory Information");
    platform.banks().keySet().stream()
        .map(bank -> bank.replaceFirst("\\[.*", ""))
        .distinct()
        .forEach(tag -> text.append("  Bus SP Tag: " + tag + "\n"));
    return text.toString();
  }

  static void emulationConfig(Command command, String repositories) throws IOException, Rejection {
    PlatformModel platform = PlatformModel.find(command.required("--platform"), repositories, command.version());
    Path folder = Path.of(command.one("--od").orElse("."));
    StringBuilder banks = new StringBuilder();
    for (long size : platform.banks().values()) {
      banks.append(banks.isEmpty() ? "" : ", ").append("{\"Size\": \"" + size + "K\"}");
    }
    ToolRun.write(
        folder.resolve("emconfig.json"),
        """
        {"Version": {"FileVersion": "2.0", "ToolVersion": "%s"}, "Comment": "%s",
         "Platform": {"Boards": [{"NumBoards": "1",
         "Devices": [{"Name": "%s", "DdrBanks": [%s], "DataAlignment": "4096", "NumDevices": "1"}]}]}}
        """
            .formatted(command.version(), StandIn.MARK, platform.name(), banks));
    System.out.println("emulation configuration file `emconfig.json` is created in " + folder + " directory");
  }

  private static void title(StringBuilder text, String title) {
    String frame = "=".repeat(title.length()) + "\n";
    text.append(frame).append(title).append("\n").append(frame);
  }
}

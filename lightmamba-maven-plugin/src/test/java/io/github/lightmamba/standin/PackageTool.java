package io.github.lightmamba.standin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** {@code v++ -p}: an xclbin, and for a Versal the files of an SD card. */
final class PackageTool {
  static final String CONTENT = "design.xclbin";

  private final ToolRun run;
  private final Command command;
  private final String repositories;

  PackageTool(ToolRun run, String repositories) {
    this.run = run;
    this.command = run.command();
    this.repositories = repositories;
  }

  void run() throws IOException, Rejection, ToolRun.Halt {
    try {
      StandIn.target(command);
      PlatformModel platform = PlatformModel.find(command.required("--platform"), repositories, command.version());
      run.say("INFO: [v++ 60-2256] Packaging for hardware");
      run.misfortunes();
      boolean sd = command.one("--package.boot_mode").orElse("").equals("sd");
      if (command.has("--package.sd_file") && !sd) {
        throw new Rejection(
            "ERROR: [v++ 60-2351] Option 'package.sd_file' is valid only when 'package.boot_mode' option is specified"
                + " as 'sd'");
      }
      String input = input(platform);
      if (sd) {
        card(platform, input);
      }
      if (!input.isEmpty()) {
        xclbin(platform, Path.of(input));
      }
      run.say("INFO: [v++ 60-2343] Use the vitis_analyzer tool to visualize and navigate the relevant reports.");
      run.say("INFO: [v++ 60-791] Total elapsed time: 0h 1m 1s");
    } catch (Rejection e) {
      List<String> lines = new ArrayList<>(e.lines());
      lines.add("ERROR: [v++ 60-702] Failed to finish packaging");
      throw new Rejection(lines.toArray(String[]::new));
    }
  }

  private String input(PlatformModel platform) throws Rejection {
    String end = platform.versal() ? ".xsa" : ".xclbin";
    if (command.inputs().isEmpty() && platform.versal() && platform.dfx()) {
      return ""; // The second step for a DFX platform: the card only.
    }
    if (command.inputs().size() != 1 || !command.inputs().get(0).endsWith(end)) {
      String type = end.substring(1).toUpperCase(Locale.ROOT);
      throw new Rejection("ERROR: [v++ 60-2500] Valid input file of type " + type + " is required");
    }
    return existing(command.inputs().get(0));
  }

  private static String existing(String file) throws Rejection {
    if (!Files.exists(Path.of(file))) {
      throw new Rejection("ERROR: [v++ 60-602] Source file does not exist: " + file);
    }
    return file;
  }

  private void card(PlatformModel platform, String input) throws IOException, Rejection {
    if (!platform.versal()) {
      throw new Rejection("ERROR: [v++ 60-1241] Option package.boot_mode is for embedded platforms");
    }
    Path folder = Path.of(command.one("--package.out_dir").orElse("."));
    String format = command.one("--package.image_format").orElse("ext4");
    if (!List.of("ext4", "fat32", "none").contains(format)) {
      throw new Rejection("ERROR: [v++ 60-1241] Invalid value '" + format + "' for option package.image_format");
    }
    List<Path> files = new ArrayList<>();
    files.add(Path.of(existing(command.required("--package.rootfs"))));
    files.add(Path.of(existing(command.required("--package.kernel_image"))));
    for (String file : command.all("--package.sd_file")) {
      files.add(Path.of(existing(file)));
    }
    boolean bitstream = files.stream().anyMatch(file -> file.toString().endsWith(".xclbin"));
    if (input.isEmpty() && !bitstream) {
      throw new Rejection("ERROR: [v++ 60-2500] Valid input file of type XCLBIN is required");
    }
    Path card = folder.resolve("sd_card");
    run.say("INFO: [v++ 82-1011] creating sd_card directory");
    Files.createDirectories(card);
    for (Path file : files) {
      if (!file.equals(files.get(0))) {
        Files.write(card.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    ToolRun.write(card.resolve("BOOT.BIN"), StandIn.MARK + "\n");
    ToolRun.write(card.resolve("boot.scr"), StandIn.MARK + "\n");
    ToolRun.write(folder.resolve("BOOT.BIN"), StandIn.MARK + "\n");
    ToolRun.write(folder.resolve("boot_image.bif"), StandIn.MARK + "\n");
    if (command.one("--target").orElse("").equals("hw_emu")) {
      ToolRun.write(folder.resolve("launch_hw_emu.sh"), "#!/bin/sh\necho " + StandIn.MARK + "\nexit 1\n");
    }
    if (!format.equals("none")) {
      boolean cut = run.plays(Scenario.Event.TRUNCATED);
      ToolRun.write(folder.resolve("sd_card.img"), cut ? "" : StandIn.MARK + "\n");
    }
  }

  private void xclbin(PlatformModel platform, Path input) throws IOException, Rejection {
    Path output = Path.of(command.one("--output").orElse("a.xclbin"));
    byte[] content = Files.readAllBytes(input);
    if (platform.versal()) {
      try (ZipFile zip = new ZipFile(input.toFile())) {
        content = zip.getInputStream(zip.getEntry(CONTENT)).readAllBytes();
      } catch (ZipException e) {
        throw new Rejection("ERROR: [v++ 60-602] Input file '" + input + "' is no valid XSA: " + e.getMessage());
      }
    } else if (!new String(content, 0, Math.min(7, content.length), StandardCharsets.US_ASCII).equals("xclbin2")) {
      throw new Rejection("ERROR: [v++ 60-2500] Valid input file of type XCLBIN is required");
    }
    if (!run.plays(Scenario.Event.NO_OUTPUT)) {
      ToolRun.write(output, content);
      ToolRun.write(Path.of(output + ".package_summary"), "{\"madeBy\": \"" + StandIn.MARK + "\"}\n");
    }
    run.say("INFO: [v++ 60-2460] Successfully copied a temporary xclbin to the output xclbin: " + output);
  }
}

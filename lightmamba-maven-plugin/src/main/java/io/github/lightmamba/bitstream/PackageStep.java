package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.vitis.CommandValues;
import io.github.lightmamba.vitis.LinkConfig;
import io.github.lightmamba.vitis.LogDigest;
import io.github.lightmamba.vitis.VitisStep;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a link made to an xclbin, and for the VCK190 to the image of an SD card; for emulation with its device file. */
final class PackageStep extends Step {
  /** The file that it makes. */
  static final String PRODUCT = "lightmamba.xclbin";

  /** The image of the SD card that it makes, below the output. */
  static final String CARD = "sd_card.img";

  /** What the board boots from, below the output, whatever the case of its name was. */
  static final String BOOT = "BOOT.BIN";

  private static final String FOLDER = "package";
  private static final String ROOTFS = "rootfs";
  private static final String IMAGE = "kernel image";

  private final LinkStep linked;
  private final Path folder;
  private final LinkConfig link;
  private final BuildTools tools;
  private final BuildOptions options;
  private final boolean versal;

  /**
   * Plans a step.
   *
   * @param linked the step that made the input
   * @param folder where that step left its files
   * @param link what that step was asked for
   * @param tools of the build
   * @param options of the build; a Versal needs rootfs and kernel image
   * @param versal whether the board is a Versal
   */
  PackageStep(
      LinkStep linked, Path folder, LinkConfig link, BuildTools tools, BuildOptions options, boolean versal) {
    super("package");
    this.linked = linked;
    this.folder = folder;
    this.link = link;
    this.tools = tools;
    this.options = options;
    this.versal = versal;
  }

  @Override
  Inputs inputs(FileDigests digests) {
    Inputs.Builder inputs =
        tools
            .inputs(digests)
            .digest("link", linked.fingerprint(digests).sha256());
    List<String> names = options.sdFiles().stream().map(file -> file.getFileName().toString()).toList();
    List<String> words = OptionFiles.withoutPaths(options.vppOptions().packaging());
    List<List<String>> commands = commands(tools.platform().name(), ROOTFS, IMAGE, names, words);
    for (int i = 0; i < commands.size(); i++) {
      inputs.value("command " + (i + 1), StepStage.line(commands.get(i)));
    }
    OptionFiles.of(options.vppOptions().packaging()).forEach((name, file) -> inputs.file(name, file, digests));
    if (versal) {
      options.rootfs().ifPresent(file -> inputs.file(ROOTFS, file, digests));
      options.kernelImage().ifPresent(file -> inputs.file(IMAGE, file, digests));
      options.sdFiles().forEach(file -> inputs.file("on the card: " + file.getFileName(), file, digests));
    }
    return inputs.build();
  }

  @Override
  Map<String, Path> files() {
    return Map.of(linked.product(), folder.resolve(linked.product()));
  }

  @Override
  List<List<String>> commands() {
    return commands(
        tools.platform().file().toString(),
        options.rootfs().map(Path::toString).orElse("<rootfs>"),
        options.kernelImage().map(Path::toString).orElse("<kernelImage>"),
        options.sdFiles().stream().map(Path::toString).toList(),
        options.vppOptions().packaging());
  }

  private List<List<String>> commands(
      String platform, String rootfs, String image, List<String> sdFiles, List<String> vppOptions) {
    CommandValues values =
        CommandValues.none()
            .with("target", options.target().toString())
            .with("platform", platform)
            .with("tempDir", TEMPORARY);
    CommandValues card =
        values
            .with("outDir", FOLDER)
            .with("imageFormat", "ext4")
            .with("rootfs", rootfs)
            .with("kernelImage", image)
            .with("sdFile", sdFiles)
            .with("option", vppOptions);
    List<List<String>> commands = new ArrayList<>();
    if (!versal) {
      commands.add(render(VitisStep.PACKAGE_CARD, values.with("outDir", FOLDER).with("option", vppOptions)));
      if (options.target() == BuildTarget.HW_EMU) {
        CommandValues device = CommandValues.none().with("platform", platform).with("outDir", FOLDER);
        commands.add(tools.commands().render(VitisStep.EMULATION_CONFIG, device));
      }
    } else if (tools.dfx()) {
      commands.add(render(VitisStep.PACKAGE_VERSAL_DFX, values));
      List<String> all = new ArrayList<>(sdFiles);
      all.add(PRODUCT);
      commands.add(tools.commands().render(VitisStep.PACKAGE_VERSAL_DFX_IMAGE, card.with("sdFile", all)));
    } else {
      commands.add(render(VitisStep.PACKAGE_VERSAL, card));
    }
    return commands;
  }

  private List<String> render(VitisStep step, CommandValues values) {
    return tools.commands().render(step, values.with("input", linked.product()).with("output", PRODUCT));
  }

  @Override
  void collect(Path work, LogDigest digest, Path output) throws IOException {
    if (digest.created().stream().noneMatch(path -> path.endsWith(PRODUCT))) {
      throw StepRejection.incomplete(name(), "its log does not say that it made " + PRODUCT, work);
    }
    Path made = work.resolve(PRODUCT);
    WholeFiles.require(made, name(), work);
    LinkJudgement.requireWhole(made, name(), work);
    StepFiles.copy(made, output.resolve(PRODUCT));
    Path info = work.resolve(PRODUCT + ".info");
    if (Files.isRegularFile(info)) {
      StepFiles.copy(info, output.resolve(info.getFileName().toString()));
    }
    Path packaged = work.resolve(FOLDER);
    if (versal) {
      Path card = packaged.resolve(CARD);
      WholeFiles.require(card, name(), work);
      StepFiles.copy(card, output.resolve(CARD));
      List<Path> boot = StepFiles.below(packaged, file -> boots(packaged, file));
      if (options.target() == BuildTarget.HW || !boot.isEmpty()) {
        Path first = boot.isEmpty() ? packaged.resolve(BOOT) : boot.get(0);
        WholeFiles.require(first, name(), work);
        StepFiles.copy(first, output.resolve(BOOT));
      }
    }
    if (options.target() == BuildTarget.HW_EMU) {
      List<Path> files = StepFiles.below(packaged, file -> !file.getFileName().toString().equals(CARD));
      for (Path file : files) {
        StepFiles.copy(file, output.resolve("emulation").resolve(packaged.relativize(file).toString()));
      }
      if (!versal && !Files.exists(output.resolve("emulation/emconfig.json"))) {
        throw StepRejection.incomplete(name(), "emconfigutil left no emconfig.json", work);
      }
    }
  }

  /** The releases write BOOT.BIN or BOOT.bin, beside the card's files or among them. */
  private static boolean boots(Path packaged, Path file) {
    return file.getFileName().toString().equalsIgnoreCase(BOOT)
        && List.of(packaged, packaged.resolve("sd_card")).contains(file.getParent());
  }

  @Override
  void judge(StepRequest request) {
    Xclbin xclbin = LinkJudgement.of(request.folder(this).resolve(PRODUCT), link, this, request);
    boolean flat = versal && !tools.dfx();
    if (options.target() == BuildTarget.HW && xclbin.hasImage() == flat) {
      throw StepRejection.judged(
          this,
          flat
              ? "its xclbin holds an image, and that of a flat platform is in BOOT.BIN"
              : "its xclbin holds no image of the device",
          flat ? "set dfx to true if the platform is a DFX one" : "read the log",
          request);
    }
  }
}

package io.github.lightmamba.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.vitis.CommandValues;
import io.github.lightmamba.vitis.CsynthReports;
import io.github.lightmamba.vitis.CycleRange;
import io.github.lightmamba.vitis.Failure;
import io.github.lightmamba.vitis.FailureClassifier;
import io.github.lightmamba.vitis.FailureKind;
import io.github.lightmamba.vitis.LogDigest;
import io.github.lightmamba.vitis.Platform;
import io.github.lightmamba.vitis.PlatformInfo;
import io.github.lightmamba.vitis.PlatformSearch;
import io.github.lightmamba.vitis.SystemEstimate;
import io.github.lightmamba.vitis.TimingSummary;
import io.github.lightmamba.vitis.Utilisation;
import io.github.lightmamba.vitis.VitisCommands;
import io.github.lightmamba.vitis.VitisInstallation;
import io.github.lightmamba.vitis.VitisSearch;
import io.github.lightmamba.vitis.VitisStep;
import io.github.lightmamba.vitis.VitisVersion;
import io.github.lightmamba.vitis.XclbinInfo;
import io.github.lightmamba.xclbin.KernelArgument;
import io.github.lightmamba.xclbin.MemoryBank;
import io.github.lightmamba.xclbin.Xclbin;
import io.github.lightmamba.xclbin.XclbinMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The whole way from sources to an xclbin, with the stand-in for Vitis,")
class StandInTest {
  private static final String UNIT =
      """
      extern "C" {
      void unit(const ap_uint<512>* weights, int tokens, hls::stream<ap_uint<512> >& activation_in,
                hls::stream<ap_uint<512> >& activation_out) {
      #pragma HLS INTERFACE mode=m_axi port=weights bundle=weights offset=slave
      unit_tokens:
        for (int i = 0; i < tokens; i++) {}
      }
      }
      """;

  private static final String CORE =
      """
      /* void core(int not_this); */
      extern "C" void core(const ap_uint<512>* parameters, int* token_out, int tokens,
          hls::stream<ap_uint<512> >& activation_out, hls::stream<ap_uint<512> >& activation_in) {
      #pragma HLS interface m_axi port=parameters bundle=p
      core_tokens: for (int i = 0; i < tokens; i++) {}
      }
      """;

  private static final String NK = "nk=unit:2:unit_1.unit_2\nnk=core:1:core_1\n";

  private static final String STREAMS =
      """
      stream_connect=core_1.activation_out:unit_1.activation_in:16
      stream_connect=unit_1.activation_out:unit_2.activation_in:16
      stream_connect=unit_2.activation_out:core_1.activation_in:16
      """;

  @TempDir private Path root;

  private VitisInstallation vitis;
  private StandInInstallation standIn;
  private VitisCommands commands;
  private Platform platform;
  private CommandValues base;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
  }

  @ParameterizedTest
  @CsvSource({
    "2022.2,xilinx_u280_gen3x16_xdma_1_202211_1,COMPILE_CLASSIC",
    "2023.2,xilinx_u280_gen3x16_xdma_1_202211_1,COMPILE_HLS",
    "2025.2,xilinx_u55c_gen3x16_xdma_3_202210_1,COMPILE_HLS"
  })
  @DisplayName("of a card: reports, clocks, connectivity and xclbin are read back as they were asked for")
  void card(String version, String name, VitisStep compile) throws IOException {
    open(version, name);
    link(compile, linkConfiguration("HBM[%d]"), "x.link.xclbin", VitisStep.LINK_CARD);
    LogDigest packing =
        run(
            VitisStep.PACKAGE_CARD,
            base.with("input", "x.link.xclbin").with("outDir", "p").with("output", "x.xclbin"));
    assertThat(packing.created()).containsExactly("x.xclbin");
    XclbinInfo info = XclbinInfo.read(root.resolve("x.link.xclbin.info"));
    assertThat(info.arguments())
        .anySatisfy(
            argument -> {
              assertThat(argument.instance()).isEqualTo("unit_2");
              assertThat(argument.memory()).isEqualTo("HBM[1]");
            });
    Xclbin xclbin = check("HBM[0]", "HBM[1]", "HBM[2]");
    assertThat(xclbin.hasImage()).isTrue();
    assertThat(xclbin.header().mode()).isEqualTo(XclbinMode.PR);
    assertThat(xclbin.clocks().get(0).megahertz()).isEqualTo(250);
  }

  @ParameterizedTest
  @CsvSource({
    "2022.2,xilinx_vck190_base_202220_1,COMPILE_CLASSIC",
    "2025.1,xilinx_vck190_base_202510_1,COMPILE_HLS",
    "2023.1,xilinx_vck190_base_dfx_202310_1,COMPILE_HLS"
  })
  @DisplayName("of a Versal: an xsa, an xclbin and an SD card, in one step or in two for DFX")
  void versal(String version, String name, VitisStep compile) throws IOException {
    open(version, name);
    link(compile, linkConfiguration("DDR"), "x.xsa", VitisStep.LINK_VERSAL);
    for (String file : List.of("rootfs.ext4", "Image", "host")) {
      Files.writeString(root.resolve(file), file);
    }
    CommandValues image =
        base.with("outDir", "p")
            .with("imageFormat", "ext4")
            .with("rootfs", "rootfs.ext4")
            .with("kernelImage", "Image");
    boolean dfx = name.contains("dfx");
    if (dfx) {
      run(VitisStep.PACKAGE_VERSAL_DFX, base.with("input", "x.xsa").with("output", "x.xclbin"));
      run(VitisStep.PACKAGE_VERSAL_DFX_IMAGE, image.with("sdFile", List.of("host", "x.xclbin")));
      assertThat(root.resolve("p/sd_card/x.xclbin")).exists();
    } else {
      CommandValues flat = image.with("sdFile", List.of("host")).with("input", "x.xsa").with("output", "x.xclbin");
      run(VitisStep.PACKAGE_VERSAL, flat);
    }
    assertThat(root.resolve("p/sd_card/BOOT.BIN")).exists();
    assertThat(root.resolve("p/sd_card/host")).exists();
    assertThat(root.resolve("p/sd_card.img")).exists();
    assertThat(check("DDR", "DDR", "DDR").hasImage()).isEqualTo(dfx);
  }

  @ParameterizedTest
  @CsvSource({
    "timing_failed,TIMING",
    "congestion,ROUTING",
    "over_utilisation,OVER_UTILISATION",
    "no_licence,LICENCE",
    "crash in link,CRASH",
    "out_of_memory,OUT_OF_MEMORY",
    "killed,OUT_OF_MEMORY",
    "disk_full,DISK_FULL",
    "no_xrt,XRT_MISSING",
    "mystery,UNKNOWN"
  })
  @DisplayName("fails as the scenario says, is classified so, and leaves no xclbin")
  void failures(String scenario, FailureKind expected) throws IOException {
    open("2022.2", "xilinx_u280_gen3x16_xdma_1_202211_1");
    CommandValues values = objects(linkConfiguration("HBM[%d]"));
    standIn.play(scenario);
    LogDigest digest = new LogDigest();
    ProcessResult result = start(VitisStep.LINK_CARD, values, digest, Duration.ofMinutes(2));
    assertThat(result.exitCode()).isNotZero();
    Failure failure = FailureClassifier.classify(digest, result.exitCode(), false);
    assertThat(failure.kind()).as(failure.toString()).isEqualTo(expected);
    assertThat(digest.created()).isEmpty();
    assertThat(root.resolve("x.xclbin")).doesNotExist();
  }

  @Test
  @DisplayName("fails in the compilation with the line of the source, and only there if the scenario says so")
  void hlsError() throws IOException {
    open("2023.2", "xilinx_u280_gen3x16_xdma_1_202211_1");
    standIn.play("hls_error in compile");
    Files.writeString(root.resolve("unit.cpp"), UNIT);
    LogDigest digest = new LogDigest();
    ProcessResult result = start(VitisStep.COMPILE_HLS, hls("unit"), digest, Duration.ofMinutes(2));
    Failure failure = FailureClassifier.classify(digest, result.exitCode(), false);
    assertThat(failure.kind()).isEqualTo(FailureKind.HLS);
    assertThat(failure.sentence()).contains("unit.cpp:42");
  }

  @Test
  @DisplayName("succeeds with a lowered clock, a wrong mapping, a cut-off file or none: only the outcome tells")
  void falseSuccesses() throws IOException {
    open("2022.2", "xilinx_u280_gen3x16_xdma_1_202211_1");
    CommandValues values = objects(linkConfiguration("HBM[%d]"));
    standIn.play("timing_lowered");
    LogDigest lowered = run(VitisStep.LINK_CARD, values);
    assertThat(lowered.lowered()).hasSize(1);
    assertThat(lowered.clocks().get(1).megahertz()).isEqualTo(225);
    assertThat(Xclbin.read(root.resolve("x.xclbin")).clocks().get(0).megahertz()).isEqualTo(225);
    assertThat(timing().met()).isFalse();
    assertThat(timing().wns().orElseThrow()).isNegative();
    standIn.play("inferred_mapping");
    LogDigest inferred = run(VitisStep.LINK_CARD, values);
    assertThat(inferred.inferredMappings()).extracting("argument").containsExactly("unit_1.weights");
    assertThat(Xclbin.read(root.resolve("x.xclbin")).banks("unit_1", "weights")).extracting(MemoryBank::tag)
        .containsExactly("HBM[0]");
    standIn.play("truncated");
    assertThat(run(VitisStep.LINK_CARD, values).created()).containsExactly("x.xclbin");
    assertThatThrownBy(() -> Xclbin.read(root.resolve("x.xclbin"))).hasMessageContaining("LM-XCLBIN-001");
    Files.delete(root.resolve("x.xclbin"));
    standIn.play("no_output");
    assertThat(run(VitisStep.LINK_CARD, values).created()).containsExactly("x.xclbin");
    assertThat(root.resolve("x.xclbin")).doesNotExist();
    standIn.play("congestion unless Congestion_SpreadLogic_high; timing_failed above 300");
    Files.writeString(
        root.resolve("link.cfg"),
        linkConfiguration("HBM[%d]") + "[vivado]\nimpl.strategies=Congestion_SpreadLogic_high\n");
    assertThat(run(VitisStep.LINK_CARD, values).created()).hasSize(1);
  }

  @Test
  @DisplayName("that hangs is ended by the time limit")
  void hang() throws IOException {
    open("2022.2", "xilinx_u280_gen3x16_xdma_1_202211_1");
    CommandValues values = objects(linkConfiguration("HBM[%d]"));
    standIn.play("hang");
    LogDigest digest = new LogDigest();
    ProcessResult result = start(VitisStep.LINK_CARD, values, digest, Duration.ofSeconds(3));
    assertThat(result.timedOut()).isTrue();
    assertThat(FailureClassifier.classify(digest, result.exitCode(), true).kind()).isEqualTo(FailureKind.TIMEOUT);
  }

  @Test
  @DisplayName("begins with a platform that describes itself, and ends for emulation with a device file")
  void smallTools() throws IOException {
    open("2023.1", "xilinx_u280_gen3x16_xdma_1_202211_1");
    assertThat(vitis.environment(System.getenv())).containsEntry("XILINX_VITIS", vitis.home().toString());
    PlatformInfo info = vitis.describe(commands, platform, Map.of());
    assertThat(info.memories()).containsExactly("HBM", "DDR");
    assertThat(info.slrs()).hasSize(3);
    assertThat(info.device()).isEqualTo("xcu280");
    LogDigest digest = new LogDigest();
    CommandValues named = CommandValues.none().with("platform", platform.name());
    assertThat(start(VitisStep.PLATFORM_INFO, named, digest, Duration.ofMinutes(2)).good()).isTrue();
    assertThat(PlatformInfo.parse(Files.readAllLines(root.resolve("step.log")))).as("by its name").isEqualTo(info);
    CommandValues values = CommandValues.none().with("platform", platform.name()).with("outDir", "e");
    assertThat(start(VitisStep.EMULATION_CONFIG, values, digest, Duration.ofMinutes(2)).good()).isTrue();
    assertThat(root.resolve("e/emconfig.json")).content().contains("\"Size\": \"262144K\"").contains(StandIn.MARK);
  }

  @Test
  @DisplayName("for emulation makes an xclbin that says so, for a card and for a Versal")
  void emulation() throws IOException {
    open("2022.2", "xilinx_u280_gen3x16_xdma_1_202211_1");
    run(VitisStep.LINK_CARD, objects(linkConfiguration("HBM[%d]")).with("target", "hw_emu"));
    assertThat(Xclbin.read(root.resolve("x.xclbin")).header().mode()).isEqualTo(XclbinMode.HW_EMU);
    open("2023.2", "xilinx_vck190_base_202320_1");
    run(VitisStep.LINK_VERSAL, objects(linkConfiguration("DDR")).with("target", "hw_emu").with("output", "x.xsa"));
    for (String file : List.of("rootfs.ext4", "Image")) {
      Files.writeString(root.resolve(file), file);
    }
    CommandValues image =
        base.with("target", "hw_emu")
            .with("outDir", "p")
            .with("imageFormat", "ext4")
            .with("rootfs", "rootfs.ext4")
            .with("kernelImage", "Image");
    run(VitisStep.PACKAGE_VERSAL, image.with("input", "x.xsa").with("output", "v.xclbin"));
    assertThat(Xclbin.read(root.resolve("v.xclbin")).header().mode().emulation()).isTrue();
    assertThat(root.resolve("p/launch_hw_emu.sh")).exists();
  }

  /** Everything that must be the same whatever the board. */
  private Xclbin check(String first, String second, String third) {
    Xclbin xclbin = Xclbin.read(root.resolve("x.xclbin"));
    assertThat(xclbin.header().platform()).isEqualTo(platform.name());
    assertThat(xclbin.kernelInstances()).extracting("name")
        .containsExactly("unit:unit_1", "unit:unit_2", "core:core_1");
    assertThat(xclbin.banks("unit_1", "weights")).extracting(MemoryBank::tag).containsExactly(first);
    assertThat(xclbin.banks("unit_2", "weights")).extracting(MemoryBank::tag).containsExactly(second);
    assertThat(xclbin.banks("core_1", "token_out")).extracting(MemoryBank::tag).containsExactly(third);
    assertThat(xclbin.memories()).filteredOn(MemoryBank::used).extracting(MemoryBank::tag)
        .contains(first, second, third);
    // s_axilite: addresses take 12 bytes each from 0x10 on, then values.
    KernelArgument tokens = xclbin.kernel("core").orElseThrow().argument("tokens").orElseThrow();
    assertThat(tokens.offset()).isEqualTo(0x28);
    assertThat(xclbin.kernel("unit").orElseThrow().argument("tokens").orElseThrow().offset()).isEqualTo(0x1c);
    assertThat(xclbin.kernel("unit").orElseThrow().argument("activation_in").orElseThrow().kind())
        .isEqualTo(KernelArgument.Kind.STREAM);
    assertThat(xclbin.standIn()).isTrue();
    assertThatThrownBy(xclbin::requireBitstream).hasMessageContaining("LM-XCLBIN-002");
    return xclbin;
  }

  private void open(String version, String name) throws IOException {
    VitisVersion wanted = VitisVersion.of(version);
    standIn = StandInInstallation.create(root, wanted);
    vitis = new VitisSearch(Optional.of(root), Map.of(), List.of()).find(wanted, wanted, wanted, "this test");
    assertThat(vitis.home()).isEqualTo(standIn.home());
    assertThat(vitis.banner().standIn()).isTrue();
    commands = VitisCommands.of(wanted);
    platform = PlatformSearch.of(List.of(standIn.platforms()), Map.of(), Optional.empty()).find(name);
    base = CommandValues.none().with("target", "hw").with("platform", platform.file()).with("tempDir", "t");
  }

  private static String linkConfiguration(String bank) {
    return "[connectivity]\n"
        + NK
        + "sp=unit_1.weights:" + bank.formatted(0) + "\nsp=unit_2.weights:" + bank.formatted(1) + "\n"
        + "sp=core_1.parameters:" + bank.formatted(2) + "\nsp=core_1.token_out:" + bank.formatted(2) + "\n"
        + STREAMS;
  }

  private CommandValues hls(String kernel) throws IOException {
    Files.writeString(
        root.resolve(kernel + ".cfg"),
        "[hls]\nflow_target=vitis\nsyn.file=" + kernel + ".cpp\nsyn.top=" + kernel + "\n"
            + (commands.version().compareTo(VitisVersion.of("2023.2")) >= 0
                ? "package.output.format=xo\n"
                : "syn.output.format=xo\n"));
    CommandValues values =
        CommandValues.none()
            .with("platform", platform.name())
            .with("config", kernel + ".cfg")
            .with("workDir", "w_" + kernel);
    return commands.version().compareTo(VitisVersion.of("2023.2")) >= 0 ? values.with("clock", "250000000") : values;
  }

  private void link(VitisStep compile, String configuration, String output, VitisStep step) throws IOException {
    Files.writeString(root.resolve("unit.cpp"), UNIT);
    Files.writeString(root.resolve("core.cpp"), CORE);
    Files.writeString(root.resolve("link.cfg"), configuration);
    for (String kernel : List.of("unit", "core")) {
      boolean classic = compile == VitisStep.COMPILE_CLASSIC;
      CommandValues values =
          classic
              ? base.with("kernel", kernel)
                  .with("reportDir", "r")
                  .with("clock", "250000000")
                  .with("input", kernel + ".cpp")
                  .with("output", "w_" + kernel + "/" + kernel + ".xo")
              : hls(kernel);
      LogDigest digest = run(compile, values);
      assertThat(digest.created()).containsExactly("w_" + kernel + "/" + kernel + ".xo");
      assertThat(digest.pipelined()).extracting("loop").containsExactly(kernel + "_tokens");
      assertThat(digest.estimatedFmax()).hasValue(411.02);
      CsynthReports reports = CsynthReports.read(root.resolve(classic ? "t/" + kernel : "w_" + kernel));
      // The aggregate says 4711; the module's own file is right.
      assertThat(reports.interval(kernel + "_Pipeline_" + kernel + "_tokens")).contains(new CycleRange(1, 1));
      assertThat(reports.interval(kernel)).isEmpty();
      if (classic) {
        SystemEstimate estimate =
            SystemEstimate.read(root.resolve("r/" + kernel + "/system_estimate_" + kernel + ".xtxt"));
        assertThat(estimate.timing().get(0).estimatedMhz()).hasValue(411.015198);
        assertThat(estimate.area().get(0).area().dsp()).hasValue(64);
      }
    }
    LogDigest digest =
        run(
            step,
            base.with("reportDir", "r")
                .with("config", "link.cfg")
                .with("clock", "250000000")
                .with("instance", step == VitisStep.LINK_VERSAL ? List.of("unit_1", "unit_2", "core_1") : List.of())
                .with("output", output)
                .with("input", List.of("w_unit/unit.xo", "w_core/core.xo")));
    assertThat(digest.standIn()).isTrue();
    assertThat(digest.created()).containsExactly(output);
    assertThat(digest.inferredMappings()).isEmpty();
    assertThat(digest.reports()).containsKey("Timing Report");
    assertThat(timing().met()).isTrue();
    Utilisation used = Utilisation.read(root.resolve("r/link/imp/impl_1_full_util_routed.rpt"));
    assertThat(used.lut().orElseThrow().used()).isEqualTo(127_000);
    assertThat(used.dsp()).isPresent();
    assertThat(used.bram36()).isPresent();
  }

  private TimingSummary timing() {
    return TimingSummary.read(TimingSummary.find(root.resolve("r")).orElseThrow());
  }

  /** Compiles both kernels and returns what a link needs. */
  private CommandValues objects(String configuration) throws IOException {
    Files.writeString(root.resolve("link.cfg"), configuration);
    for (String kernel : List.of("unit", "core")) {
      Files.writeString(root.resolve(kernel + ".cpp"), kernel.equals("unit") ? UNIT : CORE);
      try {
        KernelSource.parse(List.of(root.resolve(kernel + ".cpp")), kernel).kernel().write(root.resolve(kernel + ".xo"));
      } catch (Rejection e) {
        throw new AssertionError(e);
      }
    }
    return base.with("reportDir", "r")
        .with("config", "link.cfg")
        .with("clock", "250000000")
        .with("output", "x.xclbin")
        .with("input", List.of("unit.xo", "core.xo"));
  }

  private LogDigest run(VitisStep step, CommandValues values) throws IOException {
    LogDigest digest = new LogDigest();
    ProcessResult result = start(step, values, digest, Duration.ofMinutes(2));
    assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
    return digest;
  }

  private ProcessResult start(VitisStep step, CommandValues values, LogDigest digest, Duration limit)
      throws IOException {
    List<String> command = vitis.command(commands.render(step, values));
    Map<String, String> environment = new HashMap<>(vitis.environment(System.getenv()));
    environment.put("PLATFORM_REPO_PATHS", standIn.platforms().toString());
    return new ProcessRunner()
        .run(
            Invocation.of(root, command)
                .withEnvironment(environment)
                .withLog(root.resolve("step.log"))
                .withLines(digest)
                .withTimeout(limit));
  }
}

package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.ledger.Figure;
import io.github.lightmamba.ledger.Ledger;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import io.github.lightmamba.progress.Progress;
import io.github.lightmamba.vitis.LinkConfig;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A bitstream build with the stand-in")
class BuildBitstreamTest {
  @TempDir private Path root;

  @BeforeEach
  void needsAShell() {
    assumeTrue(ProcessRunner.find("sh").isPresent(), "the stand-in is called by shell scripts; there is no sh here");
    assumeTrue(ProcessRunner.find("bash").isPresent(), "Vitis is prepared by a script for bash; there is no bash here");
  }

  @ParameterizedTest
  @CsvSource({"2022.2", "2023.1", "2023.2"})
  @DisplayName("for the U280 ends with an xclbin, reports and a report of the figures, in every version that serves it")
  void card(String version) throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, version);
    Manifest manifest = build.run();
    assertThat(manifest.outputs()).extracting("path").contains("lightmamba-u280.xclbin", "report.json");
    Xclbin xclbin = Xclbin.read(build.folder().resolve("lightmamba-u280.xclbin"));
    assertThat(xclbin.kernelInstances()).hasSize(3);
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("clock").path("reachedMhz").asDouble()).isEqualTo(250);
    assertThat(report.path("standIn").asBoolean()).isTrue();
    assertThat(report.path("timing").path("wnsNs").asDouble()).isEqualTo(0.01);
    // The stand-in writes 100,000 and 9,000 for each of three instances.
    assertThat(report.path("utilisation").path("lut").path("used").asLong()).isEqualTo(127_000);
    assertThat(report.path("kernels").findValuesAsText("name")).containsExactly("lightmamba_core", "lightmamba_unit");
    everyReport(report.path("reports"), version);
    assertThat(report.path("steps")).hasSize(4);
    assertThat(report.path("steps").get(0).path("inputs").has("hls/core.cpp")).isTrue();
    assertThat(report.path("steps").toString()).contains("include/lightmamba/types.hpp").contains("Vitis");
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_unit: synthesis estimates 411 MHz, "))
        .anyMatch(line -> line.startsWith("link-default-250: synth completed, "))
        .anyMatch(line -> line.startsWith("link-default-250: task 5 of 6 done, FPGA routing, "));
    build.lines.clear();
    build.run();
    assertThat(build.lines).anyMatch(line -> line.startsWith("build-bitstream: up to date"));
  }

  @Test
  @DisplayName("at a terminal shows the time and what v++ said last, of compilations side by side too")
  void live() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    List<String> shown = Collections.synchronizedList(new ArrayList<>());
    build.terminal = Optional.of(shown::add);
    build.echo = line -> build.ticker.tick();
    build.run();
    assertThat(shown)
        .anyMatch(line -> line.matches("(?s)..\\[K(./2 )?compile-lightmamba_.*: 0:0\\d:\\d\\d, synthesis estimates.*"))
        .anyMatch(line -> line.matches("(?s)..\\[Klink-default-250: 0:0\\d:\\d\\d, task 5 of 6 done, FPGA routing"))
        .endsWith("\r\033[K");
    assertThat(build.ticker.running()).isFalse();
  }

  @Test
  @DisplayName("that fails at a terminal takes its line away")
  void liveFailure() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    List<String> shown = Collections.synchronizedList(new ArrayList<>());
    build.terminal = Optional.of(shown::add);
    build.echo = line -> build.ticker.tick();
    build.standIn.play("congestion");
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-001");
    assertThat(shown).last().isEqualTo("\r\033[K");
    assertThat(build.ticker.running()).isFalse();
  }

  private static void everyReport(JsonNode reports, String version) {
    String synthesis = "compile-lightmamba_unit/reports/syn/report/";
    JsonNode loop = reports.path(synthesis + "lightmamba_unit_csynth.xml").path("module").path("loops").path(0);
    assertThat(loop.path("name").asText()).isEqualTo("MULTIPLY_WORD");
    assertThat(loop.path("depth").asInt()).isEqualTo(13);
    assertThat(loop.has("tripCount")).as("undef in the report").isFalse();
    assertThat(reports.path(synthesis + "csynth.xml").path("module").path("available").path("dsp").asInt())
        .isEqualTo(9024);
    JsonNode estimate =
        reports.path("compile-lightmamba_unit/reports/lightmamba_unit/system_estimate_lightmamba_unit.xtxt");
    if (version.equals("2022.2")) {
      assertThat(estimate.path("kind").asText()).startsWith("estimated");
      assertThat(estimate.path("timing").path(0).path("estimatedMhz").asDouble()).isPositive();
      assertThat(estimate.path("area").path(0).path("area").path("lut").asInt()).isEqualTo(9000);
    }
    JsonNode info = reports.path("link-default-250/lightmamba.link.xclbin.info");
    assertThat(info.path("scalableClocks").path(0).path("megahertz").asInt()).isEqualTo(250);
    assertThat(info.path("arguments").size()).isPositive();
    String routed = "link-default-250/reports/link/imp/impl_1_";
    JsonNode timing = reports.path(routed + "hw_bb_locked_timing_summary_routed.rpt");
    assertThat(timing.path("clocks").path(0).path("megahertz").asDouble()).isEqualTo(250);
    assertThat(timing.path("kind").asText()).isEqualTo("computed by the tool after routing");
    assertThat(reports.path(routed + "full_util_routed.rpt").path("total").path("URAM").path("used").asInt())
        .isEqualTo(12);
    assertThat(reports.path(routed + "kernel_util_routed.rpt").path("kernels").has("unit_0")).isTrue();
    assertThat(reports.findValuesAsText("kind")).doesNotContain("not read");
  }

  @Test
  @DisplayName("with a report that cannot be read names it, and goes on")
  void oddReport() throws IOException {
    Path step = Files.createDirectories(root.resolve("link-x/reports"));
    Files.writeString(step.resolve("impl_1_slr_util_routed.rpt"), "nothing");
    List<String> said = new ArrayList<>();
    Map<String, Map<String, Object>> reports = ParsedReports.read(List.of(root.resolve("link-x")), warnings(said));
    assertThat(reports.get("link-x/reports/impl_1_slr_util_routed.rpt")).containsEntry("kind", "not read");
    assertThat(said).singleElement().asString().contains("LM-VITIS-004", "impl_1_slr_util_routed.rpt");
  }

  private static Progress warnings(List<String> said) {
    return new Progress() {
      @Override
      public void info(String line) {}

      @Override
      public void warn(String line) {
        said.add(line);
      }

      @Override
      public void phase(String name, long total) {}

      @Override
      public void advance(long units) {}
    };
  }

  @ParameterizedTest
  @CsvSource({
    "2022.2,xilinx_vck190_base_202220_1,false",
    "2023.1,xilinx_vck190_base_dfx_202310_1,true",
    "2025.2,xilinx_vck190_base_202520_1,false"
  })
  @DisplayName("for the VCK190 ends with an image for an SD card too, on flat and DFX platforms")
  void versal(String version, String platform, boolean dfx) throws IOException {
    TestBuild build = new TestBuild(root, Board.VCK190, version);
    build.platform = Optional.of(platform);
    Path runner = Files.writeString(root.resolve("runner"), "one");
    build.sdFiles = List.of(runner);
    Manifest manifest = build.run();
    assertThat(manifest.outputs())
        .extracting("path")
        .contains("lightmamba-vck190.xclbin", "sd_card.img", "BOOT.BIN", "report.json");
    assertThat(Xclbin.read(build.folder().resolve("lightmamba-vck190.xclbin")).hasImage()).isEqualTo(dfx);
    assertThat(build.steps().resolve("work/package/package/sd_card/runner")).hasContent("one");
    assertThat(build.lines).anyMatch(line -> line.startsWith("memory of the vck190") && line.contains(" Do: "));
    Files.writeString(runner, "two");
    build.lines.clear();
    build.run();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("package: runs because of on the card: runner changed"))
        .anyMatch(line -> line.startsWith("link-default-250: up to date"));
  }

  @ParameterizedTest
  @CsvSource({"U280,2022.2", "VCK190,2023.2"})
  @DisplayName("for emulation ends with what the simulator needs")
  void emulation(Board board, String version) throws IOException {
    TestBuild build = new TestBuild(root, board, version);
    build.target = BuildTarget.HW_EMU;
    build.throughput = megahertz -> Map.of("tokens/s", 2.0 * megahertz);
    assertThat(build.run().outputs())
        .extracting("path")
        .contains(board == Board.U280 ? "emulation/emconfig.json" : "emulation/launch_hw_emu.sh");
    List<Ledger.Row> rows = Ledger.read(root.resolve("cache")).rows();
    Map<String, Figure> design = rows.get(rows.size() - 1).figures();
    assertThat(design.get("MHz")).as("no clock was reached").isEqualTo(Figure.of(250.0, null, null));
    assertThat(design.get("tokens/s")).isEqualTo(Figure.of(500.0, null, null));
  }

  @Test
  @DisplayName("refuses a Vitis that does not serve the board before any work, and says why")
  void wrongVersion() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2024.1");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-VITIS-002")
        .hasMessageContaining("end of life")
        .hasMessageContaining("2024.1");
    assertThat(build.steps()).doesNotExist();
  }

  @Test
  @DisplayName("refuses the stand-in outside of tests")
  void standInRefused() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.accepted = false;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-XCLBIN-002");
    assertThat(build.steps()).doesNotExist();
  }

  @Test
  @DisplayName("refuses what a test left, though it is up to date, and never takes it for that of a Vitis")
  void standInLeft() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.1");
    build.run();
    build.accepted = false;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-XCLBIN-002");
    // One that does not say at once what it is: what it left in the cache has another key, its log gives it away.
    Path tool = build.standIn.home().resolve("bin/v++");
    Path real = Files.move(tool, tool.resolveSibling("played"));
    String banner = "****** v++ v2023.1 (64-bit)\\n  **** SW Build 0 on 2026-01-01-00:00:00\\n";
    Files.writeString(
        tool,
        "#!/bin/sh\nif [ \"$1\" = --version ]; then printf '" + banner + "'; else exec '" + real + "' \"$@\"; fi\n");
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    build.lines.clear();
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-002")
        .hasMessageContaining("its log says that the stand-in of the plugin's own tests wrote it");
    assertThat(build.lines)
        .filteredOn(line -> line.startsWith("compile-"))
        .isNotEmpty()
        .noneMatch(line -> line.contains("from the cache") || line.contains("up to date"));
  }

  @Test
  @DisplayName("for the VCK190 without the board's Linux fails before any work")
  void noImage() throws IOException {
    TestBuild build = new TestBuild(root, Board.VCK190, "2023.2");
    build.image = false;
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-DOCTOR-001")
        .hasMessageContaining("rootfs")
        .hasMessageContaining("kernelImage");
    assertThat(build.steps()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "timing_failed|LM-BUILD-001|A clock that cannot be lowered missed its target|ask for a lower frequency",
        "congestion|LM-BUILD-001|The design could not be routed|try a strategy against congestion",
        "over_utilisation|LM-BUILD-001|The design has more RAMB18 than the device|use fewer units or lanes",
        "no_licence in compile|LM-BUILD-001|There is no licence|set XILINXD_LICENSE_FILE",
        "no_licence in link|LM-BUILD-001|There is no licence for Synthesis on xcu280|set XILINXD_LICENSE_FILE",
        "hls_error|LM-BUILD-001|High-level synthesis failed at .*\\.cpp:42|mend the source at this line",
        "crash in compile|LM-BUILD-001|The tool crashed|try again, then with another strategy",
        "crash in link|LM-BUILD-001|The tool crashed|try again, then with another strategy",
        "out_of_memory in link|LM-BUILD-001|Memory ran out|run fewer jobs",
        "killed in link|LM-BUILD-001|The tool was killed with signal 9, .* when memory runs out|run fewer jobs",
        "disk_full in link|LM-BUILD-001|The disk is full|make room",
        "no_xrt|LM-BUILD-001|The Xilinx Runtime \\(XRT\\) is missing|install XRT",
        "mystery in package|LM-BUILD-001|The step failed|read the log from the first error on",
        "truncated|LM-BUILD-002|its xclbin is cut off: its header says \\d+ bytes|make room on the disk and build",
        "no_output in compile|LM-BUILD-002|there is no lightmamba_|read the log",
        "no_output in link|LM-BUILD-002|there is no lightmamba.link.xclbin|read the log",
        "no_output in package|LM-BUILD-002|there is no lightmamba.xclbin|read the log",
        "inferred_mapping|LM-BUILD-002|v\\+\\+ chose memories by itself .* in HBM\\[0\\]|give each of .* a line sp="
      })
  @DisplayName("that goes wrong says how and what to do, keeps log and command, and leaves no result")
  void failures(String scenario, String code, String sentence, String remedy) throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play(scenario);
    assertThatThrownBy(build::run)
        .hasMessageMatching(
            "(?s)" + code + ": The step \\S+ (?:failed|claims success, but).*" + sentence + ".* Do: .*" + remedy
                + ".*[Tt]o run the step by hand: bash .*/command\\.sh\\.");
    assertThat(build.folder()).doesNotExist();
    try (var logs = Files.walk(build.steps().resolve("work"))) {
      assertThat(logs.map(path -> path.getFileName().toString()).toList()).contains("step.log", "command.sh");
    }
  }

  @ParameterizedTest
  @CsvSource({"crash in compile", "truncated", "no_output in package"})
  @DisplayName("that went wrong leaves nothing bad for the next one")
  void mended(String scenario) throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play(scenario);
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-");
    build.standIn.play("");
    assertThat(build.run().succeeded()).isTrue();
  }

  @Test
  @DisplayName("that hangs is ended by the time limit")
  void hang() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("hang in link");
    build.timeout = Duration.ofSeconds(20);
    assertThatThrownBy(build::run)
        .hasMessageContaining("LM-BUILD-001: The step link-default-250 failed. The time limit of the step was up.")
        .hasMessageMatching("(?s).* Do: .*timeout.*");
  }

  @Test
  @DisplayName("tries the next strategy after congestion, and the same one again after a licence that comes free")
  void strategies() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("congestion unless Congestion_SpreadLogic_high");
    build.strategies = List.of("default", "Performance_Explore", "Congestion_SpreadLogic_high");
    build.run();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("attempts").findValuesAsText("result")).containsExactly("ROUTING", "ROUTING", "met");
    assertThat(report.path("clock").path("strategy").asText()).isEqualTo("Congestion_SpreadLogic_high");
  }

  @Test
  @DisplayName("synthesises the blocks of a link once for all strategies, and says so in no key")
  void netlists() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("congestion unless Performance_Explore");
    build.strategies = List.of("default", "Performance_Explore");
    build.run();
    assertThat(build.steps().resolve("work/link-default-250/step.log")).content().contains(" 0 of 9 jobs complete");
    Path second = build.steps().resolve("link-performance_explore-250");
    assertThat(second.resolve("step.log"))
        .content()
        .contains("9 of 9 jobs complete")
        .doesNotContain(" 0 of 9 jobs complete");
    assertThat(build.steps().resolve("work/link-performance_explore-250/command.sh"))
        .content()
        .contains(" --remote_ip_cache ../ip ");
    Manifest link = Manifest.read(second).orElseThrow();
    assertThat(link.inputs().get("command").toString()).contains("v++ -l").doesNotContain("ip_cache");
  }

  @ParameterizedTest
  @CsvSource({"--remote_ip_cache elsewhere", "--no_ip_cache"})
  @DisplayName("keeps the netlists of blocks where vppOptions say")
  void netlistsElsewhere(String options) throws IOException {
    TestBuild build = new TestBuild(root, Board.VCK190, "2023.2");
    build.vppOptions = List.of(options.split(" "));
    build.run();
    assertThat(build.steps().resolve("work/link-default-250/command.sh"))
        .content()
        .contains(options)
        .doesNotContain("../ip");
  }

  @Test
  @DisplayName("starts afresh when the netlists of blocks have grown too large")
  void tooManyNetlists() throws IOException {
    StepRequest request = new TestBuild(root, Board.U280, "2022.2").request().step();
    Path folder = request.work().resolve("ip");
    Netlists.prepare(request, 8);
    assertThat(folder).isEmptyDirectory();
    Path entry = Files.writeString(Files.createDirectories(folder.resolve("2022.2/a")).resolve("netlist"), "8 bytes.");
    Netlists.prepare(request, 8);
    assertThat(entry).exists();
    Netlists.prepare(request, 7);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @DisplayName("is tried again after a failure that passes by itself")
  void later() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("no_licence in link");
    build.retries = 1;
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                if (!end.good()) {
                  build.standIn.play("");
                }
                return end;
              }
            };
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines).anyMatch(line -> line.contains("It is tried again in"));
  }

  @Test
  @DisplayName("with a lowered clock fails, warns, or is done again lower, as the policy says")
  void timingPolicy() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("timing_lowered above 230");
    build.strategies = List.of("default", "Performance_Explore");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("225.0 MHz, 250 were asked for");
    assertThat(Manifest.read(build.folder()).orElseThrow().succeeded()).isFalse();
    build.policy = TimingPolicy.WARN;
    build.throughput = megahertz -> Map.of("tokens/s", 2.0 * megahertz);
    build.lines.clear();
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("WARN") && line.contains("90 % of its estimate; estimated now: 450.0 tokens/s"
            + " instead of 500.0"));
    // The link is not done again: the policy is no input of it.
    assertThat(build.lines).anyMatch(line -> line.startsWith("link-default-250: up to date"));
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(225);
    assertThat(report.path("attempts").findValuesAsText("askedMhz")).containsExactly("250", "250", "225");
  }

  @Test
  @DisplayName("with a clock that cannot be lowered is done again at a lower one, if that is the policy")
  void unscalable() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("timing_failed above 210");
    build.policy = TimingPolicy.LOWER;
    assertThat(build.run().succeeded()).isTrue();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    // Nine tenths of 250, and nine tenths of that.
    assertThat(report.path("clock").path("reachedMhz").asInt()).isEqualTo(202);
  }

  @Test
  @DisplayName("compiles only the kernel that changed, and takes the rest from the cache after a clean")
  void incremental() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.2");
    build.run();
    build.files.put("images/unit_0.bin", "weights of another checkpoint");
    build.lines.clear();
    build.run();
    assertThat(build.lines).anyMatch(line -> line.startsWith("build-bitstream: up to date"));
    build.files.put("include/lightmamba/unit.hpp", "#include \"lightmamba/types.hpp\"\n// changed\n");
    build.lines.clear();
    build.run();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_core: up to date"))
        .anyMatch(line -> line.startsWith("compile-lightmamba_unit: runs because of include/lightmamba/unit.hpp"))
        .anyMatch(line -> line.startsWith("link-default-250: runs because of kernel lightmamba_unit.xo changed"));
    StepStage.delete(build.workspace().root());
    build.lines.clear();
    build.run();
    assertThat(build.lines).filteredOn(line -> line.contains("from the cache")).hasSize(4);
    assertThat(build.lines).noneMatch(line -> line.contains("link-default-250: runs"));
  }

  @Test
  @DisplayName("with a loop that is slower than promised fails, and one that no report tells of is named")
  void contract() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.contract =
        Optional.of(
            "{\"loops\": [{\"kernel\": \"unit\", \"loop\": \"MULTIPLY_WORD\", \"ii\": 0},"
                + "{\"kernel\": \"core\", \"loop\": \"NORM_LANE\", \"ii\": 1},"
                + "{\"kernel\": \"core\", \"loop\": \"NOWHERE\", \"ii\": 1}]}");
    assertThatThrownBy(build::run)
        .hasMessageStartingWith("LM-BUILD-003")
        .hasMessageContaining("lightmamba_unit MULTIPLY_WORD (1 cycles, promised 0)")
        .hasMessageNotContaining("NORM_LANE");
    assertThat(build.lines).anyMatch(line -> line.startsWith("WARN") && line.contains("NOWHERE"));
  }

  @ParameterizedTest
  @CsvSource({"1043700,80.1,true", "1316717,101.0,false"})
  @DisplayName("that fills the device is told of, and one with more than there is is rejected")
  void full(long used, double percent, boolean good) throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    String row = "| CLB LUTs         | %8d |     0 |          0 | 1303680 | %5.2f |".formatted(used, percent);
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                Path report = job.directory().resolve("reports/link/imp/impl_1_full_util_routed.rpt");
                if (Files.exists(report)) {
                  Files.writeString(report, Files.readString(report).replaceFirst("(?m)^\\| CLB LUTs .*$", row));
                }
                return end;
              }
            };
    if (good) {
      assertThat(build.run().succeeded()).isTrue();
      assertThat(build.lines).anyMatch(line -> line.startsWith("WARN 80.1 % of lut are used"));
    } else {
      assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-002").hasMessageContaining("101.0 % of lut");
    }
  }

  @Test
  @DisplayName("has a key of contents: a file that an option names counts with what is in it, not with its place")
  void keys() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    Path script = Files.writeString(root.resolve("pre.tcl"), "# one");
    build.vppOptions = List.of("--vivado.prop", "run.impl_1.STEPS.OPT_DESIGN.TCL.PRE=" + script);
    build.run();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    for (JsonNode step : report.path("steps")) {
      Manifest manifest =
          Json.read(build.steps().resolve(step.path("step").asText()).resolve("manifest.json"), Manifest.class);
      assertThat(step.path("inputs").fieldNames())
          .as("every input of the key")
          .toIterable()
          .containsExactlyElementsOf(manifest.inputs().keySet());
      assertThat(step.path("fingerprint").asText()).isEqualTo(manifest.fingerprint());
      assertThat(step.path("inputs").toString()).doesNotContain(root.toString(), "plugin");
    }
    JsonNode link = report.path("steps").path(2).path("inputs");
    assertThat(link.has("vppOptions: pre.tcl")).isTrue();
    Path moved = Files.move(script, Files.createDirectories(root.resolve("elsewhere")).resolve("pre.tcl"));
    build.vppOptions = List.of("--vivado.prop", "run.impl_1.STEPS.OPT_DESIGN.TCL.PRE=" + moved);
    build.lines.clear();
    build.run();
    assertThat(build.lines).anyMatch(line -> line.startsWith("build-bitstream: up to date"));
    Files.writeString(moved, "# two");
    build.lines.clear();
    build.run();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_unit: up to date"))
        .anyMatch(line -> line.startsWith("link-default-250: runs because of vppOptions: pre.tcl changed"));
  }

  @Test
  @DisplayName("does not fail because of a note in the ledger")
  void damagedEstimates() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.files.put("resources.json", "{");
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines).anyMatch(line -> line.startsWith("WARN the figures of this build are not noted"));
  }

  @Test
  @DisplayName("leaves rows in the ledger, with the errors of predictions")
  void ledger() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.files.put("resources.json", "{\"unit\": {\"lut\": 18000.0, \"dsp\": 64.0}, \"core\": {\"lut\": 15000.0}}");
    build.contract = Optional.of("{\"loops\": [{\"kernel\": \"unit\", \"loop\": \"MULTIPLY_WORD\", \"ii\": 1}]}");
    build.files.put(
        "report.json",
        "{\"bytesPerTokenByPort\": {\"unit_0.image\": 2000000, \"unit_1.image\": 4000000, \"core.parameters\": 1000000,"
            + " \"core.embedding\": 500000}}");
    build.throughput = megahertz -> Map.of("tokens/s", 2.0 * megahertz, "GB/s", 0.5 * megahertz);
    build.policy = TimingPolicy.WARN;
    build.standIn.play("timing_lowered");
    build.run();
    Ledger ledger = Ledger.read(root.resolve("cache"));
    assertThat(ledger.rows()).extracting(Ledger.Row::part)
        .containsExactly("lightmamba_core", "lightmamba_unit", "design");
    assertThat(ledger.rows()).allMatch(Ledger.Row::standIn);
    // The stand-in's synthesis says 9,000 LUT and 60 half blocks for each instance, its routing 7,500 LUT.
    Map<String, Figure> unit = ledger.rows().get(1).figures();
    assertThat(unit.get("lut")).isEqualTo(Figure.of(18_000.0, 9_000.0, 7_500.0));
    assertThat(unit.get("dsp")).isEqualTo(Figure.of(64.0, 64.0, 64.0));
    assertThat(unit.get("bram36")).isEqualTo(Figure.of(null, 30.0, null));
    assertThat(unit.get("uram")).isEqualTo(Figure.of(null, 4.0, null));
    assertThat(unit.get("MHz").routed()).isEqualTo(225);
    // 3 MB a token on average, with 500 tokens a second and then with 450.
    String note = "estimated, with the clock that was reached";
    assertThat(unit.get("GB/s")).isEqualTo(new Figure(1.5, null, 1.35, null, note));
    assertThat(ledger.rows().get(0).figures().get("GB/s")).isEqualTo(new Figure(0.75, null, 0.675, null, note));
    assertThat(unit.get("II MULTIPLY_WORD")).isEqualTo(Figure.of(1.0, 1.0, null));
    // A core and two units; the shell is a figure of its own.
    Map<String, Figure> design = ledger.rows().get(2).figures();
    assertThat(design.get("lut")).isEqualTo(Figure.of(51_000.0, 27_000.0, 22_500.0));
    assertThat(design.get("dsp")).as("nobody estimated the core").isEqualTo(Figure.of(null, 192.0, 192.0));
    assertThat(design.get("lut with the shell")).isEqualTo(Figure.of(null, null, 127_000.0));
    assertThat(design.get("MHz")).isEqualTo(Figure.of(250.0, null, 225.0));
    assertThat(design.get("tokens/s")).isEqualTo(new Figure(500.0, null, 450.0, null, note));
    assertThat(design.get("GB/s")).isEqualTo(new Figure(125.0, null, 112.5, null, note));
    StepStage.delete(build.workspace().root());
    assertThat(Ledger.read(root.resolve("cache")).rows()).as("after a clean").hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({
    "U280,2022.2,xilinx_u280_gen3x16_xdma_1_202211_1",
    "U280,2023.2,xilinx_u280_gen3x16_xdma_1_202211_1",
    "VCK190,2023.1,xilinx_vck190_base_dfx_202310_1"
  })
  @DisplayName("leaves commands that a person can run again")
  void rerun(Board board, String version, String platform) throws IOException {
    TestBuild build = new TestBuild(root, board, version);
    build.platform = Optional.of(platform);
    build.vppOptions = List.of("compile:-g", "link:-g", "package:-g");
    build.run();
    for (String step : List.of("compile-lightmamba_unit", "link-default-250", "package")) {
      Path work = build.steps().resolve("work").resolve(step);
      assertThat(work.resolve("command.sh")).content().contains(" -g");
      ProcessResult result = new ProcessRunner().run(Invocation.of(root, List.of("bash", work + "/command.sh")));
      assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
    }
  }

  @Test
  @DisplayName("leaves the same commands where all is taken from the cache, and not those of another build")
  void rerunOfWhatWasTaken() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.run();
    Path work = build.steps().resolve("work");
    Map<String, String> before = digests(work);
    StepStage.delete(build.workspace().root());
    build.lines.clear();
    build.run();
    assertThat(build.lines).filteredOn(line -> line.contains("from the cache")).hasSize(4);
    assertThat(digests(work))
        .containsKeys(
            "compile-lightmamba_core/command.sh", "compile-lightmamba_unit/command.sh",
            "compile-lightmamba_unit/hls/unit.cpp", "link-default-250/command.sh", "link-default-250/link.cfg",
            "link-default-250/xo/lightmamba_unit.xo", "package/command.sh")
        .allSatisfy((path, digest) -> assertThat(before).containsEntry(path, digest));
    for (String step : List.of("compile-lightmamba_unit", "link-default-250", "package")) {
      Path script = work.resolve(step).resolve("command.sh");
      ProcessResult result = new ProcessRunner().run(Invocation.of(root, List.of("bash", script.toString())));
      assertThat(result.good()).as(String.join("\n", result.tail())).isTrue();
    }
    String unit = build.files.get("hls/unit.cpp");
    build.files.put("hls/unit.cpp", unit + "// another\n");
    build.run();
    build.files.put("hls/unit.cpp", unit);
    build.run();
    assertThat(work.resolve("compile-lightmamba_unit/hls/unit.cpp")).hasContent(unit);
  }

  @Test
  @DisplayName("takes a link from the cache although the program of a killed build still works in its folder")
  void takenWhileOccupied() throws Exception {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "who works in a folder is told by /proc, which is not here");
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.run();
    StepStage.delete(build.workspace().root());
    Path work = Files.createDirectories(build.steps().resolve("work/link-default-250/tmp"));
    Process left = new ProcessBuilder("sleep", "60").directory(work.toFile()).start();
    try {
      assertThat(build.run().succeeded()).isTrue();
    } finally {
      left.destroyForcibly();
    }
    assertThat(build.lines)
        .anyMatch(line -> line.matches("WARN link-default-250: .* not command.sh .* LM-STAGE-003.*"));
    assertThat(work).exists();
  }

  /** Returns the files in the working folders, by path, with a digest of each. */
  private static Map<String, String> digests(Path work) throws IOException {
    Map<String, String> files = new TreeMap<>();
    for (Path file : StepFiles.below(work, path -> true)) {
      files.put(work.relativize(file).toString(), Sha256.of(Files.readAllBytes(file)));
    }
    return files;
  }

  @Test
  @DisplayName("with a crash in a compilation tries it again, because there is no strategy to change")
  void crash() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.standIn.play("crash in compile");
    build.retries = 1;
    assertThatThrownBy(build::run).hasMessageStartingWith("LM-BUILD-001").hasMessageContaining("crash");
    assertThat(build.lines).anyMatch(line -> line.contains("It is tried again in"));
  }

  @Test
  @DisplayName("is compared with what was asked for: instances and memories, missing, wrong or too many")
  void judgement() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.run();
    Xclbin xclbin = Xclbin.read(build.folder().resolve("lightmamba-u280.xclbin"));
    String asked = build.files.get("hls/link.cfg");
    assertThat(problems(xclbin, asked, BuildTarget.HW)).isEmpty();
    assertThat(problems(xclbin, asked, BuildTarget.HW_EMU)).singleElement().asString().contains("not for hw_emu");
    assertThat(problems(xclbin, asked.replace("HBM[2]", "HBM[3]"), BuildTarget.HW))
        .containsExactly("unit_1.image is connected to [HBM[2]], not to [HBM[3]]");
    assertThat(problems(xclbin, asked.replace("2:unit_0.unit_1", "3:unit_0.unit_1.unit_2"), BuildTarget.HW))
        .containsExactly("the instance unit_2 is missing");
    String without = asked.replaceAll("(?m)^(?:sp|stream_connect|nk=lightmamba_core).*$", "");
    assertThat(problems(xclbin, without, BuildTarget.HW))
        .containsExactly("the instance lightmamba_core:core was not asked for");
    assertThat(problems(xclbin, asked + "sp=unit_0.nowhere:HBM[1]\n", BuildTarget.HW))
        .containsExactly("unit_0.nowhere is connected to nothing, not to [HBM[1]]");
  }

  private List<String> problems(Xclbin xclbin, String link, BuildTarget target) throws IOException {
    LinkConfig asked = LinkConfig.read(Files.writeString(root.resolve("asked.cfg"), link));
    return XclbinJudgement.problems(xclbin, asked, target, xclbin.header().platform());
  }

  @Test
  @DisplayName("says all commands without running any")
  void plan() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.2");
    build.run();
    build.strategies = List.of("default", "Performance_Explore");
    assertThat(BuildPlan.of(build.request()).lines())
        .filteredOn(line -> !line.startsWith("#"))
        .hasSize(5)
        .allMatch(line -> line.contains("/bin/v++ -"));
  }
}

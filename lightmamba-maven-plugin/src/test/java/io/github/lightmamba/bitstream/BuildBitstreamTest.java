package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.ledger.Figure;
import io.github.lightmamba.ledger.Ledger;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A bitstream build with the stand-in")
class BuildBitstreamTest {
  @TempDir private Path root;

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
    assertThat(Files.exists(build.steps().resolve("package/step-2.log"))).as("the log of the card").isEqualTo(dfx);
    assertThat(build.lines).anyMatch(line -> line.startsWith("memory of the vck190") && line.contains(" Do: "));
    Files.writeString(runner, "two");
    build.lines.clear();
    build.run();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("package: runs because of on the card: runner changed"))
        .anyMatch(line -> line.startsWith("link-default-250: up to date"));
  }

  @ParameterizedTest
  @CsvSource({"BOOT.bin,HW,true", "sd_card/BOOT.BIN,HW,true", "sd_card/boot.bin,HW,true", ",HW,false", ",HW_EMU,true"})
  @DisplayName("for the VCK190 takes the boot file under each of its names, and asks for it only for the hardware")
  void bootFile(String name, BuildTarget target, boolean good) throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.VCK190, "2023.1");
    build.target = target;
    build.executor =
        local ->
            new ForwardingExecutor(local) {
              @Override
              public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
                StepEnd end = super.run(job, lines);
                Path folder = job.directory().resolve("package");
                if (Files.deleteIfExists(folder.resolve("BOOT.BIN"))) {
                  Files.delete(folder.resolve("sd_card/BOOT.BIN"));
                  if (name != null) {
                    Files.writeString(folder.resolve(name), "this one boots");
                  }
                }
                return end;
              }
            };
    if (!good) {
      assertThatThrownBy(build::run)
          .hasMessageStartingWith("LM-BUILD-002")
          .hasMessageContaining("there is no package/BOOT.BIN");
      return;
    }
    assertThat(build.run().succeeded()).isTrue();
    if (name != null) {
      assertThat(build.folder().resolve("BOOT.BIN")).hasContent("this one boots");
    }
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

  @Test
  @DisplayName("says all commands without running any")
  void plan() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.2");
    build.generate();
    build.strategies = List.of("default", "Performance_Explore");
    assertThat(BuildPlan.of(build.request()).lines())
        .filteredOn(line -> !line.startsWith("#"))
        .hasSize(5)
        .allMatch(line -> line.contains("/bin/v++ -"));
  }
}

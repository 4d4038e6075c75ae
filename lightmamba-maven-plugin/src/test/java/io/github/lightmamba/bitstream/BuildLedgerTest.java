package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.ledger.Figure;
import io.github.lightmamba.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bitstream build")
class BuildLedgerTest {
  @TempDir private Path root;

  @Test
  @DisplayName("does not fail because of a note in the ledger")
  void damagedEstimates() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.files.put("resources.json", "{");
    assertThat(build.run().succeeded()).isTrue();
    assertThat(build.lines).anyMatch(line -> line.startsWith("WARN the figures of this build are not noted"));
  }

  @Test
  @DisplayName("leaves rows in the ledger, with the errors of predictions")
  void ledger() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
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
}

package io.github.lightmamba.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.Design;
import io.github.lightmamba.kernel.Placement;
import io.github.lightmamba.kernel.ResourceModel;
import io.github.lightmamba.kernel.Schedule;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.kernel.WeightMemory;
import io.github.lightmamba.kernel.WrittenImages;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.quantize.Scheme;
import io.github.lightmamba.quantize.TinyModels;
import io.github.lightmamba.synthetic.SyntheticShape;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The estimate: what it has to reach, what it has to agree with, and which way it moves. */
class EstimatorTest {
  private static final Timing TIMING = Timing.read(Models.SOURCE);

  @TempDir Path folder;

  /** The figures that this accelerator was designed for: Mamba2-2.7B, W4A4, 250 MHz. */
  @ParameterizedTest
  @CsvSource({"U280, 8, 240", "U280, 4, 250", "VCK190, 8, 25"})
  void decodeReachesTheFiguresAimedAt(Board board, int headBits, double least) {
    EstimateRequest request = Models.request(board, "2.7b", Scheme.W4A4, headBits);
    Figures figures = new Estimator(Models.SOURCE).estimate(request);
    assertThat(figures.kind()).isEqualTo("estimated");
    assertThat(figures.frequencyMhz()).isEqualTo(250);
    assertThat(figures.decode().tokensPerSecond()).isGreaterThanOrEqualTo(least);
    assertThat(figures.memory().utilization()).isBetween(0.88, 1.0);
    // 30 of the 31 channels of the U280 have a unit, all nine ports of the VCK190.
    double channels = board == Board.U280 ? 31 / 30.0 : 1;
    assertThat(figures.memory().utilizationOfUsed())
        .isCloseTo(figures.memory().utilization() * channels, within(1e-9));
    assertThat(figures.resources().largestShare()).isLessThanOrEqualTo(Design.SHARE_MAX);
    assertThat(figures.prefill().bound()).isNotBlank();
    assertThat(figures.clocks()).containsOnlyKeys("225 MHz", "250 MHz", "300 MHz");
    // The phases are the whole token.
    assertThat(figures.decode().phases().values().stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(figures.decode().microseconds(), withinPercentage(0.5));
    assertThat(figures.memory().bytesByClass().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(figures.memory().bytesPerToken());
    assertThat(figures.memory().paddingByCause().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(figures.memory().bytesByClass().get("padding"));
    assertThat(figures.memory().bytesByChannel().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(figures.memory().bytesPerToken());
  }

  /**
   * Prefill of at least 6 times decode and eight sequences at 5 times one are aimed at. The U280 has room for one lane
   * a cycle in 30 units; the estimate names the multipliers.
   */
  @ParameterizedTest
  @CsvSource({"VCK190, 6, 5, memory", "U280, 1.3, 1.2, multipliers"})
  void lanesShareAWordAsFarAsTheBoardHasRoom(Board board, double prefill, double sequences, String bound) {
    Figures figures = new Estimator(Models.SOURCE).estimate(Models.request(board, "2.7b", Scheme.W4A4, 8));
    assertThat(figures.resources().largestShare()).isLessThanOrEqualTo(Design.SHARE_MAX);
    assertThat(figures.prefill().timesDecode()).isGreaterThanOrEqualTo(prefill);
    assertThat(figures.sequences().timesOne()).isGreaterThanOrEqualTo(sequences);
    assertThat(figures.prefill().bound()).startsWith(bound);
  }

  /** A step with one lane at work keeps a word for one cycle, whatever the design does with all lanes. */
  @Test
  void cyclesOfAWordCostDecodeNothing() {
    EstimateRequest request = Models.request(Board.U280, Models.shape("130m"), Scheme.W4A4, 8, 4);
    Design of = request.design();
    Design held =
        new Design(
            of.units(), 4, 4, 1, 0, of.activationGroup(), of.scanLanes(), of.stateLines(), of.multiplier(),
            of.frequencyMhz());
    Design all =
        new Design(
            of.units(), 4, 1, 4, 0, of.activationGroup(), of.scanLanes(), of.stateLines(), of.multiplier(),
            of.frequencyMhz());
    assertThat(rate(request, held)).isEqualTo(rate(request, all));
  }

  static Stream<Arguments> writtenModels() {
    QuantizedModel tied = TinyModels.tied();
    QuantizedModel groups = TinyModels.quantized(TinyModels.GROUPS, Scheme.W4A4, 4, 8);
    QuantizedModel limits = TinyModels.quantized(TinyModels.LIMITS, Scheme.W4A8, 8, 16);
    return Stream.of(
        Arguments.of("tied", tied, Board.U280, 0), Arguments.of("tied", tied, Board.U280, 1),
        Arguments.of("tied", tied, Board.VCK190, 0), Arguments.of("tied", tied, Board.VCK190, 8),
        Arguments.of("groups", groups, Board.U280, 0), Arguments.of("groups", groups, Board.VCK190, 1),
        Arguments.of("limits", limits, Board.U280, 0), Arguments.of("limits", limits, Board.VCK190, 1));
  }

  /** Bytes of a token are those of the images that the generator writes, and the padding what is left of them. */
  @ParameterizedTest(name = "{0} {2} {3}")
  @MethodSource("writtenModels")
  void bytesAreThoseOfTheWrittenImages(String name, QuantizedModel model, Board board, int lanes) throws Exception {
    BoardProfile profile = Models.board(board);
    byte[][] widths = StateLayout.widths(model);
    Design design = Design.of(profile, model.shape(), lanes, model.activationGroup());
    WrittenImages images = WrittenImages.of(model, design, folder);
    Schedule schedule = Schedule.of(model, design.units());
    Traffic traffic =
        Traffic.of(
            new Workload(
                profile, design, schedule, 8, model.activationGroup(), widths, design.keptLayers(model)));
    assertThat(traffic.bytes()).isEqualTo(images.bytesPerToken());
    assertThat(traffic.byClass())
        .containsEntry("state", images.stateBytesPerToken())
        .containsEntry("padding", images.paddingBytesPerToken());
    assertThat(traffic.byClass().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(traffic.bytes());
  }

  /** The VCK190's memories sustain the share that the published design on this board reached. */
  @Test
  void sustainedRatesOfTheVck190AreCalibrated() {
    for (WeightMemory memory : Models.board(Board.VCK190).weightMemories()) {
      assertThat(memory.sustainedGigabytesPerSecond() / memory.peakGigabytesPerSecond())
          .isEqualTo(PublishedDesign.memoryEfficiency(), within(0.0005));
    }
  }

  /** Of the layers none, some or all have their state on chip. */
  @ParameterizedTest
  @CsvSource({"0, 0, DECODE", "8192, 12, DECODE", "20000, 20, DECODE", "8192, 12, PREFILL", "0, 0, SEQUENCES"})
  void layersThatRepeatAreExtrapolated(int lines, int kept, SteadyState.Mode mode) {
    EstimateRequest request =
        Models.request(
            Board.U280, Models.shape(SyntheticShape.of("1.3b").withLayers(20)), Scheme.W4A4, 8, 4);
    Workload work =
        request.on(new Design(13, 4, 2, 2, 2, 16, 8, lines, Models.board(Board.U280).multiplier(), 250));
    assertThat(work.keptLayers()).isEqualTo(kept);
    SteadyState line = SteadyState.of(work, TIMING, mode);
    // One head with another width, of as many words, makes the layers differ, so that all of them are simulated.
    byte[][] widths = StateLayout.uniform(work.shape(), 8);
    widths[3] = widths[3].clone();
    widths[3][0] = 7;
    Workload all =
        new Workload(
            work.board(), work.design(), work.schedule(), work.activationBits(), work.activationGroup(), widths,
            work.keptLayers());
    assertThat(SteadyState.of(all, TIMING, mode).cycles()).isCloseTo(line.cycles(), withinPercentage(1));
  }

  @Test
  void moreOfAnythingIsNeverSlower() {
    EstimateRequest request = Models.request(Board.U280, "130m", Scheme.W4A4, 8);
    Design design = request.design();
    double usual = rate(request, design);
    assertThat(rate(request, design.atMhz(300))).isGreaterThan(usual);
    assertThat(rate(request, design.atMhz(200))).isLessThan(usual);
    Design fewer =
        new Design(
            16, design.lanes(), design.wordCycles(), design.dspLanes(), design.uramLanes(), design.activationGroup(),
            design.scanLanes(), 0, design.multiplier(), design.frequencyMhz());
    assertThat(rate(request, fewer)).isLessThan(usual);
    EstimateRequest bytes = Models.request(Board.U280, "130m", Scheme.W8A8, 8);
    assertThat(rate(bytes, design)).isLessThan(usual);
    EstimateRequest smallHead = Models.request(Board.U280, "130m", Scheme.W4A4, 4);
    assertThat(rate(smallHead, design)).isGreaterThan(usual);
    EstimateRequest slowBoard = Models.request(Board.VCK190, "130m", Scheme.W4A4, 8);
    assertThat(rate(slowBoard, slowBoard.design())).isLessThan(usual);
  }

  private static double rate(EstimateRequest request, Design design) {
    return design.frequencyMhz() * 1e6
        / SteadyState.of(request.on(design), TIMING, SteadyState.Mode.DECODE).cycles();
  }

  @Test
  void tokensThatShareAWeightArePrefilledFaster() {
    EstimateRequest one = Models.request(Board.VCK190, Models.shape("130m"), Scheme.W4A4, 8, 1);
    EstimateRequest four = Models.request(Board.VCK190, Models.shape("130m"), Scheme.W4A4, 8, 4);
    Estimator estimator = new Estimator(Models.SOURCE);
    Figures lanes = estimator.estimate(four);
    assertThat(lanes.prefill().tokensPerSecond())
        .isGreaterThan(2 * estimator.estimate(one).prefill().tokensPerSecond());
    assertThat(lanes.sequences().timesOne()).isBetween(2.0, 4.0);
  }

  /** The figures of docs/accelerator.md: 21 and 13 units beyond the borders, both chains twice, the control. */
  @Test
  void wiresBetweenRegionsAreSaid() {
    Estimator estimator = new Estimator(Models.SOURCE);
    Figures figures = estimator.estimate(Models.request(Board.U280, "2.7b", Scheme.W4A4, 8));
    int first = 21 * (522 + 130 + 2 * 10) + 4 * 514 + 2 * 152 + 22;
    int second = 13 * (522 + 130 + 2 * 10) + 4 * 514 + 152 + 13;
    assertThat(figures.resources().byBorder())
        .containsExactly(
            Map.entry("SLR0-SLR1", new Figures.BorderUse(first, 23040, first / 23040.0)),
            Map.entry("SLR1-SLR2", new Figures.BorderUse(second, 23040, second / 23040.0)));
    assertThat(Estimator.summary(figures))
        .contains("estimated: the streams between SLR0-SLR1 need 16,494 of 23,040 wires, 72 %");
    assertThat(estimator.estimate(Models.request(Board.VCK190, "130m", Scheme.W4A4, 8)).resources().byBorder())
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Board.class)
  void everyDefaultDesignLeavesAQuarterOfEachRegionAndBorder(Board board) {
    for (String model : new String[] {"130m", "370m", "780m", "1.3b", "2.7b"}) {
      Design design = Models.request(board, model, Scheme.W4A4, 8).design();
      Placement placement =
          Placement.of(Models.board(board), design.units(), ResourceModel.of(design, Models.shape(model)));
      assertThat(placement.largestShare()).as(model).isLessThanOrEqualTo(Design.SHARE_MAX);
      assertThat(placement.borders())
          .as(model)
          .allSatisfy(border -> assertThat(border.share()).isLessThanOrEqualTo(Design.SHARE_MAX));
    }
  }

  @Test
  void filesAppearBesideEachOther() throws Exception {
    Figures figures = new Estimator(Models.SOURCE).estimate(Models.request(Board.U280, "130m", Scheme.W4A4, 8));
    Path file = EstimateFiles.write(new Workspace(folder), figures);
    assertThat(file).isEqualTo(folder.toRealPath().resolve("u280").resolve("estimate.json"));
    JsonNode json = new ObjectMapper().readTree(file.toFile());
    assertThat(json.at("/decode/tokensPerSecond").asDouble()).isEqualTo(figures.decode().tokensPerSecond());
    for (String pointer : new String[] {
      "/prefill/tokensPerSecond", "/prefill/bound", "/memory/utilization", "/resources/largestShare", "/kind",
      "/resources/byBorder/SLR1-SLR2/share"}) {
      assertThat(json.at(pointer).isMissingNode()).as(pointer).isFalse();
    }
    assertThat(json.at("/energy/joulesPerToken").isNull()).isTrue();
    assertThat(json.at("/energy/note").asText()).isNotBlank();
    assertThat(folder.resolve("u280").resolve("estimate-roofline.svg")).content().contains("decode", "estimated");
    assertThat(folder.resolve("u280").resolve("estimate-timeline.svg")).content().contains("wait before out_proj");
    assertThat(String.join("\n", BenchTable.of(figures))).contains("pp512", "tg128");
  }
}

package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault in a generated {@code link.cfg} or in what it has to hold is found, and its place is named. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectivityCheckTest {
  private static final AcceleratorSource SOURCE = AcceleratorSource.bundled();
  private static final long MIB = 1 << 20;

  private final QuantizedModel model = TinyModels.tied();

  private Kernels good;
  private String link;

  /** Generated kernels and what they are checked against. */
  private record Kernels(
      KernelFolder folder, BoardProfile board, Map<String, ImageSize> images, KernelResources resources,
      Placement placement) {
    Path linkFile() {
      return folder.root().resolve("hls/link.cfg");
    }

    void check(double shareMax) throws IOException {
      ConnectivityCheck.check(folder, board, images, resources, shareMax);
    }
  }

  @BeforeAll
  void generate(@TempDir Path folder) throws IOException {
    good = kernels(Board.U280, folder);
    link = Files.readString(good.linkFile());
  }

  @BeforeEach
  void restore() throws IOException {
    Files.writeString(good.linkFile(), link);
  }

  private Kernels kernels(Board name, Path folder) throws IOException {
    BoardProfile board = BoardProfile.read(name, SOURCE);
    ModelShape shape = model.shape();
    Design design = Design.of(board, shape, 0, model.activationGroup());
    KernelFolder kernels = GivenKernels.write(model, design, folder);
    KernelResources resources = ResourceModel.of(design, shape);
    Placement placement = Placement.of(board, design.units(), resources);
    BuildFiles.write(SOURCE, board, design, Connectivity.of(board, design, placement), kernels);
    Map<String, ImageSize> images = new LinkedHashMap<>();
    images.put("core.parameters", size(1));
    images.put("core.embedding", size(1));
    for (int unit = 0; unit < design.units(); unit++) {
      images.put("memory_" + unit + ".weights", size(1));
    }
    return new Kernels(kernels, board, images, resources, placement);
  }

  private static ImageSize size(long mebibytes) {
    return new ImageSize(mebibytes * MIB / Schedule.WORD_BYTES, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @EnumSource(Board.class)
  void whatIsGeneratedPassesAndItsWiresAreThoseOfTheEstimate(Board name, @TempDir Path folder) throws IOException {
    Kernels kernels = kernels(name, folder);
    assertThatCode(() -> kernels.check(Design.SHARE_MAX)).doesNotThrowAnyException();
    assertThat(new RegionCheck(kernels.board, LinkedKernels.read(kernels.folder)).borders())
        .isEqualTo(kernels.placement.borders())
        .hasSize(kernels.board.regions().size() - 1);
  }

  /** Lines of link.cfg: an expression, what replaces each line that it fits, what the message names. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sp=memory_3.state:.* | | memory_3.state has no sp
          sp=memory_3.state:(.*) | $0;sp=memory_3.stats:$1 | memory_3.stats
          sp=memory_3.state:(.*) | $0;sp=memory_3.state:HBM[9] | memory_3.state:HBM[9]
          sp=memory_3.(\\w+):.* | sp=memory_3.$1:HBM[2] | memory_3.weights
          sp=memory_3.state:.* | sp=memory_3.state:HBM[2] | memory_3.state
          sp=core.trace:.* | sp=core.trace:DDR[0] | core.trace
          sp=core.trace:.* | sp=core.trace:HBM[4] | core.trace
          stream_connect=(unit_1.go:.*) | $0;$0 | memory_1.go has 2
          stream_connect=(unit_1.go:.*) | | memory_1.go has 0
          stream_connect=(unit_1.go):(.*):16 | stream_connect=$2:$1:16 | memory_1.go, an input
          stream_connect=unit_1.go:memory_1.go:16 | stream_connect=unit_1.go:memory_1.done:16 | memory_1.done, an output
          stream_connect=unit_1.go:.* | stream_connect=unit_1.go:memory_1.state_in:16 | memory_1.state_in has 128
          stream_connect=unit_1.go:memory_1.go:16 | stream_connect=unit_1.go:memory_1.gone:16 | memory_1.gone
          slr=unit_7:.* | | unit_7 has no slr
          slr=unit_7:.* | slr=unit_7:SLR3 | unit_7
          slr=unit_7:.* | $0;slr=unit_99:SLR1 | unit_99
          slr=memory_5:.* | slr=memory_5:SLR1 | memory_5.weights
          slr=core:.* | slr=core:SLR2 | DDR[1] from SLR2
          slr=unit_(.*):.* | slr=unit_$1:SLR1 | SLR1 has to hold
          nk=lightmamba_core: | nk=lightmamba_cone: | lightmamba_cone
          """)
  void faultsOfTheFileAreFound(String line, String replacement, String named) throws IOException {
    String broken =
        link.replaceAll("(?m)^" + line, replacement == null ? "" : replacement).replace(';', '\n');
    assertThat(broken).isNotEqualTo(link);
    Files.writeString(good.linkFile(), broken);
    assertFound(good, Design.SHARE_MAX, named);
  }

  @Test
  void anImageThatAChannelCannotHoldIsFound() {
    Map<String, ImageSize> images = new LinkedHashMap<>(good.images);
    images.put("memory_4.weights", size(256));
    assertThatCode(() -> with(good.board, images).check(Design.SHARE_MAX)).doesNotThrowAnyException();
    images.put("memory_4.weights", size(257));
    assertFound(with(good.board, images), Design.SHARE_MAX, "memory_4.weights");
  }

  /** The core's five bundles count, where they are: with the host's on DDR4, not among those on the HBM. */
  @Test
  void moreMastersThanAMemoryServesAreFound() {
    CoreMemory four = coreMemory(good.board.coreMemory(), 4);
    assertFound(with(masters(good.board, 32, four), good.images), Design.SHARE_MAX, "core.trace");
    int units = good.folder.design().units();
    CoreMemory five = coreMemory(good.board.coreMemory(), 5);
    assertThatCode(() -> with(masters(good.board, units + 1, five), good.images).check(Design.SHARE_MAX))
        .doesNotThrowAnyException();
    assertFound(
        with(masters(good.board, units, five), good.images), Design.SHARE_MAX,
        (units + 1) + " masters on the weight memories");
  }

  /** The limit is the last wire of the share that the caller allows. */
  @ParameterizedTest
  @ValueSource(doubles = {Design.SHARE_MAX, 1})
  void moreWiresThanABorderMayHaveAreFound(double shareMax) {
    Border fullest = good.placement.borders().get(0);
    assertThat(fullest.name()).isEqualTo("SLR0-SLR1");
    int fewest = fewestWires(fullest, shareMax);
    assertThatCode(() -> with(wires(good.board, fewest), good.images).check(shareMax)).doesNotThrowAnyException();
    assertFound(with(wires(good.board, fewest - 1), good.images), shareMax, "SLR0-SLR1");
  }

  /** What is above the allowed share is found, whatever share the caller allows. */
  @Test
  void aRegionFullerThanAllowedIsFound() {
    double share = good.placement.largestShare();
    Kernels wired = with(wires(good.board, 1_000_000), good.images);
    assertThatCode(() -> wired.check(share)).doesNotThrowAnyException();
    assertFound(wired, share - 0.001, "has to hold");
  }

  /** With a wire less than the roomiest placement needs, a unit goes to a lower region. */
  @Test
  void placementKeepsToTheShareOfABorder() {
    int fewest = fewestWires(good.placement.borders().get(0), Design.SHARE_MAX);
    int units = good.folder.design().units();
    assertThat(Placement.of(wires(good.board, fewest), units, good.resources).unitRegions())
        .isEqualTo(good.placement.unitRegions());
    Placement other = Placement.of(wires(good.board, fewest - 1), units, good.resources);
    assertThat(other.borders())
        .allSatisfy(border -> assertThat(border.share()).isLessThanOrEqualTo(Design.SHARE_MAX));
    assertThat(other.largestShare()).isGreaterThan(good.placement.largestShare());
  }

  /** Counted by hand: TDATA, TVALID, TREADY. */
  @Test
  void aStreamHasTheWiresOfItsDataAndItsHandshake() {
    assertThat(List.of(BorderWires.ofStream(520), BorderWires.ofStream(512), BorderWires.ofStream(8)))
        .containsExactly(522, 514, 10);
  }

  /** What a border has to have so that its use is within a share. */
  private static int fewestWires(Border border, double share) {
    return (int) Math.ceil(border.wires() / share);
  }

  private Kernels with(BoardProfile board, Map<String, ImageSize> images) {
    return new Kernels(good.folder, board, images, good.resources, good.placement);
  }

  private static CoreMemory coreMemory(CoreMemory of, int masters) {
    return new CoreMemory(of.name(), of.tag(), of.bytes(), of.peakGigabytesPerSecond(), of.refresh(), masters, of.region());
  }

  private static BoardProfile wires(BoardProfile of, int wires) {
    return profile(of, of.memoryMastersMax(), of.coreMemory(), wires);
  }

  private static BoardProfile masters(BoardProfile of, int mastersMax, CoreMemory core) {
    return profile(of, mastersMax, core, of.crossingWires());
  }

  private static BoardProfile profile(BoardProfile of, int mastersMax, CoreMemory core, int wires) {
    return new BoardProfile(
        of.name(), of.title(), of.part(), of.promised(), of.multiplier(), of.frequencyMhz(), of.lanes(), mastersMax,
        of.weightMemories(), core, of.regions(), of.regionsSource(), wires, of.powerWatts(), of.stateInMemory(),
        of.packaging(), of.vitis());
  }

  private static void assertFound(Kernels kernels, double shareMax, String named) {
    assertThatThrownBy(() -> kernels.check(shareMax))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DESIGN_INVALID))
        .hasMessageContaining(named);
  }
}

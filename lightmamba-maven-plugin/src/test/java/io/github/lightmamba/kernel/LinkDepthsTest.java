package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.quantize.TinyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The simulation makes its links from {@code depths.hpp}, {@code v++} from {@code link.cfg}. */
@DisplayName("The depths of the links")
class LinkDepthsTest {
  private static final Path DEPTHS = Path.of("..", "accelerator-src", "include", "lightmamba", "depths.hpp");
  private static final AcceleratorSource SOURCE = AcceleratorSource.of(Path.of("..", "accelerator-src"));

  /** Names of the constants by the port where a link ends. */
  private static final Map<String, String> CONSTANTS =
      Map.of(
          "activation_in", "kActivationLinkDepth",
          "result_in", "kResultLinkDepth",
          "words", "kWordLinkDepth",
          "state_in", "kStateLinkDepth",
          "go", "kSignalLinkDepth",
          "done", "kSignalLinkDepth");

  @Test
  @DisplayName("are the same in the simulation and in the link")
  void same() throws IOException {
    Matcher matcher = Pattern.compile("constexpr int (k\\w+) = (\\d+);").matcher(Files.readString(DEPTHS));
    Map<String, Integer> depths = new HashMap<>();
    while (matcher.find()) {
      depths.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }
    BoardProfile board = BoardProfile.read(Board.U280, SOURCE);
    ModelShape shape = TinyModels.tied().shape();
    Design design = Design.of(board, shape, 0, 16);
    Placement placement = Placement.of(board, design.units(), ResourceModel.of(design, shape));
    assertThat(Connectivity.of(board, design, placement).streams())
        .isNotEmpty()
        .allSatisfy(
            link -> {
              String port = link.to().substring(link.to().indexOf('.') + 1);
              assertThat(link.depth()).as(link.to()).isEqualTo(depths.get(CONSTANTS.get(port)));
            });
  }
}

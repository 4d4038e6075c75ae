package io.github.lightmamba.mojo;

import io.github.lightmamba.checkpoint.Checkpoint;
import io.github.lightmamba.estimate.DesignSpace;
import io.github.lightmamba.estimate.EstimateFiles;
import io.github.lightmamba.estimate.EstimateRequest;
import io.github.lightmamba.estimate.Estimator;
import io.github.lightmamba.estimate.Figures;
import io.github.lightmamba.integer.ModelShape;
import io.github.lightmamba.integer.QuantizedModelFolder;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.kernel.StateLayout;
import io.github.lightmamba.ledger.PastErrors;
import io.github.lightmamba.pipeline.Manifest;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.quantize.QuantizableShape;
import io.github.lightmamba.quantize.Scheme;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Estimates what a model will reach on a board, before anything is quantized, generated or built: tokens a second,
 * latency, traffic, resources. It simulates the generated design cycle by cycle, in seconds; of the checkpoint it needs
 * {@code config.json} only. Every figure is estimated; says how far earlier estimates for the board were off, as far as
 * builds are in the ledger of {@code cacheDirectory}. Writes {@code <board>/estimate.json} and two pictures beside it.
 *
 * @since 0.1.0
 */
@Mojo(name = "estimate", requiresProject = false, threadSafe = true)
public final class EstimateMojo extends AbstractLightMambaMojo {
  private static final int CLOCK_MIN = 50;
  private static final int CLOCK_MAX = 600;

  /** Made by Maven. */
  public EstimateMojo() {}

  @Override
  void run(Workspace workspace, StageRunner runner) {
    Board onto = ParameterCheck.choice("board", board, Board.class);
    Scheme bits = ParameterCheck.choice("scheme", scheme, Scheme.class);
    int head = ParameterCheck.oneOf("headBits", headBits, 8, 4);
    int group = ParameterCheck.oneOf("groupSize", groupSize, 0, 8, 16, 32, 64, 128);
    int activations = ParameterCheck.oneOf("activationGroup", activationGroup, 8, 16, 32);
    int most = ParameterCheck.oneOf("lanes", lanes, 8, 4, 1, 0);
    boolean usual = frequencyMhz == null || frequencyMhz.trim().equals("0");
    int clock = usual ? 0 : ParameterCheck.integer("frequencyMhz", frequencyMhz, CLOCK_MIN, CLOCK_MAX, 250);
    Path folder = ParameterCheck.folder("checkpoint", checkpoint, "the folder of the checkpoint");
    AcceleratorSource source =
        acceleratorSource == null ? AcceleratorSource.bundled() : AcceleratorSource.of(acceleratorSource.toPath());
    ModelShape shape = QuantizableShape.of(Checkpoint.config(folder));
    BoardProfile profile = BoardProfile.read(onto, source);
    EstimateRequest request =
        new EstimateRequest(
            profile, shape, bits, head, group, activations, most, clock, stateBits(workspace, shape));
    List<DesignSpace.Point> points =
        explore ? new DesignSpace(source).points(request, runner.progress()) : List.of();
    if (explore) {
      DesignSpace.table(request, points).forEach(getLog()::info);
    }
    Figures figures = new Estimator(source).estimate(request, DesignSpace.front(request, points));
    Path file = EstimateFiles.write(workspace, figures);
    Estimator.summary(figures).forEach(getLog()::info);
    cacheFolder()
        .map(cache -> PastErrors.lines(cache, profile.name()))
        .orElse(List.of())
        .forEach(line -> getLog().info("past errors: " + line));
    getLog().info("estimate: " + workspace.display(file));
  }

  /** Returns the widths of the quantized model of the work directory, if there is one of these sizes. */
  private static byte[][] stateBits(Workspace workspace, ModelShape shape) {
    if (Manifest.read(workspace.quantized()).isEmpty()) {
      return null;
    }
    try (QuantizedModelFolder quantized = QuantizedModelFolder.open(workspace.quantized())) {
      return quantized.model().shape().equals(shape) ? StateLayout.widths(quantized.model()) : null;
    }
  }
}

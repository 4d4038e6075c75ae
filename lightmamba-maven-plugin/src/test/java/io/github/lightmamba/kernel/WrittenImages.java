package io.github.lightmamba.kernel;

import io.github.lightmamba.integer.QuantizedModel;
import io.github.lightmamba.integer.TokenTraffic;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The images of a model, written as {@code generate-kernels} writes them, and counted.
 *
 * @param bytesPerToken of all ports
 * @param stateBytesPerToken read and written
 * @param paddingBytesPerToken what carries nothing
 */
public record WrittenImages(long bytesPerToken, long stateBytesPerToken, long paddingBytesPerToken) {
  /** Writes the images of a design into a folder. */
  public static WrittenImages of(QuantizedModel model, Design design, Path folder) throws IOException {
    Schedule schedule = Schedule.of(model, design.units());
    long bytes = CoreImage.writeParameters(model, folder.resolve("core")).bytesPerToken()
        + CoreImage.writeEmbedding(model, folder.resolve("embedding")).bytesPerToken();
    long state = 0;
    for (int unit = 0; unit < design.units(); unit++) {
      ImageSize size =
          UnitImage.write(model, schedule, design.keptLayers(model), unit, folder.resolve("unit" + unit));
      bytes += size.bytesPerToken();
      state += 2 * (size.state() - size.kept()) * Schedule.WORD_BYTES;
    }
    long needed = TokenTraffic.of(model).values().stream().mapToLong(Long::longValue).sum();
    return new WrittenImages(bytes, state, bytes - state - needed);
  }
}

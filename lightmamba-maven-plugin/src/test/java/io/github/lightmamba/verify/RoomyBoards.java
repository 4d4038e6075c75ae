package io.github.lightmamba.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.lightmamba.kernel.AcceleratorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The accelerator sources with boards of far more resources: what a test shows of the numbers shall not depend on which
 * number of lanes a board is estimated to hold.
 */
final class RoomyBoards {
  private static final int TIMES = 100;

  private RoomyBoards() {}

  /**
   * Writes the sources into a folder and returns it.
   *
   * @param roomForState whether the hidden state may stay on chip
   */
  static Path write(Path folder, boolean roomForState) throws IOException {
    AcceleratorSource source = AcceleratorSource.bundled();
    for (String path : source.list()) {
      Path file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.write(file, path.startsWith("boards/") ? roomy(source.read(path), roomForState) : source.read(path));
    }
    return folder;
  }

  private static byte[] roomy(byte[] profile, boolean roomForState) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode board = mapper.readTree(profile);
    for (JsonNode region : board.get("regions")) {
      for (String resource : List.of("lut", "ff", "dsp", "bram36", "uram")) {
        ((ObjectNode) region).put(resource, TIMES * region.get(resource).asInt());
      }
    }
    ((ObjectNode) board).put("stateInMemory", !roomForState);
    return mapper.writeValueAsBytes(board);
  }
}

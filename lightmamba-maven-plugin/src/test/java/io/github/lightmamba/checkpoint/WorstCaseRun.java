package io.github.lightmamba.checkpoint;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.torch.StateDictWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Opens the files that take the most memory for their size; runs in a Java machine of its own with a small heap. */
public final class WorstCaseRun {
  private WorstCaseRun() {}

  /**
   * Writes one file in one call and opens it in another, so that what was written takes no memory.
   *
   * @param arguments {@code write} or {@code open}, the kind, an empty folder
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[2]);
    if (arguments[0].equals("write")) {
      write(arguments[1], folder);
      return;
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      throw new IllegalStateException("opened: " + checkpoint.config());
    } catch (LightMambaException e) {
      System.out.println(e.getMessage());
    }
  }

  private static void write(String kind, Path folder) throws IOException {
    if (!kind.equals("config")) {
      Files.writeString(folder.resolve("config.json"), "{\"model_type\":\"mamba2\"}");
    }
    switch (kind) {
      case "config" -> Files.writeString(folder.resolve("config.json"), objects((1 << 20) - 100));
      case "header" -> {
        byte[] json = objects(9_900_000).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("model.safetensors"), bytes.putLong(json.length).put(json).array());
      }
      case "index" -> Files.writeString(folder.resolve("model.safetensors.index.json"), objects((4 << 20) - 100));
      case "pickle" -> Files.write(folder.resolve("pytorch_model.bin"), StateDictWriter.zip("a", texts(), Map.of()));
      default -> throw new IllegalArgumentException(kind);
    }
  }

  /** An object with as many empty objects as fit. */
  private static String objects(int bytes) {
    StringBuilder json = new StringBuilder("{\"weight_map\":{}");
    for (int i = 0; json.length() < bytes - 20; i++) {
      json.append(",\"").append(Integer.toString(i, 36)).append("\":{}");
    }
    return json.append('}').toString();
  }

  /** 64 MiB of remembered strings and, for the rest of the allowed values, dicts. */
  private static byte[] texts() {
    ByteArrayOutputStream pickle = new ByteArrayOutputStream(64 << 20);
    pickle.writeBytes(new byte[] {(byte) 0x80, 2, ']', '('});
    byte[] text = new byte[4096];
    Arrays.fill(text, (byte) 'a');
    for (int i = 0; i < 16_000; i++) {
      pickle.write('X');
      pickle.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length).array());
      pickle.writeBytes(text);
      if (i % 100 == 99) {
        pickle.writeBytes(new byte[] {'e', '('});
      }
    }
    for (int i = 0; i < 240_000; i++) {
      pickle.write('}');
      if (i % 100 == 99) {
        pickle.writeBytes(new byte[] {'e', '('});
      }
    }
    pickle.writeBytes(new byte[] {'e', '.'});
    return pickle.toByteArray();
  }
}

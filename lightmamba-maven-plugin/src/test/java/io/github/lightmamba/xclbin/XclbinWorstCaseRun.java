package io.github.lightmamba.xclbin;

import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the files that take the most memory for their size; runs in a Java machine of its own with a small heap. */
public final class XclbinWorstCaseRun {
  private XclbinWorstCaseRun() {}

  /**
   * Writes one file in one call and opens it in another, so that what was written takes no memory.
   *
   * @param arguments {@code write} or {@code open}, the kind, a file
   */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[2]);
    if (arguments[0].equals("write")) {
      Files.write(file, bytes(arguments[1]));
      return;
    }
    try {
      System.out.println("read " + Xclbin.read(file).sections().size() + " sections");
    } catch (LightMambaException e) {
      System.out.println(e.getMessage());
    }
  }

  private static byte[] bytes(String kind) {
    XclbinWriter writer = new XclbinWriter("p", 0);
    switch (kind) {
      case "elements" -> writer.section(2, "", "<project>" + "<a/>".repeat(2_000_000) + "</project>");
      case "attributes" -> writer.section(2, "", "<project>" + "<a b='' c='' d=''/>".repeat(400_000) + "</project>");
      case "text" -> writer.section(2, "", "<project>" + "x".repeat(8_000_000) + "</project>");
      case "nested json" -> writer.section(14, "", "{\"a\":".repeat(1_500_000));
      case "flat json" -> writer.section(14, "", "{\"a\":[" + "{},".repeat(2_700_000) + "0]}");
      case "pairs" -> {
        String pair = "{\"key\":\"%s\",\"value\":\"\"},".formatted("k".repeat(700));
        writer.section(15, "", "{\"keyvalue_metadata\":{\"key_values\":[" + pair.repeat(11_000) + "0]}}");
      }
      case "banks" -> {
        for (int i = 0; i < 104_000; i++) {
          writer.bank(6, true, 1, 0, "HBM[" + i + "]");
        }
      }
      case "image" -> writer.section(0, "", new byte[100 << 20]);
      default -> throw new IllegalArgumentException(kind);
    }
    return writer.bytes();
  }
}

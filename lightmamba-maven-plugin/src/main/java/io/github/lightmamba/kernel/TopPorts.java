package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports of a top function, read from its source: what Vitis will see.
 *
 * @param bundleOf AXI bundle by memory port
 * @param streams by name
 */
record TopPorts(Map<String, String> bundleOf, Map<String, StreamPort> streams) {
  private static final Pattern MEMORY =
      Pattern.compile("#pragma HLS INTERFACE mode=m_axi port=(\\w+) bundle=(\\w+)");
  private static final Pattern STREAM = Pattern.compile("#pragma HLS INTERFACE mode=axis port=(\\w+)");

  /**
   * Reads a top function.
   *
   * @param kernel unit, memory or core
   * @param source its file
   */
  static TopPorts read(String kernel, Path source) throws IOException {
    String text = Files.readString(source);
    TopPorts ports = new TopPorts(new TreeMap<>(), new LinkedHashMap<>());
    Matcher memory = MEMORY.matcher(text);
    while (memory.find()) {
      ports.bundleOf.put(memory.group(1), memory.group(2));
    }
    Matcher stream = STREAM.matcher(text);
    while (stream.find()) {
      String port = stream.group(1);
      ports.streams.put(port, new StreamPort(width(text, port, source), StreamPort.written(kernel, port)));
    }
    return ports;
  }

  private static int width(String text, String port, Path source) {
    Pattern declaration =
        Pattern.compile("hls::stream<ap_uint<(\\d+)> >&\\s+" + port + "\\b");
    Matcher matcher = declaration.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException(source + ": no declaration of the stream port " + port);
    }
    return Integer.parseInt(matcher.group(1));
  }
}

package io.github.lightmamba.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports of a top function, read from its source: what Vitis will see.
 *
 * @param memories memory ports
 * @param bundles AXI bundles
 * @param streams width in bits by stream port
 */
record TopPorts(Set<String> memories, Set<String> bundles, Map<String, Integer> streams) {
  private static final Pattern MEMORY =
      Pattern.compile("#pragma HLS INTERFACE mode=m_axi port=(\\w+) bundle=(\\w+)");
  private static final Pattern STREAM = Pattern.compile("#pragma HLS INTERFACE mode=axis port=(\\w+)");

  static TopPorts read(Path source) throws IOException {
    String text = Files.readString(source);
    TopPorts ports = new TopPorts(new TreeSet<>(), new TreeSet<>(), new LinkedHashMap<>());
    Matcher memory = MEMORY.matcher(text);
    while (memory.find()) {
      ports.memories.add(memory.group(1));
      ports.bundles.add(memory.group(2));
    }
    Matcher stream = STREAM.matcher(text);
    while (stream.find()) {
      ports.streams.put(stream.group(1), width(text, stream.group(1), source));
    }
    return ports;
  }

  private static int width(String text, String port, Path source) {
    Pattern declaration =
        Pattern.compile("hls::stream<ap_axiu<(\\d+), 0, 0, 0> >&\\s+" + port + "\\b");
    Matcher matcher = declaration.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException(source + ": no declaration of the stream port " + port);
    }
    return Integer.parseInt(matcher.group(1));
  }
}

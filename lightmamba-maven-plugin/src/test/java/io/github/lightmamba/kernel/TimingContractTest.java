package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("timing.json, the contract of the kernels' loops")
class TimingContractTest {
  private static final Path ROOT = Path.of("..", "accelerator-src").toAbsolutePath().normalize();
  private static final Pattern INCLUDE = Pattern.compile("#include \"(lightmamba/\\w+\\.hpp)\"");
  private static final Pattern PIPELINED =
      Pattern.compile("(?m)^ *([A-Z][A-Z0-9_]*):\\n *for [^\\n]*\\n(?: *(?:#pragma|//)[^\\n]*\\n)*?"
          + "#pragma HLS PIPELINE(?! off)(?: II=(\\d+))?");
  private static final Pattern PORT = Pattern.compile("mode=m_axi port=(\\w+) .*latency=(\\d+)");
  private static final Pattern PRAGMA = Pattern.compile("(?m)^ *#pragma HLS PIPELINE(?! off)");

  @Test
  @DisplayName("has one entry for every pipelined loop of a kernel, with the interval of its pragma")
  void matchesTheSources() throws IOException {
    Map<String, Map<String, Integer>> entries = entries();
    assertThat(entries).containsKey("core");
    for (String kernel : entries.keySet()) {
      assertThat(entries.get(kernel)).as(kernel).isEqualTo(loops(kernel));
    }
  }

  @Test
  @DisplayName("gives every loop a depth and a reason")
  void isComplete() throws IOException {
    for (JsonNode loop : read()) {
      assertThat(loop.path("depth").asInt()).as(loop.toString()).isPositive();
      assertThat(loop.path("process").asText()).as(loop.toString()).isNotBlank();
      assertThat(loop.path("why").asText()).as(loop.toString()).isNotBlank();
    }
  }

  @Test
  @DisplayName("gives a loop that uses a memory port by itself the latency of the port")
  void countsTheLatencyOfPorts() throws IOException {
    Map<String, Integer> latencies = new TreeMap<>();
    PORT.matcher(Files.readString(ROOT.resolve("kernels/core.cpp.ftl"))).results()
        .forEach(port -> latencies.put(port.group(1), Integer.valueOf(port.group(2))));
    Map<String, Integer> expected = new TreeMap<>();
    try (Stream<Path> headers = Files.list(ROOT.resolve("include/lightmamba"))) {
      for (Path header : headers.toList()) {
        String text = Files.readString(header);
        PIPELINED.matcher(text).results().forEach(loop -> latencies.forEach((port, latency) -> {
          String body = text.substring(loop.end(), text.indexOf("\n}\n", loop.end()));
          if (Pattern.compile("\\b" + port + "\\[").matcher(body).find()) {
            expected.put(loop.group(1), latency);
          }
        }));
      }
    }
    assertThat(expected).containsKeys("PARAMETER_WORD", "TRACE_BEAT");
    for (JsonNode loop : read()) {
      Integer latency = expected.remove(loop.path("loop").asText());
      if (latency != null) {
        assertThat(loop.path("depth").asInt()).as(loop.toString()).isGreaterThan(latency);
        assertThat(loop.path("why").asText()).startsWith("memory port, latency=" + latency);
      }
    }
    assertThat(expected).isEmpty();
  }

  private static JsonNode read() throws IOException {
    return new ObjectMapper().readTree(ROOT.resolve("timing.json").toFile()).path("loops");
  }

  /** Loop to initiation interval, by kernel; a loop that stands twice fails. */
  private static Map<String, Map<String, Integer>> entries() throws IOException {
    Map<String, Map<String, Integer>> entries = new TreeMap<>();
    for (JsonNode loop : read()) {
      String label = loop.path("loop").asText();
      Integer before = entries.computeIfAbsent(loop.path("kernel").asText(), kernel -> new TreeMap<>())
          .put(label, loop.path("ii").asInt());
      assertThat(before).as(label).isNull();
    }
    return entries;
  }

  /** The loops of all headers that the kernel's region includes, directly or not. */
  private static Map<String, Integer> loops(String kernel) throws IOException {
    Map<String, Integer> loops = new TreeMap<>();
    Set<String> seen = new TreeSet<>();
    Deque<String> left = new ArrayDeque<>(Set.of("lightmamba/" + kernel + ".hpp"));
    while (!left.isEmpty()) {
      String header = left.pop();
      if (!seen.add(header)) {
        continue;
      }
      String text = Files.readString(ROOT.resolve("include").resolve(header));
      INCLUDE.matcher(text).results().forEach(include -> left.push(include.group(1)));
      Matcher loop = PIPELINED.matcher(text);
      int count = 0;
      while (loop.find()) {
        assertThat(loop.group(2)).as("II of " + loop.group(1)).isNotNull();
        assertThat(loops.put(loop.group(1), Integer.valueOf(loop.group(2)))).as(loop.group(1)).isNull();
        count++;
      }
      assertThat(PRAGMA.matcher(text).results().count()).as("pipelined loops seen in " + header).isEqualTo(count);
    }
    return loops;
  }
}

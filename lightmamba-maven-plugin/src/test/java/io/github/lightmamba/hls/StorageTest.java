package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Vitis HLS would choose a storage by itself, and a wide FIFO in BRAM where LUTs are counted fills the board. */
@DisplayName("Every FIFO and memory says where it is stored")
class StorageTest {
  /** FIFOs of values or less, up to 32 bits 16 deep, which are shift registers: no more than 512 bits. */
  private static final Set<String> SMALL =
      Set.of(
          "unit norms", "unit shared", "unit y", "unit gate_shifts", "unit gated", "unit projected",
          "core given_ids", "core decoded_ids", "core ids", "core output_ids", "core fences", "core model_norms",
          "core inner_norms");

  private static final Pattern DECLARED =
      Pattern.compile("(?m)^ *LIGHTMAMBA_(STREAM|MEMORY|PERSISTENT_MEMORY)\\(");
  private static final Pattern NAME = Pattern.compile("(\\w+), *(?:\\[|[^,]*\\);)");

  /** Header and name, with what the pragmas behind the declaration say: bram, uram, lutram or registers. */
  private static Map<String, String> storage() {
    Map<String, String> storage = new TreeMap<>();
    KernelTexts.headers().forEach((file, text) -> {
      Matcher declared = DECLARED.matcher(text);
      while (declared.find() && !file.endsWith("dataflow.hpp")) {
        int closed = text.indexOf(");", declared.start()) + 2;
        int end = text.indexOf('\n', closed) + 1;
        String declaration = text.substring(declared.end(), closed).replaceAll("<[^;]*>", "").replaceAll("\\s+", " ");
        Matcher name = NAME.matcher(declaration.substring(declaration.indexOf(',') + 1));
        assertThat(name.find()).as(declaration).isTrue();
        String header = file.replaceFirst(".*/(\\w+)\\.hpp", "$1");
        String pragmas = text.substring(end).lines().takeWhile(line -> line.startsWith("#pragma HLS"))
            .collect(Collectors.joining("\n"));
        String before = storage.put(header + " " + name.group(1), kind(pragmas, name.group(1)));
        if (before != null) {
          assertThat(storage).as("the same name twice in " + file).containsEntry(header + " " + name.group(1), before);
        }
      }
    });
    return storage;
  }

  private static String kind(String pragmas, String name) {
    Matcher bound = Pattern.compile("BIND_STORAGE variable=" + name + " type=\\w+ impl=(\\w+)").matcher(pragmas);
    if (bound.find()) {
      return bound.group(1);
    }
    boolean registers = Pattern.compile("(?m)ARRAY_PARTITION variable=" + name + " complete(?: dim=0)?$")
        .matcher(pragmas).find();
    return registers ? "registers" : "";
  }

  @Test
  @DisplayName("but for FIFOs of a few hundred bits")
  void nothingIsLeftToTheTool() {
    Set<String> unbound = storage().entrySet().stream().filter(e -> e.getValue().isEmpty()).map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(unbound).isEqualTo(new TreeSet<>(SMALL));
  }

  @Test
  @DisplayName("as docs/accelerator.md and with it the resource model counts it")
  void asDocumented() throws IOException {
    String document = Files.readString(Path.of("..", "docs", "accelerator.md"));
    for (String[] kind : new String[][] {{"bram", "In BRAM"}, {"uram", "In UltraRAM"}}) {
      Matcher list = Pattern.compile("(?m)^- \\*" + kind[1] + "\\*: (.*)$").matcher(document);
      assertThat(list.find()).as(kind[1]).isTrue();
      Set<String> named = Pattern.compile("`(\\w+)` \\(`(\\w+)\\.hpp`\\)").matcher(list.group(1)).results()
          .map(match -> match.group(2) + " " + match.group(1)).collect(Collectors.toCollection(TreeSet::new));
      assertThat(named).isEqualTo(storage().entrySet().stream().filter(e -> e.getValue().equals(kind[0]))
          .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new)));
    }
    assertThat(storage().values()).containsOnly("bram", "uram", "lutram", "registers", "");
  }
}

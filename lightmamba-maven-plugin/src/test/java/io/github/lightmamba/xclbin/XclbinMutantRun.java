package io.github.lightmamba.xclbin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.checkpoint.Mutator;
import io.github.lightmamba.error.LightMambaException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Reads damaged files in a Java machine of its own, whose small heap is the bound on memory. What is read must be what
 * the bytes say: every value is decoded a second time here, from single bytes, with other parsers. The last line of
 * output is the sum; the first failure ends the run with its seed.
 */
public final class XclbinMutantRun {
  private final byte[] bytes;
  private final Xclbin read;

  private XclbinMutantRun(byte[] bytes, Xclbin read) {
    this.bytes = bytes;
    this.read = read;
  }

  /**
   * Runs.
   *
   * @param arguments what is damaged (table, structs, texts or anything), number of mutants, an empty folder
   */
  public static void main(String[] arguments) throws Exception {
    byte[] original = SampleXclbin.writer().bytes();
    int count = Integer.parseInt(arguments[1]);
    Map<String, Integer> results = new TreeMap<>();
    for (int seed = 0; seed < count; seed++) {
      Path file = Path.of(arguments[2], "mutant" + seed + ".xclbin");
      byte[] mutant = mutant(original, arguments[0], seed);
      Files.write(file, mutant);
      results.merge(judge(file, mutant, seed), 1, Integer::sum);
      Files.delete(file);
    }
    System.out.println(arguments[0] + ": " + count + " mutants, " + results);
  }

  private static byte[] mutant(byte[] original, String what, int seed) {
    byte[] mutant = new byte[0];
    switch (what) {
      case "table" -> mutant = spliced(original, 0, 456 + 9 * 40, false, seed);
      case "anything" -> mutant = Mutator.mutate(original, false, seed);
      case "structs" -> {
        int[] section = place(original, new int[] {6, 7, 8, 11}[seed % 4]);
        mutant = spliced(original, section[0], section[0] + section[1], false, seed);
      }
      case "texts" -> {
        int[] section = place(original, new int[] {2, 14, 15}[seed % 3]);
        mutant = spliced(original, section[0], section[0] + section[1], true, seed);
      }
      default -> throw new IllegalArgumentException(what);
    }
    // A file whose length is wrong is refused at once; most mutants shall get further than that.
    if (mutant.length >= 312 && seed % 8 != 0) {
      for (int i = 0; i < 8; i++) {
        mutant[304 + i] = (byte) ((long) mutant.length >> 8 * i);
      }
    }
    return mutant;
  }

  /** Damages a part, and keeps its length, so that what follows stays where the table says. */
  private static byte[] spliced(byte[] original, int from, int to, boolean text, int seed) {
    byte[] part = Mutator.mutate(Arrays.copyOfRange(original, from, to), text, seed);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(original, 0, from);
    whole.writeBytes(Arrays.copyOf(part, to - from));
    whole.write(original, to, original.length - to);
    byte[] result = whole.toByteArray();
    if (text) {
      for (int i = from + part.length; i < to; i++) {
        result[i] = ' ';
      }
    }
    return result;
  }

  private static int[] place(byte[] file, int kind) {
    for (int entry = 456; ; entry += 40) {
      if (number(file, entry, 4).intValue() == kind) {
        return new int[] {number(file, entry + 24, 8).intValue(), number(file, entry + 32, 8).intValue()};
      }
    }
  }

  private static String judge(Path file, byte[] mutant, int seed) {
    try {
      new XclbinMutantRun(mutant, Xclbin.read(file)).check();
      return "read";
    } catch (LightMambaException e) {
      if (!e.getMessage().contains(file.toString()) || e.getMessage().length() > 1500) {
        throw new IllegalStateException("seed " + seed + ": no file in a message, or too long: " + e.getMessage());
      }
      return e.code().id();
    } catch (Throwable e) {
      // OutOfMemoryError and StackOverflowError too: nothing but a named error may come out.
      throw new IllegalStateException("seed " + seed, e);
    }
  }

  private void check() throws Exception {
    same("magic", "xclbin2\0", new String(bytes, 0, 8, StandardCharsets.ISO_8859_1));
    same("platform", read.header().platform(), text(304 + 48, 64));
    same("mode", read.header().mode().ordinal(), number(bytes, 304 + 28, 2).intValue());
    StringBuilder uuid = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      uuid.append("%02x".formatted(bytes[304 + 112 + i]));
    }
    same("uuid", read.header().uuid().toString().replace("-", ""), uuid.toString());
    List<int[]> places = new ArrayList<>();
    for (int i = 0; i < number(bytes, 448, 4).intValue(); i++) {
      int entry = 456 + 40 * i;
      BigInteger offset = number(bytes, entry + 24, 8);
      BigInteger size = number(bytes, entry + 32, 8);
      if (offset.signum() == 0 && size.signum() == 0) {
        continue;
      }
      same("end of a section", true, offset.add(size).compareTo(BigInteger.valueOf(bytes.length)) <= 0);
      places.add(new int[] {number(bytes, entry, 4).intValue(), offset.intValue(), size.intValue()});
    }
    same("sections", read.sections().size(), places.size());
    for (int[] place : places) {
      for (int[] other : places) {
        boolean apart = place == other || place[1] + place[2] <= other[1] || other[1] + other[2] <= place[1];
        same("overlap", true, apart || place[2] == 0 || other[2] == 0);
      }
      section(place[0], place[1], place[2]);
    }
  }

  private void section(int kind, int offset, int bytesOfSection) throws Exception {
    int size = bytesOfSection;
    while (List.of(2, 14, 15).contains(kind) && bytes[offset + size - 1] == 0) {
      size--; // A C string.
    }
    switch (kind) {
      case 6 -> {
        same("banks", read.memories().size(), number(bytes, offset, 4).intValue());
        for (int i = 0; i < read.memories().size(); i++) {
          int at = offset + 8 + 40 * i;
          MemoryBank bank = read.memories().get(i);
          same("bank type", bank.type().ordinal(), number(bytes, at, 1).intValue());
          same("bank used", bank.used(), bytes[at + 1] != 0);
          same("bank size", bank.sizeKiB(), number(bytes, at + 8, 8).longValue());
          same("bank base", bank.baseAddress(), number(bytes, at + 16, 8).longValue());
          same("bank tag", bank.tag(), text(at + 24, 16));
        }
      }
      case 7 -> {
        same("connections", read.connections().size(), number(bytes, offset, 4).intValue());
        for (int i = 0; i < read.connections().size(); i++) {
          int at = offset + 4 + 12 * i;
          Connection connection = read.connections().get(i);
          same("argument", connection.argument(), number(bytes, at, 4).intValue());
          same("instance", connection.instance(), number(bytes, at + 4, 4).intValue());
          same("bank", connection.memory(), number(bytes, at + 8, 4).intValue());
          read.instances().get(connection.instance());
          read.memories().get(connection.memory());
        }
      }
      case 8 -> {
        same("instances", read.instances().size(), number(bytes, offset, 4).intValue());
        for (int i = 0; i < read.instances().size(); i++) {
          int at = offset + 8 + 80 * i;
          IpInstance instance = read.instances().get(i);
          same("instance type", instance.type(), number(bytes, at, 4).longValue());
          same("instance name", instance.name(), text(at + 16, 64));
          same("instance base", instance.baseAddress().orElse(-1), number(bytes, at + 8, 8).longValue());
        }
      }
      case 11 -> {
        same("clocks", read.clocks().size(), number(bytes, offset, 2).intValue());
        for (int i = 0; i < read.clocks().size(); i++) {
          int at = offset + 2 + 136 * i;
          same("frequency", read.clocks().get(i).megahertz(), number(bytes, at, 2).intValue());
          same("clock", read.clocks().get(i).name(), text(at + 8, 128));
        }
      }
      case 2 -> metadata(Arrays.copyOfRange(bytes, offset, offset + size));
      case 14 -> {
        JsonNode root = new ObjectMapper().readTree(bytes, offset, size);
        String tool = root.path("build_metadata").path("xclbin").path("generated_by").path("name").asText(null);
        // With a name given twice one parser takes the first, the other the last.
        if (new String(bytes, offset, size, StandardCharsets.UTF_8).split("\"generated_by\"", -1).length == 3) {
          same("tool", read.build().tool().orElse(null), tool);
        }
      }
      case 15 -> {
        JsonNode pairs = new ObjectMapper().readTree(bytes, offset, size).path("keyvalue_metadata").path("key_values");
        for (JsonNode pair : pairs) {
          if (pair.path("key").isValueNode() && pair.path("value").isValueNode()) {
            same("key", true, read.keyValues().containsKey(pair.path("key").asText()));
          }
        }
      }
      default -> same("known kind", true, List.of(0, 23).contains(kind) || !read.sections().isEmpty());
    }
  }

  private void metadata(byte[] content) throws Exception {
    DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
    NodeList found = builder.parse(new ByteArrayInputStream(content)).getElementsByTagName("kernel");
    for (int i = 0; i < found.getLength(); i++) {
      Element element = (Element) found.item(i);
      if (!element.getParentNode().getNodeName().equals("core")) {
        continue;
      }
      NodeList arguments = element.getElementsByTagName("arg");
      KernelMetadata kernel = read.kernel(element.getAttribute("name")).orElse(null);
      if (kernel == null) {
        same("path of a kernel", false, properPath(element));
        continue;
      }
      for (int j = 0; j < arguments.getLength(); j++) {
        Element argument = (Element) arguments.item(j);
        String offset = argument.getAttribute("offset");
        if (argument.getParentNode() == element && !offset.isEmpty()) {
          KernelArgument known =
              kernel.arguments().stream()
                  .filter(candidate -> candidate.name().equals(argument.getAttribute("name")))
                  .findFirst()
                  .orElseThrow();
          same("offset", known.offset(), Long.decode(offset.startsWith("0x") ? offset : decimal(offset)));
        }
      }
    }
  }

  private static boolean properPath(Element kernel) {
    String path = "";
    for (org.w3c.dom.Node node = kernel; node instanceof Element; node = node.getParentNode()) {
      path = "/" + node.getNodeName() + path;
    }
    return path.equals("/project/platform/device/core/kernel");
  }

  private static String decimal(String digits) {
    return new BigInteger(digits).toString(); // Long.decode takes a leading zero for octal.
  }

  private static BigInteger number(byte[] bytes, int at, int width) {
    BigInteger value = BigInteger.ZERO;
    for (int i = width - 1; i >= 0; i--) {
      value = value.shiftLeft(8).or(BigInteger.valueOf(bytes[at + i] & 0xff));
    }
    return value;
  }

  private String text(int at, int width) {
    String field = new String(bytes, at, width, StandardCharsets.ISO_8859_1);
    return field.contains("\0") ? field.substring(0, field.indexOf('\0')) : field;
  }

  private static void same(String what, Object found, Object expected) {
    if (found == null ? expected != null : !found.equals(expected)) {
      throw new IllegalStateException(what + ": read " + found + ", the bytes say " + expected);
    }
  }
}

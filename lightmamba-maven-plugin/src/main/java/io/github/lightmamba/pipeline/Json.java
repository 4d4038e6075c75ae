package io.github.lightmamba.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The JSON that stages write: byte-stable, two spaces, LF, a newline at the end.
 *
 * <p>Records keep the order of their components and maps the order of their iteration, so give maps with a fixed order.
 * Fields that a reader does not know are ignored, so that an older plugin reads a newer file.
 */
public final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private static final ObjectMapper CANONICAL =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private static final DefaultPrettyPrinter PRINTER = printer();

  private Json() {}

  /**
   * Returns the readable form of a value, with a newline at the end.
   *
   * @param value a record, map, list or JSON tree
   */
  public static String text(Object value) {
    try {
      return MAPPER.writer(PRINTER).writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON form of " + value.getClass(), e);
    }
  }

  /**
   * Returns the canonical form of a value: one line, keys sorted, UTF-8. Equal values give equal bytes.
   *
   * @param value a record, map, list or JSON tree
   */
  public static byte[] canonical(Object value) {
    try {
      return CANONICAL.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON form of " + value.getClass(), e);
    }
  }

  /**
   * Writes the readable form of a value, replacing what the file held.
   *
   * @param file where to write
   * @param value a record, map, list or JSON tree
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Object value) throws IOException {
    Files.write(file, text(value).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes the readable form of a value in one step: a reader sees the old file or the new one.
   *
   * @param file where to write; a file beside it is used on the way
   * @param value a record, map, list or JSON tree
   * @throws IOException if the file cannot be written; it is then unchanged
   */
  public static void replace(Path file, Object value) throws IOException {
    Path next = file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      write(next, value);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /**
   * Reads a file.
   *
   * @param file what to read
   * @param type the form of the file
   * @throws IOException if the file cannot be read or has another form
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    T value = MAPPER.readValue(Files.readAllBytes(file), type);
    if (value == null) {
      throw new IOException(file + " holds nothing but null");
    }
    return value;
  }

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    Separators separators = Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
    printer.indentArraysWith(indenter);
    printer.indentObjectsWith(indenter);
    return printer;
  }
}

package io.github.lightmamba.bitstream;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A report of the tools as it was parsed, in a form for JSON: every component of its record, so that none is forgotten.
 * What the report does not tell is absent, never 0.
 */
final class ParsedReport {
  private ParsedReport() {}

  /**
   * Returns the figures of a report.
   *
   * @param kind how they came about
   * @param report a record of the readers
   */
  static Map<String, Object> of(String kind, Record report) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("kind", kind);
    components(report, all);
    return all;
  }

  private static void components(Record from, Map<String, Object> to) {
    for (RecordComponent component : from.getClass().getRecordComponents()) {
      Object value = value(read(from, component));
      if (value != null) {
        to.put(component.getName(), value);
      }
    }
  }

  private static Object read(Record from, RecordComponent component) {
    try {
      return component.getAccessor().invoke(from);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }

  /** Returns a value of JSON, or null for nothing. The path of a report is its name in the list of reports. */
  private static Object value(Object value) {
    if (value instanceof Optional<?> some) {
      return some.map(ParsedReport::value).orElse(null);
    } else if (value instanceof OptionalDouble some) {
      return some.isPresent() ? (Object) some.getAsDouble() : null;
    } else if (value instanceof OptionalLong some) {
      return some.isPresent() ? (Object) some.getAsLong() : null;
    } else if (value instanceof OptionalInt some) {
      return some.isPresent() ? (Object) some.getAsInt() : null;
    } else if (value instanceof Record some) {
      Map<String, Object> all = new LinkedHashMap<>();
      components(some, all);
      return all;
    } else if (value instanceof Map<?, ?> some) {
      Map<String, Object> all = new LinkedHashMap<>();
      some.forEach((key, one) -> all.put(key.toString(), value(one)));
      return all;
    } else if (value instanceof List<?> some) {
      return some.stream().map(ParsedReport::value).toList();
    }
    return value instanceof Path ? null : value;
  }
}

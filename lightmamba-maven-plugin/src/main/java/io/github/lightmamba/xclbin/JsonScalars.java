package io.github.lightmamba.xclbin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Reads a few values of a JSON section as a stream: what is not asked for takes no memory. */
final class JsonScalars {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int MAX_DEPTH = 12; // what lies deeper is skipped
  private static final int MAX_PAIRS = 10_000;

  private final SectionKind kind;
  private final XclbinErrors errors;

  JsonScalars(SectionKind kind, XclbinErrors errors) {
    this.kind = kind;
    this.errors = errors;
  }

  BuildMetadata build(ByteBuffer bytes) {
    Map<String, String> found = new LinkedHashMap<>();
    List<String> wanted =
        List.of(
            "build_metadata.xclbin.generated_by.name",
            "build_metadata.xclbin.generated_by.version",
            "build_metadata.xclbin.generated_by.cl",
            "build_metadata.xclbin.generated_by.options",
            "build_metadata.dsa.board_id");
    walk(
        bytes,
        (path, value) -> {
          if (wanted.contains(path)) {
            found.putIfAbsent(path, value);
          }
        });
    return new BuildMetadata(
        Optional.ofNullable(found.get(wanted.get(0))),
        Optional.ofNullable(found.get(wanted.get(1))),
        Optional.ofNullable(found.get(wanted.get(2))),
        Optional.ofNullable(found.get(wanted.get(3))),
        Optional.ofNullable(found.get(wanted.get(4))));
  }

  Map<String, String> keyValues(ByteBuffer bytes) {
    List<String> keys = new ArrayList<>();
    List<String> values = new ArrayList<>();
    walk(
        bytes,
        (path, value) -> {
          if (path.equals("keyvalue_metadata.key_values.key")) {
            keys.add(value);
          } else if (path.equals("keyvalue_metadata.key_values.value")) {
            values.add(value);
          }
          if (values.size() > MAX_PAIRS || keys.size() > MAX_PAIRS || Math.abs(keys.size() - values.size()) > 1) {
            throw errors.malformed(kind + " has more than " + MAX_PAIRS + " pairs, or a key without a value.");
          }
        });
    if (keys.size() != values.size()) {
      throw errors.malformed(kind + " has " + keys.size() + " keys and " + values.size() + " values.");
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      pairs.put(keys.get(i), values.get(i));
    }
    return Collections.unmodifiableMap(pairs);
  }

  /** Gives each scalar with the names that lead to it; an array adds no name. */
  private void walk(ByteBuffer bytes, BiConsumer<String, String> scalars) {
    int length = bytes.limit();
    while (length > 0 && bytes.get(length - 1) == 0) {
      length--; // Some writers end the text as in C.
    }
    if (bytes.limit() == 0) {
      return;
    }
    try (JsonParser parser = FACTORY.createParser(bytes.array(), 0, length)) {
      Deque<String> names = new ArrayDeque<>();
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw errors.malformed(kind + " is no JSON object.");
      }
      int depth = 1;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (depth == 0) {
          throw errors.malformed(kind + " goes on after its JSON object.");
        }
        if (token.isStructEnd()) {
          depth--;
          names.pollLast();
        } else if (token.isStructStart() && depth == MAX_DEPTH) {
          parser.skipChildren();
        } else if (token.isStructStart()) {
          names.addLast(inArray(parser) ? "" : shortened(parser.currentName()));
          depth++;
        } else if (token.isScalarValue() && !inArray(parser)) {
          scalars.accept(path(names, shortened(parser.currentName())), parser.getText());
        }
      }
      if (depth != 0) {
        throw errors.malformed(kind + " ends inside its JSON.");
      }
    } catch (IOException e) {
      throw errors.malformed(kind + " is no JSON (" + XclbinErrors.brief(String.valueOf(e.getMessage())) + ").", e);
    }
  }

  /** Whether a value, or the structure that has just begun, is an element of an array. */
  private static boolean inArray(JsonParser parser) {
    boolean begun = parser.currentToken().isStructStart();
    return begun ? parser.getParsingContext().getParent().inArray() : parser.getParsingContext().inArray();
  }

  /** No name that is asked for is long, and a long one would be copied with every value inside it. */
  private static String shortened(String name) {
    return name.length() > 64 ? "?" : name;
  }

  private static String path(Deque<String> names, String last) {
    StringBuilder path = new StringBuilder();
    for (String name : names) {
      if (!name.isEmpty()) {
        path.append(name).append('.');
      }
    }
    return path.append(last).toString();
  }
}

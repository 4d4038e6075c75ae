package io.github.lightmamba.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads the JSON header and checks every entry against the space that the file has for data. */
final class HeaderParser {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final int MAX_DIMENSIONS = 16;

  private final Path file;
  private final long dataStart;
  private final long dataLength;

  /**
   * Prepares a parser.
   *
   * @param file named in errors
   * @param dataStart the first byte of data in the file
   * @param dataLength the bytes of data
   */
  HeaderParser(Path file, long dataStart, long dataLength) {
    this.file = file;
    this.dataStart = dataStart;
    this.dataLength = dataLength;
  }

  /** What a header says. */
  record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata) {}

  Header parse(byte[] json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw malformed("the header is no JSON (" + e.getOriginalMessage() + ").", e);
    } catch (IOException e) {
      throw malformed("the header cannot be read (" + e.getMessage() + ").", e);
    }
    if (!root.isObject()) {
      throw malformed("the header is no JSON object.");
    }
    Map<String, TensorInfo> tensors = new TreeMap<>();
    Map<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (entry.getKey().equals("__metadata__")) {
        readMetadata(entry.getValue(), metadata);
      } else {
        tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue()));
      }
    }
    checkLayout(tensors.values());
    return new Header(tensors, metadata);
  }

  private void readMetadata(JsonNode node, Map<String, String> metadata) {
    if (!node.isObject()) {
      throw malformed("__metadata__ is no JSON object.");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isTextual()) {
        throw malformed("__metadata__." + entry.getKey() + " is no string.");
      }
      metadata.put(entry.getKey(), entry.getValue().textValue());
    }
  }

  private TensorInfo tensor(String name, JsonNode node) {
    DType dtype = dtype(name, node.path("dtype"));
    JsonNode dimensions = node.path("shape");
    if (!dimensions.isArray()) {
      throw malformed("tensor " + name + " has no shape.");
    }
    if (dimensions.size() > MAX_DIMENSIONS) {
      throw malformed("tensor " + name + " has " + dimensions.size() + " dimensions, at most " + MAX_DIMENSIONS + ".");
    }
    List<Long> shape = new ArrayList<>();
    long bytes = dtype.bytes();
    boolean overflow = false;
    for (JsonNode dimension : dimensions) {
      if (!dimension.isIntegralNumber() || !dimension.canConvertToLong() || dimension.longValue() < 0) {
        throw malformed("tensor " + name + " has the shape " + brief(dimensions) + ".");
      }
      shape.add(dimension.longValue());
      overflow |= Math.multiplyHigh(bytes, dimension.longValue()) != 0 || bytes * dimension.longValue() < 0;
      bytes *= dimension.longValue();
    }
    JsonNode offsets = node.path("data_offsets");
    if (offsets.size() != 2 || !offsets.path(0).isIntegralNumber() || !offsets.path(1).isIntegralNumber()) {
      throw malformed("tensor " + name + " has no data_offsets [begin, end].");
    }
    if (!offsets.path(0).canConvertToLong() || !offsets.path(1).canConvertToLong()) {
      throw malformed("tensor " + name + " has data_offsets " + brief(offsets) + ", beyond any file.");
    }
    long begin = offsets.path(0).longValue();
    long end = offsets.path(1).longValue();
    if (begin < 0 || end < begin || end > dataLength) {
      throw malformed(
          "tensor " + name + " has data_offsets " + offsets + ", the file holds " + dataLength + " bytes of data.");
    }
    if (overflow || end - begin != bytes) {
      throw malformed(
          "tensor %s has %d bytes, but dtype %s and shape %s need %s."
              .formatted(name, end - begin, dtype, shape, overflow ? "more than 2^63" : Long.toString(bytes)));
    }
    return new TensorInfo(name, dtype, shape, dataStart + begin, bytes);
  }

  private DType dtype(String name, JsonNode node) {
    for (DType dtype : DType.values()) {
      if (dtype.name().equals(node.textValue())) {
        return dtype;
      }
    }
    throw malformed("tensor " + name + " has the dtype " + brief(node) + ", which is not known here.");
  }

  private void checkLayout(Iterable<TensorInfo> tensors) {
    List<TensorInfo> ordered = new ArrayList<>();
    tensors.forEach(ordered::add);
    ordered.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::byteLength));
    long end = dataStart;
    TensorInfo before = null;
    for (TensorInfo info : ordered) {
      if (info.offset() < end) {
        throw malformed("the tensors " + before.name() + " and " + info.name() + " overlap.");
      }
      // The format has no holes; one would let a damaged offset pass.
      if (info.offset() > end) {
        throw malformed((info.offset() - end) + " bytes before tensor " + info.name() + " belong to no tensor.");
      }
      end += info.byteLength();
      before = info;
    }
    if (end != dataStart + dataLength) {
      throw malformed((dataStart + dataLength - end) + " bytes at the end belong to no tensor.");
    }
  }

  /** A stranger's value may be as long as the header. */
  private static String brief(JsonNode node) {
    String text = node.toString();
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private LightMambaException malformed(String what) {
    return malformed(what, null);
  }

  private LightMambaException malformed(String what, Throwable cause) {
    return new LightMambaException(
        ErrorCode.WEIGHTS_MALFORMED,
        file + ": " + what,
        "get the file again; it is damaged or not safetensors.",
        cause);
  }
}

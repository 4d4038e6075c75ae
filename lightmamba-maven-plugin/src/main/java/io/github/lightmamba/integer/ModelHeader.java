package io.github.lightmamba.integer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code quantized.json}: what a quantized model has beside its tensors. */
record ModelHeader(
    int format,
    String scheme,
    ModelShape shape,
    int weightBits,
    int headBits,
    int activationBits,
    int activationGroup,
    int embeddingShift,
    long epsilon,
    long dtLow,
    long dtHigh,
    List<LayerScalars> layers) {
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  static ModelHeader read(Path file) throws IOException {
    return JSON.readValue(file.toFile(), ModelHeader.class);
  }

  void write(Path file) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(this).replace("\r\n", "\n") + "\n");
  }
}

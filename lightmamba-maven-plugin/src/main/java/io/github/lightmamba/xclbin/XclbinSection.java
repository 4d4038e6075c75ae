package io.github.lightmamba.xclbin;

import java.util.Optional;

/**
 * A section of a file.
 *
 * @param code the number of its kind
 * @param name as its maker called it; often empty
 * @param offset its first byte in the file
 * @param size its bytes
 */
public record XclbinSection(long code, String name, long offset, long size) {
  /** Returns the kind, if it is one with a meaning here. */
  public Optional<SectionKind> kind() {
    return SectionKind.of(code);
  }

  @Override
  public String toString() {
    return kind().map(SectionKind::name).orElse("section of kind " + code);
  }
}

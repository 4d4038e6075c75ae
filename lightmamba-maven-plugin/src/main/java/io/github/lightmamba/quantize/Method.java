package io.github.lightmamba.quantize;

/** How weights are rounded. */
public enum Method {
  /** Round to nearest. */
  RTN("rtn"),
  /** GPTQ: with error feedback from the second moments of the rotated inputs. */
  GPTQ("gptq");

  private final String id;

  Method(String id) {
    this.id = id;
  }

  /** Returns the name in parameters and reports. */
  @Override
  public String toString() {
    return id;
  }
}

package io.github.lightmamba.hls;

/** A broken rule, with where and what. */
record Finding(String file, int line, Rule rule, String message) {
  @Override
  public String toString() {
    return file + ":" + line + ": " + rule.id() + ": " + message + " (" + rule.reason() + ")";
  }
}

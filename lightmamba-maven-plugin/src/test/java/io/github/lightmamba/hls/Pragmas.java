package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Statement.Block;
import io.github.lightmamba.hls.Statement.Loop;
import io.github.lightmamba.hls.Statement.Pragma;
import java.util.List;
import java.util.Optional;

/** The pragmas that stand directly in a body, read as a directive of its loop or function. */
record Pragmas(List<PragmaText> texts) {
  static Pragmas of(Statement body) {
    return new Pragmas(body instanceof Block
        ? body.children().stream().filter(Pragma.class::isInstance).map(p -> ((Pragma) p).text())
            .filter(PragmaText::hls).toList()
        : List.of());
  }

  static Pragmas of(Loop loop) {
    return of(loop.body());
  }

  Optional<PragmaText> get(String name) {
    return texts.stream().filter(p -> p.name().equals(name)).findFirst();
  }

  boolean pipelined() {
    return get("pipeline").filter(p -> !p.has("off")).isPresent();
  }

  /** Whether the whole loop becomes hardware side by side. */
  boolean unrolled() {
    return get("unroll").filter(p -> !p.has("off") && p.value("factor").isEmpty()).isPresent();
  }

  boolean flattenOff() {
    return get("loop_flatten").filter(p -> p.has("off")).isPresent();
  }
}

package io.github.lightmamba.bitstream;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Does what another executor does; a test changes one thing. */
class ForwardingExecutor implements Executor {
  private final Executor other;

  ForwardingExecutor(Executor other) {
    this.other = other;
  }

  @Override
  public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
    return other.run(job, lines);
  }

  @Override
  public Optional<String> occupant(Path folder) {
    return other.occupant(folder);
  }

  @Override
  public List<Check> checks(Path work, Optional<Path> cache) {
    return other.checks(work, cache);
  }

  @Override
  public int processors() {
    return other.processors();
  }

  @Override
  public Optional<Path> runtime() {
    return other.runtime();
  }

  @Override
  public String place() {
    return other.place();
  }
}

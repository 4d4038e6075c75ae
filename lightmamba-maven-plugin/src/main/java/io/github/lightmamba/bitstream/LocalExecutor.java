package io.github.lightmamba.bitstream;

import io.github.lightmamba.process.FolderOccupants;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Runs steps on this machine. */
public final class LocalExecutor implements Executor {
  private final Machine machine;

  /**
   * Makes an executor.
   *
   * @param machine this one, as far as anybody looks at it
   */
  public LocalExecutor(Machine machine) {
    this.machine = machine;
  }

  @Override
  public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
    ProcessResult result =
        new ProcessRunner()
            .run(
                Invocation.of(job.directory(), job.command())
                    .withEnvironment(job.environment())
                    .withLog(job.log())
                    .withLines(lines)
                    .withTimeout(job.timeout())
                    .until(job.futile()));
    return new StepEnd(result.exitCode(), result.timedOut(), result.seconds(), result.trouble());
  }

  @Override
  public Optional<String> occupant(Path folder) {
    List<Long> processes = FolderOccupants.of(folder);
    return processes.isEmpty() ? Optional.empty() : Optional.of("process " + processes.get(0));
  }

  @Override
  public List<Check> checks(Path work, Optional<Path> cache) {
    return MachineChecks.all(machine, work, cache);
  }

  @Override
  public int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public Optional<Path> runtime() {
    return machine.runtime();
  }

  @Override
  public String place() {
    return "this machine";
  }
}

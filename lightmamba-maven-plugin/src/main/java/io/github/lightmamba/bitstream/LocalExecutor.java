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
  /** Makes an executor. */
  public LocalExecutor() {}

  @Override
  public StepEnd run(StepJob job, Consumer<String> lines) throws IOException {
    ProcessResult result =
        new ProcessRunner()
            .run(
                Invocation.of(job.directory(), job.command())
                    .withEnvironment(job.environment())
                    .withLog(job.log())
                    .withLines(lines)
                    .withTimeout(job.timeout()));
    return new StepEnd(result.exitCode(), result.timedOut(), result.seconds());
  }

  @Override
  public Optional<String> occupant(Path folder) {
    List<Long> processes = FolderOccupants.of(folder);
    return processes.isEmpty() ? Optional.empty() : Optional.of("process " + processes.get(0));
  }

  @Override
  public String place() {
    return "this machine";
  }
}

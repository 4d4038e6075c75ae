package io.github.lightmamba.mojo;

import io.github.lightmamba.bitstream.Check;
import io.github.lightmamba.bitstream.Machine;
import io.github.lightmamba.doctor.Diagnosis;
import io.github.lightmamba.doctor.Doctor;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.kernel.AcceleratorSource;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.StageRunner;
import io.github.lightmamba.pipeline.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Says what is installed (JDK, C++ compiler, Vitis and platforms, licence, XRT, cards, Slurm), what each goal needs of
 * it, and what to do about the rest; the same as JSON in {@code doctor.json} of the work directory. Fails if a goal of
 * the parameter {@code goals} lacks something.
 *
 * @since 0.1.0
 */
@Mojo(name = "doctor", requiresProject = false, threadSafe = true)
public final class DoctorMojo extends AbstractLightMambaMojo {
  private static final String FILE = "doctor.json";

  /** Made by Maven. */
  public DoctorMojo() {}

  @Override
  void run(Workspace workspace, StageRunner runner) {
    AcceleratorSource sources = acceleratorSources();
    List<BoardProfile> boards = new ArrayList<>();
    boards.add(BoardProfile.read(ParameterCheck.choice("board", board, Board.class), sources));
    for (Board other : Board.values()) {
      BoardProfile profile = BoardProfile.read(other, sources);
      if (profile.promised() && !profile.name().equals(boards.get(0).name())) {
        boards.add(profile);
      }
    }
    Diagnosis diagnosis =
        new Doctor(
                boards,
                this::vitisSearch,
                toolOptions(),
                workspace,
                boardLinux(),
                Machine.here(),
                executor(),
                cacheFolder())
            .examine();
    List<String> asked = goals == null ? List.of() : goals.stream().map(String::strip).toList();
    for (String goal : asked) {
      if (!diagnosis.needs().containsKey(goal)) {
        throw ParameterCheck.invalid(
            "goals", goal, "one or more of: " + String.join(", ", diagnosis.needs().keySet()), "build-bitstream");
      }
    }
    diagnosis.lines().forEach(getLog()::info);
    write(workspace.root(), diagnosis);
    Map<String, List<Check>> missing = diagnosis.missing(asked);
    if (!missing.isEmpty()) {
      StringBuilder what = new StringBuilder();
      missing.forEach(
          (goal, checks) ->
              checks.forEach(check -> what.append(goal).append(" lacks ").append(check.line()).append("\n")));
      throw new LightMambaException(
          ErrorCode.SETUP_INCOMPLETE, what.toString().strip(), "do what stands behind each line.");
    }
  }

  private static void write(Path folder, Diagnosis diagnosis) {
    try {
      Files.createDirectories(folder);
      Json.write(folder.resolve(FILE), diagnosis);
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_WRITABLE,
          "Writing " + folder.resolve(FILE) + " failed (" + e + ").",
          "check free space and permissions of the work directory.",
          e);
    }
  }
}

package io.github.lightmamba.bitstream;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the user says of Vitis and the platform; nothing of it is needed.
 *
 * @param platform name or path of the platform; nothing: that of the board's profile
 * @param repositories folders of platforms; may be empty
 * @param commands a file in the form of {@code commands.json} in its place, or nothing
 * @param dfx whether the platform is configured at run time; nothing: its name says so
 */
public record ToolOptions(
    Optional<String> platform, List<Path> repositories, Optional<Path> commands, Optional<Boolean> dfx) {
  /** Nothing is said. */
  public static final ToolOptions NONE =
      new ToolOptions(Optional.empty(), List.of(), Optional.empty(), Optional.empty());

  /** Copies the list. */
  public ToolOptions {
    repositories = List.copyOf(repositories);
  }

  /** Returns the same without the platform, for a board that it was not named for. */
  public ToolOptions withoutPlatform() {
    return new ToolOptions(Optional.empty(), repositories, commands, Optional.empty());
  }
}

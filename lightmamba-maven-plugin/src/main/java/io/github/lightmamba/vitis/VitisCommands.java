package io.github.lightmamba.vitis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The commands of one version of Vitis. They are data: {@code commands.json} has each command with the versions that it
 * holds for and where it was read. Immutable.
 */
public final class VitisCommands {
  private static final String RESOURCE = "commands.json";

  private final VitisVersion version;
  private final VitisVersion modeHlsFrom;
  private final List<CommandTemplate> templates;

  private VitisCommands(VitisVersion version, VitisVersion modeHlsFrom, List<CommandTemplate> templates) {
    this.version = version;
    this.modeHlsFrom = modeHlsFrom;
    this.templates = templates;
  }

  /**
   * Returns the commands of a version.
   *
   * @throws LightMambaException {@link ErrorCode#VITIS_UNSUITABLE} if no commands are known for it
   */
  public static VitisCommands of(VitisVersion version) {
    try (InputStream in = VitisCommands.class.getResourceAsStream(RESOURCE)) {
      return read(version, new ObjectMapper().readTree(in), RESOURCE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns the commands of a version from a file in the form of {@code commands.json}, for a version or an
   * installation that differs from what is known.
   *
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if it cannot be read or has another form,
   *     {@link ErrorCode#VITIS_UNSUITABLE} if it does not know the version
   */
  public static VitisCommands of(VitisVersion version, Path file) {
    try {
      return read(version, new ObjectMapper().readTree(Files.readAllBytes(file)), file.toString());
    } catch (IOException | IllegalArgumentException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          file + " holds no commands (" + e.getMessage() + ").",
          "start from the commands.json in the plugin's jar.",
          e);
    }
  }

  private static VitisCommands read(VitisVersion version, JsonNode root, String where) {
    VitisVersion first = VitisVersion.of(root.required("first").asText());
    VitisVersion last = VitisVersion.of(root.required("last").asText());
    if (!version.between(first, last)) {
      throw new LightMambaException(
          ErrorCode.VITIS_UNSUITABLE,
          "Vitis " + version + " is outside of the versions from " + first + " to " + last + " that " + where
              + " has commands for.",
          "use one of these versions: set vitisHome.");
    }
    List<CommandTemplate> templates = new ArrayList<>();
    for (JsonNode node : root.required("commands")) {
      CommandTemplate template = CommandTemplate.of(node);
      if (version.between(template.first(), template.last())) {
        templates.add(template);
      }
    }
    return new VitisCommands(version, VitisVersion.of(root.required("compileWithModeHlsFrom").asText()), templates);
  }

  /** Returns the version that these are the commands of. */
  public VitisVersion version() {
    return version;
  }

  /** Returns whether the version has a step. */
  public boolean has(VitisStep step) {
    return find(step).isPresent();
  }

  /** Returns the way of compiling that the vendor recommends for this version. */
  public VitisStep compileStep() {
    return version.compareTo(modeHlsFrom) >= 0 ? VitisStep.COMPILE_HLS : VitisStep.COMPILE_CLASSIC;
  }

  /**
   * Makes a command.
   *
   * @param step what to do
   * @param values what to do it with
   * @return the words; the first is the name of the tool
   * @throws LightMambaException {@link ErrorCode#VITIS_UNSUITABLE} if the version has no such step, a value is missing,
   *     has a wrong form, or has no place in the command
   */
  public List<String> render(VitisStep step, CommandValues values) {
    CommandTemplate template = find(step).orElseThrow(() -> unsuitable(step, "does not exist in it"));
    try {
      return template.render(values);
    } catch (CommandTemplate.Refusal e) {
      throw unsuitable(step, e.getMessage());
    }
  }

  private Optional<CommandTemplate> find(VitisStep step) {
    return templates.stream().filter(template -> template.step() == step).findFirst();
  }

  private LightMambaException unsuitable(VitisStep step, String why) {
    return new LightMambaException(
        ErrorCode.VITIS_UNSUITABLE,
        "Vitis " + version + ": the step " + step + " " + why + ".",
        "use another version of Vitis, or leave the value out.");
  }
}

package io.github.lightmamba.bitstream;

import io.github.lightmamba.kernel.BoardProfile;
import io.github.lightmamba.vitis.LinkConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether the platform has the memories of {@code link.cfg}: their tags are its own, and a wrong one ends the link. */
public final class MemoryTags {
  private MemoryTags() {}

  /**
   * Compares.
   *
   * @param board the board
   * @param tools Vitis and platform
   * @param kernels the folder of generated kernels, or where it will be
   */
  public static Check check(BoardProfile board, BuildTools tools, Path kernels) {
    String name = name(board);
    if (tools.vitis().isEmpty()) {
      return Check.unchecked(name, "no platforminfo here", "install Vitis");
    }
    Path link = kernels.resolve(GeneratedKernels.SOURCES).resolve(GeneratedKernels.LINK);
    if (!Files.isRegularFile(link)) {
      return Check.unchecked(name, "there is no " + link, "run generate-kernels");
    }
    List<String> tags =
        tools.vitis().get().describe(tools.commands(), tools.platform(), tools.environment()).memories();
    List<String> unknown =
        LinkConfig.read(link).mappings().values().stream()
            .flatMap(List::stream)
            .map(bank -> bank.replaceFirst("\\[.*", ""))
            .distinct()
            .filter(tag -> !tags.contains(tag))
            .toList();
    if (tags.isEmpty()) {
      String fix = "compare the tags of link.cfg with what platforminfo says of the platform";
      return Check.unchecked(name, "platforminfo tells no memories", fix);
    }
    return unknown.isEmpty()
        ? Check.good(name, String.join(", ", tags))
        : Check.missing(
            name,
            "link.cfg maps to " + String.join(", ", unknown) + ", and the platform has " + String.join(", ", tags),
            "choose the platform of the board's profile, or correct the tags in boards/" + board.name()
                + ".json of the accelerator sources");
  }

  /** Returns the name of the check. */
  public static String name(BoardProfile board) {
    return "memory tags of the " + board.name();
  }
}

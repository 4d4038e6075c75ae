package io.github.lightmamba.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.LockFile;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was predicted and what came of it, kept across builds: {@code ledger.json} in the cache folder. An estimate can
 * so say how wrong its predecessors were.
 *
 * @param rows one for each kernel and one for each whole design
 */
public record Ledger(List<Row> rows) {
  /** The file. */
  public static final String FILE = "ledger.json";

  private static final int MOST_ROWS = 5_000;

  /** Copies the list. */
  public Ledger {
    rows = rows == null ? List.of() : List.copyOf(rows);
  }

  /**
   * A kernel or a design.
   *
   * @param board the board
   * @param design the digest of what its kernels are made from
   * @param part the kernel, or {@link #DESIGN} for the whole
   * @param tools release and build of the tools
   * @param standIn whether the stand-in of the plugin's own tests took the place of the tools: then nothing counts
   * @param figures by name: lut, dsp, MHz and the like
   */
  public record Row(
      String board, String design, String part, String tools, boolean standIn, Map<String, Figure> figures) {
    /** The part of a row that is about a whole design. */
    public static final String DESIGN = "design";

    boolean same(Row other) {
      return board.equals(other.board())
          && design.equals(other.design())
          && part.equals(other.part())
          && tools.equals(other.tools());
    }

    /** Returns this with the figures of a later build; what that did not tell stays. */
    Row with(Row later) {
      Map<String, Figure> all = new LinkedHashMap<>(figures);
      later.figures().forEach((name, figure) -> all.merge(name, figure, Figure::with));
      return new Row(board, design, part, tools, later.standIn(), all);
    }
  }

  /** Returns what kind of figure each column holds, for readers of the file. */
  @JsonProperty(value = "kinds", access = JsonProperty.Access.READ_ONLY)
  Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    for (Origin origin : Origin.values()) {
      kinds.put(origin.column(), origin.kind());
    }
    return kinds;
  }

  /**
   * Reads a ledger.
   *
   * @param folder the cache folder
   * @return empty, if there is none
   * @throws IOException if there is one that cannot be read
   */
  public static Ledger read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    return Files.exists(file) ? Json.read(file, Ledger.class) : new Ledger(List.of());
  }

  /** Adds rows; never fails a build. */
  public static void note(Path folder, List<Row> rows, Progress progress) {
    try {
      Files.createDirectories(folder);
      try (LockFile lock = LockFile.acquire(folder.resolve(FILE), "the ledger", owner -> {})) {
        Json.replace(folder.resolve(FILE), read(folder).with(rows));
        lock.confirm();
      }
    } catch (IOException e) {
      progress.warn("the ledger " + folder.resolve(FILE) + " is not written (" + e + ")");
    }
  }

  /** Returns this with rows added, or merged into those of the same design; the oldest go first. */
  Ledger with(List<Row> more) {
    List<Row> all = new ArrayList<>(rows);
    for (Row row : more) {
      int at = -1;
      for (int i = 0; i < all.size(); i++) {
        at = all.get(i).same(row) ? i : at;
      }
      all.add(at < 0 ? row : all.remove(at).with(row));
    }
    return new Ledger(all.subList(Math.max(0, all.size() - MOST_ROWS), all.size()));
  }
}

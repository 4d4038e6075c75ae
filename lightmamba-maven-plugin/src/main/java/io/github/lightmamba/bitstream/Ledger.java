package io.github.lightmamba.bitstream;

import com.fasterxml.jackson.annotation.JsonInclude;
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
   * @param design the digest of the generated files
   * @param part the kernel, or {@code design} for the whole
   * @param vitis release and build
   * @param figures by name: LUT, DSP, MHz and the like
   */
  public record Row(String board, String design, String part, String vitis, Map<String, Values> figures) {
    boolean same(Row other) {
      return board.equals(other.board())
          && design.equals(other.design())
          && part.equals(other.part())
          && vitis.equals(other.vitis());
    }

    /** Returns this with the figures of a later build; what that did not tell stays. */
    Row with(Row later) {
      Map<String, Values> all = new LinkedHashMap<>(figures);
      later.figures().forEach((name, values) -> all.merge(name, values, Values::with));
      return new Row(board, design, part, vitis, all);
    }
  }

  /**
   * A figure, as far as it is known at each stage.
   *
   * @param estimate before any tool
   * @param csynth by high-level synthesis
   * @param routed after routing
   * @param board measured
   * @param csynthError of the estimate against synthesis, as a share of the latter
   * @param routedError of the best earlier figure against routing, as a share of the latter
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Values(
      Double estimate, Double csynth, Double routed, Double board, Double csynthError, Double routedError) {
    /** Returns values with the errors of the predictions. */
    public static Values of(Double estimate, Double csynth, Double routed, Double board) {
      return new Values(
          estimate, csynth, routed, board, error(estimate, csynth), error(csynth == null ? estimate : csynth, routed));
    }

    private static Double error(Double predicted, Double came) {
      return predicted == null || came == null || came == 0 ? null : (predicted - came) / came;
    }

    Values with(Values later) {
      return of(
          later.estimate == null ? estimate : later.estimate,
          later.csynth == null ? csynth : later.csynth,
          later.routed == null ? routed : later.routed,
          later.board == null ? board : later.board);
    }
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
  static void note(Path folder, List<Row> rows, Progress progress) {
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

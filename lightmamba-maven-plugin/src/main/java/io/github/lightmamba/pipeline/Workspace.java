package io.github.lightmamba.pipeline;

import java.nio.file.Path;

/**
 * The one place that names the folders and files under the work directory.
 *
 * @param root the work directory, absolute
 */
public record Workspace(Path root) {
  /** The file in a stage's folder that says what it was made from and what it holds. */
  public static final String MANIFEST = "manifest.json";

  /** The file in a stage's folder with every figure that the stage found. */
  public static final String REPORT = "report.json";

  /** Makes the work directory absolute. */
  public Workspace {
    root = root.toAbsolutePath().normalize();
  }

  /** Returns the folder of the quantized model. */
  public Path quantized() {
    return root.resolve("1-quantized");
  }

  /** Returns the hidden folder in which a model is quantized; it is gone when {@code 1-quantized} is there. */
  public Path unfinishedQuantization() {
    return root.resolve(".1-quantized.unfinished");
  }

  /** Returns the folder of the figures of {@code evaluate}. */
  public Path evaluation() {
    return root.resolve("evaluation");
  }

  /**
   * Returns the folder of the generated kernels and weight images.
   *
   * @param board the board's name, for example {@code u280}
   */
  public Path kernels(String board) {
    return root.resolve(board).resolve("2-kernels");
  }

  /**
   * Returns the folder of the bitstream.
   *
   * @param board the board's name
   */
  public Path bitstream(String board) {
    return root.resolve(board).resolve("3-bitstream");
  }

  /**
   * Returns the folder of the finished steps of a bitstream, and of those in work.
   *
   * @param board the board's name
   */
  public Path bitstreamSteps(String board) {
    return root.resolve(board).resolve("3-bitstream.steps");
  }

  /**
   * Returns the folder of the verdict.
   *
   * @param board the board's name
   */
  public Path verification(String board) {
    return root.resolve(board).resolve("4-verify");
  }

  /**
   * Returns the file with the figures of {@code estimate}; its pictures lie beside it.
   *
   * @param board the board's name
   */
  public Path estimate(String board) {
    return root.resolve(board).resolve("estimate.json");
  }

  /** Returns the file that remembers the digests of large files. */
  public Path digestMemo() {
    return root.resolve("file-digests.json");
  }

  /**
   * Returns {@code path} as a person reads it: {@code target/lightmamba/1-quantized} if the work directory is {@code
   * target/lightmamba} of any folder; a path elsewhere is absolute.
   */
  public String display(Path path) {
    Path parent = root.getParent();
    Path base = parent == null || parent.getParent() == null ? root : parent.getParent();
    Path absolute = path.toAbsolutePath().normalize();
    boolean below = absolute.startsWith(base) && !absolute.equals(base);
    return (below ? base.relativize(absolute) : absolute).toString();
  }
}

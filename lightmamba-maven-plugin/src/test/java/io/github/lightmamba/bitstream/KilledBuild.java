package io.github.lightmamba.bitstream;

import io.github.lightmamba.kernel.Board;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A build in a Java machine of its own, which says what it does and waits to be killed. */
final class KilledBuild {
  private KilledBuild() {}

  /** The build of the test, the same in both machines. */
  static TestBuild of(Path root) throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    build.strategies = List.of("default", "Performance_Explore");
    return build;
  }

  /**
   * Builds.
   *
   * @param arguments the folder of everything
   */
  public static void main(String[] arguments) throws IOException {
    TestBuild build = of(Path.of(arguments[0]));
    build.echo = System.out::println;
    build.run();
  }
}

package io.github.lightmamba.synthetic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a class of the tests in a Java machine of its own, which the caller ends. */
public final class JavaMachine {
  private JavaMachine() {}

  /**
   * Starts a class.
   *
   * @param heap the heap in MB
   * @return the process; its errors go to its output
   */
  public static Process start(int heap, Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap + "m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}

package io.github.lightmamba.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A program to run.
 *
 * @param command the program and its arguments; no shell sees them
 * @param directory the working directory
 * @param environment what is added to the environment of this process
 * @param log where everything that the program prints goes, or null
 * @param lines is given each line that the program prints, from another thread, one at a time
 * @param timeout how long the program may run
 * @param enough is asked after each line, by the thread that gave it; once it says yes, the program is killed
 */
public record Invocation(
    List<String> command,
    Path directory,
    Map<String, String> environment,
    Path log,
    Consumer<String> lines,
    Duration timeout,
    BooleanSupplier enough) {
  private static final Duration LONG = Duration.ofDays(7);

  /** Copies the lists. */
  public Invocation {
    if (command.isEmpty()) {
      throw new IllegalArgumentException("a command has at least the program's name");
    }
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /**
   * Runs {@code command} in {@code directory}, for a week at most; its output goes nowhere but into the result's tail.
   *
   * @param directory the working directory
   * @param command the program and its arguments
   */
  public static Invocation of(Path directory, List<String> command) {
    return new Invocation(command, directory, Map.of(), null, line -> {}, LONG, () -> false);
  }

  /** Returns the same with additions to the environment. */
  public Invocation withEnvironment(Map<String, String> additions) {
    return new Invocation(command, directory, additions, log, lines, timeout, enough);
  }

  /** Returns the same with a log file, which is replaced; its folder must exist. */
  public Invocation withLog(Path file) {
    return new Invocation(command, directory, environment, file, lines, timeout, enough);
  }

  /** Returns the same with a listener for each line. */
  public Invocation withLines(Consumer<String> listener) {
    return new Invocation(command, directory, environment, log, listener, timeout, enough);
  }

  /** Returns the same with a time limit. */
  public Invocation withTimeout(Duration limit) {
    return new Invocation(command, directory, environment, log, lines, limit, enough);
  }

  /** Returns the same with a condition that ends the program and all that it started. */
  public Invocation until(BooleanSupplier condition) {
    return new Invocation(command, directory, environment, log, lines, timeout, condition);
  }

  /** Returns the command as one can paste it into a POSIX shell. */
  public String shellForm() {
    return command.stream().map(Invocation::quote).collect(Collectors.joining(" "));
  }

  /**
   * Returns a word as a POSIX shell reads it back.
   *
   * @param word any text
   */
  public static String quote(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}

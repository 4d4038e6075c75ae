package io.github.lightmamba.csim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A C++ program compiled from {@code accelerator-src/csim/tests}; all warnings are errors. */
record CxxProgram(Path executable) {

  /** How a run ended and what it printed. */
  record Run(int exitCode, String output, String errors) {}

  private static final Path SOURCES = Path.of("..", "accelerator-src").toAbsolutePath().normalize();

  /** Skips the calling test, with a reason, if the machine has no such compiler. */
  static void assumeCompiler(String compiler) {
    boolean found;
    try {
      found = run(Path.of("."), List.of(compiler, "--version")).exitCode() == 0;
    } catch (IOException absent) {
      found = false;
    }
    Assumptions.assumeTrue(found, "no C++ compiler '" + compiler + "' on this machine");
  }

  static CxxProgram compile(String compiler, String source, Path folder, String... options) throws IOException {
    assumeCompiler(compiler);
    Path executable = folder.resolve(
        Path.of(source).getFileName().toString().replace(".cpp", "-" + compiler.replace('+', 'x')));
    List<String> command = new ArrayList<>(List.of(compiler, "-std=c++17", "-Wall", "-Wextra", "-Werror",
        "-DLIGHTMAMBA_CSIM", "-I" + folder, "-I" + SOURCES.resolve("csim/include"), "-I" + SOURCES.resolve("include")));
    command.addAll(List.of(options));
    command.addAll(List.of(SOURCES.resolve("csim/tests").resolve(source).toString(), "-pthread", "-o",
        executable.toString()));
    Run compiled = run(folder, command);
    if (compiled.exitCode() != 0) {
      throw new AssertionError(String.join(" ", command) + "\n" + compiled.errors());
    }
    return new CxxProgram(executable);
  }

  Run run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(executable.toString()));
    command.addAll(List.of(arguments));
    return run(executable.getParent(), command);
  }

  private static Run run(Path folder, List<String> command) throws IOException {
    Path output = Files.createTempFile("csim", ".out");
    Path errors = Files.createTempFile("csim", ".err");
    try {
      Process process = new ProcessBuilder(command).directory(folder.toFile())
          .redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
      if (!process.waitFor(300, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("still running after 300 s: " + command);
      }
      return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8),
          Files.readString(errors, StandardCharsets.UTF_8));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted: " + command, interrupted);
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }
}

package io.github.lightmamba.verify;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.process.Invocation;
import io.github.lightmamba.process.ProcessResult;
import io.github.lightmamba.process.ProcessRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The machine's C++ compiler.
 *
 * @param program its name or path
 */
public record CppCompiler(String program) {
  private static final List<String> KNOWN = List.of("g++", "clang++", "c++");
  private static final Duration TIMEOUT = Duration.ofMinutes(15);
  private static final Duration VERSION_TIMEOUT = Duration.ofSeconds(30);

  /**
   * Finds a compiler: what the environment variable {@code CXX} names, else the first of g++, clang++ and c++ on the
   * {@code PATH}.
   *
   * @param cxx the variable's value, or null
   * @throws LightMambaException {@link ErrorCode#COMPILER_MISSING} if there is none
   */
  public static CppCompiler find(String cxx) {
    List<String> candidates = cxx == null || cxx.isBlank() ? KNOWN : List.of(cxx.strip());
    return candidates.stream()
        .filter(candidate -> ProcessRunner.find(candidate).isPresent())
        .findFirst()
        .map(CppCompiler::new)
        .orElseThrow(
            () ->
                new LightMambaException(
                    ErrorCode.COMPILER_MISSING,
                    "The C simulation needs a C++17 compiler, and there is none: " + String.join(", ", candidates)
                        + (cxx == null || cxx.isBlank()
                            ? " are not on the PATH."
                            : " (environment variable CXX) is not to be found."),
                    "install one (Debian: apt-get install g++), or set CXX to its path."));
  }

  /**
   * Returns what the compiler says of itself, for example {@code g++ (Debian 12.2.0-14) 12.2.0}: the first line that it
   * prints with {@code --version}, which holds no path.
   *
   * @throws LightMambaException {@link ErrorCode#COMPILER_MISSING} if it does not answer
   */
  public String version() {
    List<String> command = List.of(program, "--version");
    Path anywhere = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      ProcessResult result = new ProcessRunner().run(Invocation.of(anywhere, command).withTimeout(VERSION_TIMEOUT));
      if (result.good() && !result.tail().isEmpty()) {
        return result.tail().get(0).strip();
      }
      throw silent("exit code " + result.exitCode(), null);
    } catch (IOException e) {
      throw silent(e.toString(), e);
    }
  }

  private LightMambaException silent(String how, Throwable cause) {
    return new LightMambaException(
        ErrorCode.COMPILER_MISSING,
        "The C++ compiler " + program + " does not tell its version: " + how + ".",
        "set the environment variable CXX to the path of g++ or clang++.",
        cause);
  }

  /**
   * Compiles sources into a program, the sources side by side.
   *
   * @param sources the files
   * @param includes folders of headers
   * @param options further options of the compiler
   * @param folder an existing folder for objects, logs and the program
   * @return the program
   * @throws LightMambaException {@link ErrorCode#COMPILATION_FAILED} with the first error of the compiler
   */
  Path compile(List<Path> sources, List<Path> includes, List<String> options, Path folder) throws IOException {
    List<Optional<IOException>> failures =
        Stream.iterate(0, i -> i < sources.size(), i -> i + 1)
            .parallel()
            .map(i -> object(sources.get(i), includes, options, folder, i))
            .toList();
    for (Optional<IOException> failure : failures) {
      if (failure.isPresent()) {
        throw failure.get();
      }
    }
    Path binary = folder.resolve("csim");
    List<String> command = new ArrayList<>(List.of(program));
    for (int i = 0; i < sources.size(); i++) {
      command.add("part" + i + ".o");
    }
    command.addAll(List.of("-pthread", "-o", binary.getFileName().toString()));
    run(folder, command, "link.log");
    return binary;
  }

  private Optional<IOException> object(
      Path source, List<Path> includes, List<String> options, Path folder, int index) {
    List<String> command =
        new ArrayList<>(List.of(program, "-std=c++17", "-O2", "-DLIGHTMAMBA_CSIM", "-Wno-unknown-pragmas"));
    command.addAll(options);
    includes.forEach(include -> command.add("-I" + include));
    command.addAll(List.of("-c", source.toString(), "-o", "part" + index + ".o"));
    try {
      run(folder, command, "compile" + index + ".log");
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }

  private static void run(Path folder, List<String> command, String log) throws IOException {
    Invocation invocation = Invocation.of(folder, command).withLog(folder.resolve(log)).withTimeout(TIMEOUT);
    ProcessResult result = new ProcessRunner().run(invocation);
    if (!result.good()) {
      String error =
          result.tail().stream()
              .filter(line -> line.contains("error"))
              .findFirst()
              .orElseGet(() -> String.join("\n", result.tail()));
      throw new LightMambaException(
          ErrorCode.COMPILATION_FAILED,
          "The kernels do not compile"
              + (result.timedOut() ? " within " + TIMEOUT.toMinutes() + " minutes" : ", exit code " + result.exitCode())
              + ": " + error + ". The command was: " + invocation.shellForm() + ".",
          "use g++ 10 or later, or clang 12 or later; if you changed the accelerator sources, mend this error.");
    }
  }
}

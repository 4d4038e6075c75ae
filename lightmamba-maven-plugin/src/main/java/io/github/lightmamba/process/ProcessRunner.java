package io.github.lightmamba.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs: full output to a log file, line by line to a listener, a time limit, and no process left behind.
 *
 * <p>Standard output and standard error become one stream, in the order in which they were written; standard input is
 * empty. Lines longer than {@link #LINE_CHARS} are cut into pieces. A log that cannot be written to or a listener that
 * fails does not end the program, which may have run for hours: the result says so. Thread-safe.
 */
public final class ProcessRunner {
  /** The lines that a result keeps. */
  public static final int TAIL_LINES = 40;

  /** The longest line that a listener is given. */
  public static final int LINE_CHARS = 1 << 14;

  private static final long DRAIN_SECONDS = 5;

  /** Makes a runner. */
  public ProcessRunner() {}

  /**
   * Finds a program as this class starts it.
   *
   * @param program a name to be looked for on the {@code PATH}, or a path
   * @return nothing, if there is no such program
   */
  public static Optional<Path> find(String program) {
    if (program.contains("/") || program.contains(File.separator)) {
      return Optional.of(Path.of(program)).filter(ProcessRunner::executable);
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    for (String folder : path.split(File.pathSeparator)) {
      for (String suffix : File.separatorChar == '\\' ? List.of(".exe", "") : List.of("")) {
        Path file = Path.of(folder.isEmpty() ? "." : folder, program + suffix);
        if (executable(file)) {
          return Optional.of(file.toAbsolutePath());
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Runs a program to its end.
   *
   * @param invocation what to run
   * @return how it ended; an exit code other than 0 is a result like any other
   * @throws CommandNotFoundException if there is no such program
   * @throws InterruptedIOException if this thread was interrupted; the process tree is dead and the flag is set again
   * @throws IOException if the log cannot be made, the output not be read, or the working directory is missing
   */
  public ProcessResult run(Invocation invocation) throws IOException {
    if (!Files.isDirectory(invocation.directory())) {
      throw new NotDirectoryException(invocation.directory().toString());
    }
    long start = System.nanoTime();
    try (OutputStream log = log(invocation.log())) {
      Process process = start(invocation);
      Thread atExit = new Thread(() -> kill(process), "kill-" + process.pid());
      Runtime.getRuntime().addShutdownHook(atExit);
      try {
        return attend(invocation, process, log, start);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        InterruptedIOException failure = new InterruptedIOException("interrupted while running " + program(invocation));
        failure.initCause(e);
        throw failure;
      } finally {
        kill(process);
        forget(atExit);
      }
    }
  }

  private static Process start(Invocation invocation) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(invocation.command());
    builder.directory(invocation.directory().toFile());
    builder.environment().putAll(invocation.environment());
    builder.redirectErrorStream(true);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return process;
    } catch (IOException e) {
      if (find(program(invocation)).isEmpty()) {
        throw new CommandNotFoundException(program(invocation), "was not found or is not executable");
      }
      throw e;
    }
  }

  private static ProcessResult attend(Invocation invocation, Process process, OutputStream log, long start)
      throws IOException, InterruptedException {
    OutputPump pump = new OutputPump(process, log, invocation);
    Thread thread = new Thread(pump, "output-" + process.pid());
    thread.setDaemon(true);
    thread.start();
    boolean ended = process.waitFor(invocation.timeout().toNanos(), TimeUnit.NANOSECONDS);
    if (!ended) {
      kill(process);
      process.waitFor(DRAIN_SECONDS, TimeUnit.SECONDS);
    }
    // A process that outlives its parent may hold the pipe open; its output is not waited for.
    thread.join(TimeUnit.SECONDS.toMillis(DRAIN_SECONDS));
    double seconds = (System.nanoTime() - start) / 1e9;
    List<String> tail = pump.finish();
    return new ProcessResult(ended ? process.exitValue() : -1, !ended, tail, seconds, pump.trouble());
  }

  /** Kills a process and everything that it started, children first found so that none is orphaned unseen. */
  private static void kill(ProcessHandle process) {
    List<ProcessHandle> tree = process.descendants().toList();
    process.destroyForcibly();
    tree.forEach(ProcessHandle::destroyForcibly);
  }

  private static void kill(Process process) {
    kill(process.toHandle());
    process.destroyForcibly(); // Closes its streams, too.
  }

  private static void forget(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      atExit.setName(atExit.getName() + "-running"); // The JVM is going down and runs the hook itself.
    }
  }

  private static String program(Invocation invocation) {
    return invocation.command().get(0);
  }

  private static boolean executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  /** Without a buffer, so that a line that found no room does not keep back the later ones. */
  private static OutputStream log(Path file) throws IOException {
    return file == null ? OutputStream.nullOutputStream() : Files.newOutputStream(file);
  }

  /** Moves what a program prints to log, listener and tail. */
  private static final class OutputPump implements Runnable {
    private final Process process;
    private final Reader in;
    private final OutputStream log;
    private final Invocation invocation;
    private final Deque<String> tail = new ArrayDeque<>();
    private final StringBuilder line = new StringBuilder();
    private IOException failure;
    private String trouble;
    private boolean finished;
    private boolean killed;

    OutputPump(Process process, OutputStream log, Invocation invocation) {
      this.process = process;
      this.in = process.inputReader(StandardCharsets.UTF_8);
      this.log = log;
      this.invocation = invocation;
    }

    @Override
    public void run() {
      char[] buffer = new char[4096];
      try {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          take(buffer, n);
        }
        flushLine();
      } catch (IOException e) {
        fail(e);
      }
    }

    /** Whatever fails, the output is read on, or the program would wait for ever on a full pipe. */
    private synchronized void take(char[] buffer, int n) {
      if (finished) {
        return;
      }
      try {
        log.write(new String(buffer, 0, n).getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        trouble("its log could not be written", e);
      }
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          endLine();
        } else {
          line.append(buffer[i]);
          if (line.length() == LINE_CHARS) {
            endLine();
          }
        }
      }
    }

    private void endLine() {
      if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
        line.setLength(line.length() - 1);
      }
      String text = line.toString();
      line.setLength(0);
      if (tail.size() == TAIL_LINES) {
        tail.removeFirst();
      }
      tail.addLast(text);
      try {
        invocation.lines().accept(text);
        if (!killed && invocation.enough().getAsBoolean()) {
          killed = true;
          kill(process.toHandle()); // What it has printed so far is still read.
        }
      } catch (RuntimeException e) {
        trouble("a line of it could not be taken in", e);
      }
    }

    private synchronized void flushLine() {
      if (!line.isEmpty() && !finished) {
        endLine();
      }
    }

    private void trouble(String what, Exception e) {
      trouble = trouble == null ? what + ": " + e : trouble;
    }

    private synchronized void fail(IOException e) {
      failure = finished ? failure : e;
    }

    synchronized Optional<String> trouble() {
      return Optional.ofNullable(trouble);
    }

    synchronized List<String> finish() throws IOException {
      finished = true;
      try {
        log.close(); // Some disks say only now that they are full.
      } catch (IOException e) {
        trouble("its log could not be written", e);
      }
      if (failure != null) {
        throw new IOException("reading the output of " + program(invocation) + " failed: " + failure, failure);
      }
      return List.copyOf(tail);
    }
  }
}

package io.github.lightmamba.standin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One run of v++: its command, its scenario, its voice. */
final class ToolRun {
  /** The tool ends now with an exit code, as a crash does. */
  static final class Halt extends Exception {
    private static final long serialVersionUID = 1L;

    private final int code;

    Halt(int code) {
      super("exit code " + code);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  private final Command command;
  private final Scenario scenario;
  private final String step;
  private final List<String> printed = new ArrayList<>();
  private int second;

  ToolRun(Command command, Scenario scenario, String step) {
    this.command = command;
    this.scenario = scenario;
    this.step = step;
  }

  Command command() {
    return command;
  }

  boolean plays(Scenario.Event event) throws Rejection {
    return scenario.plays(event, step, command, Frequency.asked(command));
  }

  void say(String line) {
    printed.add(line);
    System.out.println(line);
    System.out.flush();
  }

  /** The lines so far, for log files. */
  List<String> printed() {
    return printed;
  }

  /** A time of day for the log; it goes on with each call. */
  String clock() {
    second += 61;
    return "%02d:%02d:%02d".formatted(16 + second / 3600 % 8, second / 60 % 60, second % 60);
  }

  /** Takes the time of a phase. */
  void pause() {
    try {
      Thread.sleep(scenario.pauseMillis());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What can happen in any step, at its beginning. */
  void misfortunes() throws Rejection, Halt {
    if (plays(Scenario.Event.HANG)) {
      say("INFO: [v++ 60-585] The stand-in hangs");
      try {
        Thread.sleep(3_600_000);
      } catch (InterruptedException e) {
        throw new Halt(143);
      }
    }
    if (plays(Scenario.Event.CRASH)) {
      say("Abnormal program termination (11)");
      say("Please check 'hs_err_pid4711.log' for details");
      throw new Halt(139);
    }
    if (plays(Scenario.Event.KILLED)) {
      throw new Halt(137);
    }
    if (plays(Scenario.Event.OUT_OF_MEMORY)) {
      say("bin/rdiArgs.sh: line 369: 4711 Killed                  \"$RDI_PROG\" \"$@\"");
      say("Parent process (pid 4711) has died. This helper process will now exit");
      throw new Rejection("ERROR: [v++ 60-661] v++ " + step + " run 'run_" + step + "' failed");
    }
    if (plays(Scenario.Event.DISK_FULL)) {
      throw new Rejection(
          "couldn't write file \"" + step + ".dcp\": No space left on device",
          "ERROR: [Common 17-39] 'write_checkpoint' failed due to earlier errors.");
    }
    if (plays(Scenario.Event.MYSTERY)) {
      throw new Rejection("WARNING: [v++ 60-9999] Something is strange");
    }
  }

  static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, bytes);
  }
}

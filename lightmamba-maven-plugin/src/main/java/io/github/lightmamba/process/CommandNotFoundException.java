package io.github.lightmamba.process;

import java.io.IOException;

/** The program to run does not exist, or is no program. */
public final class CommandNotFoundException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String program;

  CommandNotFoundException(String program, String reason) {
    super("the program " + program + " " + reason);
    this.program = program;
  }

  /** Returns the name by which it was called. */
  public String program() {
    return program;
  }
}

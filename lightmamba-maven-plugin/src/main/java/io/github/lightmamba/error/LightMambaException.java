package io.github.lightmamba.error;

/**
 * A failure with a message for the user.
 *
 * <p>The message has the form {@code LM-<AREA>-<nnn>: what happened (file, field, value, limit). Do: <what to do>}; the
 * codes are those of {@link ErrorCode}, explained in {@code docs/errors.md}.
 */
public final class LightMambaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * Creates a failure.
   *
   * @param code the entry of {@code docs/errors.md}
   * @param what what happened, with file, field, value and limit; one or more sentences that end with a full stop
   * @param remedy what the user can do, as an imperative sentence
   */
  public LightMambaException(ErrorCode code, String what, String remedy) {
    this(code, what, remedy, null);
  }

  /**
   * Creates a failure with its cause.
   *
   * @param code the entry of {@code docs/errors.md}
   * @param what what happened
   * @param remedy what the user can do
   * @param cause the technical cause, or null
   */
  public LightMambaException(ErrorCode code, String what, String remedy, Throwable cause) {
    super(code.id() + ": " + what + " Do: " + remedy, cause);
    this.code = code;
  }

  /** Returns the entry of {@code docs/errors.md}. */
  public ErrorCode code() {
    return code;
  }
}

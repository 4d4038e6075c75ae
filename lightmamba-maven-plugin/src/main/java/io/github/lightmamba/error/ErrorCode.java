package io.github.lightmamba.error;

/** Every failure that the plugin reports by itself; {@code docs/errors.md} explains each one. */
public enum ErrorCode {
  /** A parameter is missing. */
  PARAMETER_MISSING("LM-PARAM-001", Blame.USER),
  /** A parameter has a value outside its limits. */
  PARAMETER_INVALID("LM-PARAM-002", Blame.USER),
  /** A file that a parameter names does not exist or cannot be read. */
  FILE_NOT_READABLE("LM-FILE-001", Blame.USER),
  /** Writing failed: disk full, read-only folder, missing rights. */
  FILE_NOT_WRITABLE("LM-FILE-002", Blame.ENVIRONMENT),
  /** {@code config.json} is missing, malformed or has a field outside its limits. */
  CONFIG_INVALID("LM-CKPT-001", Blame.USER),
  /** The checkpoint is of an architecture or layout that is not supported. */
  CHECKPOINT_UNSUPPORTED("LM-CKPT-002", Blame.USER),
  /** The weights file is malformed. */
  WEIGHTS_MALFORMED("LM-CKPT-003", Blame.USER),
  /** A tensor is missing, or has a wrong shape, type or value. */
  TENSOR_INVALID("LM-CKPT-004", Blame.USER),
  /** A pickle asks for more than tensors. */
  PICKLE_REFUSED("LM-CKPT-005", Blame.USER),
  /** The tokenizer is missing, malformed or cannot run on this platform. */
  TOKENIZER_INVALID("LM-TOK-001", Blame.USER),
  /** A text is too short or overlaps with another that it must be independent of. */
  TEXT_INVALID("LM-TEXT-001", Blame.USER),
  /** The rotated float model does not equal the original. */
  ROTATION_VISIBLE("LM-QUANT-001", Blame.ENVIRONMENT),
  /** A stage finds in its folder what another execution of the same Maven session wrote. */
  STAGE_CONFLICT("LM-STAGE-001", Blame.USER),
  /** The output of an earlier stage is missing or damaged. */
  STAGE_MISSING("LM-STAGE-002", Blame.USER),
  /** Another run is writing the same stage folder at this moment. */
  STAGE_BUSY("LM-STAGE-003", Blame.ENVIRONMENT),
  /** Where a stage wants to write stands a folder that no stage made. */
  STAGE_FOREIGN("LM-STAGE-004", Blame.USER),
  /** A design that the board cannot hold, or whose kernels cannot be linked. */
  DESIGN_INVALID("LM-KERNEL-001", Blame.USER),
  /** No usable C++ compiler. */
  COMPILER_MISSING("LM-CSIM-001", Blame.ENVIRONMENT),
  /** The generated kernels do not compile. */
  COMPILATION_FAILED("LM-CSIM-002", Blame.ENVIRONMENT),
  /** The C simulation ended with an error or a deadlock. */
  SIMULATION_FAILED("LM-CSIM-003", Blame.ENVIRONMENT),
  /** The target's results differ from the integer model's. */
  VERIFICATION_MISMATCH("LM-VERIFY-001", Blame.USER),
  /** A bitstream is cut off, damaged or no xclbin. */
  XCLBIN_MALFORMED("LM-XCLBIN-001", Blame.ENVIRONMENT),
  /** A file was made by the stand-in for Vitis and is no bitstream. */
  XCLBIN_STAND_IN("LM-XCLBIN-002", Blame.USER),
  /** There is no Vitis, or it does not tell its version. */
  VITIS_MISSING("LM-VITIS-001", Blame.ENVIRONMENT),
  /** The Vitis that was found does not do what is asked for. */
  VITIS_UNSUITABLE("LM-VITIS-002", Blame.USER),
  /** The platform was not found, or does not describe itself. */
  PLATFORM_MISSING("LM-VITIS-003", Blame.ENVIRONMENT),
  /** A report of Vitis is missing or has another form than it should. */
  REPORT_UNREADABLE("LM-VITIS-004", Blame.ENVIRONMENT),
  /** A step of Vitis failed. */
  BUILD_FAILED("LM-BUILD-001", Blame.ENVIRONMENT),
  /** A step of Vitis claims success, and what it made is not what was asked for. */
  BUILD_REJECTED("LM-BUILD-002", Blame.ENVIRONMENT),
  /** The clock, or the initiation interval of a loop, is missed. */
  BUILD_TIMING("LM-BUILD-003", Blame.USER),
  /** Something that a goal needs is not there. */
  SETUP_INCOMPLETE("LM-DOCTOR-001", Blame.ENVIRONMENT);

  /** Whose turn it is: a result or an input that is not good enough, or the machine. */
  public enum Blame {
    /** Bad input, or a result that is not good enough; a Maven failure. */
    USER,
    /** Files, tools, machine; a Maven error. */
    ENVIRONMENT
  }

  private final String id;
  private final Blame blame;

  ErrorCode(String id, Blame blame) {
    this.id = id;
    this.blame = blame;
  }

  /** Returns the code as printed, {@code LM-<AREA>-<nnn>}. */
  public String id() {
    return id;
  }

  /** Returns whose turn it is. */
  public Blame blame() {
    return blame;
  }
}

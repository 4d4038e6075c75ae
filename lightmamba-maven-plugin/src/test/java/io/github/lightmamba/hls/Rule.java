package io.github.lightmamba.hls;

import java.util.Locale;

/** What kernels keep to, each with its reason. */
enum Rule {
  PRAGMA_NAME("a pragma that the front end does not know is ignored with a warning"),
  PRAGMA_OPTION("an option that the pragma does not have is an error, or the pragma is ignored"),
  PRAGMA_VALUE("a value outside of the grammar stops the synthesis"),
  PRAGMA_REQUIRED("a required option is missing"),
  PRAGMA_STATUS("deprecated, hidden or new: not every release from 2022.2 on takes it"),
  PRAGMA_VARIABLE("a pragma names a variable that is visible where it stands"),
  PRAGMA_PLACE("a pragma for a loop or function has no effect elsewhere"),
  LOOP_LABEL("reports, directives and the timing contract name loops by their labels"),
  LOOP_LABEL_UNIQUE("two loops of one function cannot share a name"),
  LOOP_BOUND("without a constant or stated bound there is no latency, and an unrolled loop cannot be built"),
  LOOP_FLATTEN("a pipeline flattened into its outer loop runs over the end of a vector and keeps results back"),
  PIPELINE_EXPLICIT("Vitis pipelines an innermost loop of more than 64 iterations that does not say what it wants"),
  PIPELINE_REWIND("a rewinding pipeline does not end with its loop"),
  PIPELINE_INNER_LOOP("loops inside a pipeline are unrolled, so they say so and have constant bounds"),
  PIPELINE_FRP("free-running pipelines do not support m_axi"),
  PIPELINE_BARRIER("a stalled pipeline keeps back results that its own next input may depend on"),
  PIPELINE_RECURRENCE("a chain of operations between two iterations does not fit into a cycle"),
  DATAFLOW_BODY("a canonical region has declarations and calls only"),
  DATAFLOW_CONDITION("a process is always called; it may read and write conditionally"),
  DATAFLOW_CHANNEL("a stream has one process that writes and one that reads"),
  DATAFLOW_FEEDBACK("data flow forwards in the order of the calls"),
  DATAFLOW_MEMORY("a memory port belongs to one process"),
  DATAFLOW_BYPASS("an array goes from a process to the next one"),
  STAGE_PORTS("a stage that is a void function of streams, memories and scalars can be synthesised by itself"),
  STAGE_GLOBAL("a stage that uses a global variable cannot be synthesised by itself"),
  PORT_INTERFACE("every argument of a kernel has an interface; Vitis guesses the rest"),
  PORT_BUNDLE("ports that share a bundle share its bandwidth"),
  KERNEL_NAME("v++ takes kernel names of up to 63 characters"),
  NO_HEAP("hardware has no heap"),
  NO_RECURSION("hardware has no call stack"),
  NO_VIRTUAL("virtual functions are calls through pointers"),
  NO_EXCEPTION("exceptions are not synthesised"),
  NO_STANDARD_LIBRARY("containers, algorithms and streams of the standard library are not synthesised"),
  NO_GOTO("control flow is loops and branches"),
  NO_FUNCTION_POINTER("calls are resolved at compile time"),
  NO_SYSTEM_CALL("hardware has no operating system"),
  NO_RUNTIME_TYPE("hardware has no run-time types"),
  NO_FLOATING_POINT("everything in the accelerator is an integer"),
  NO_STATIC_LOCAL("memory that survives a start is declared with LIGHTMAMBA_PERSISTENT_MEMORY"),
  NO_POINTER_TO_POINTER("pointers to pointers are not synthesised as arguments"),
  NO_POINTER_CAST("pointer casts are not synthesised"),
  NO_UNION("front ends disagree on unions");

  private final String reason;

  Rule(String reason) {
    this.reason = reason;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String reason() {
    return reason;
  }
}

package io.github.lightmamba.bitstream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * A program to run for a step.
 *
 * @param name of the step, for people and queues
 * @param command the program and its arguments
 * @param directory the working directory, which exists
 * @param environment what is added to the environment
 * @param log the file for everything that it prints; its folder exists
 * @param timeout how long it may run
 * @param futile is asked after each line that it prints, by the same thread; once it says yes, the program is ended
 */
public record StepJob(
    String name,
    List<String> command,
    Path directory,
    Map<String, String> environment,
    Path log,
    Duration timeout,
    BooleanSupplier futile) {}

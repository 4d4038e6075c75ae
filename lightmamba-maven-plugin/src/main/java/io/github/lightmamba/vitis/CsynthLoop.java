package io.github.lightmamba.vitis;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A loop as synthesised.
 *
 * @param name its label
 * @param tripCount how often it runs; nothing, if that depends on data
 * @param latency its cycles
 * @param interval cycles from one iteration to the next; nothing, if it is not pipelined
 * @param depth stages of the pipeline, or cycles of one iteration
 * @param inner the loops directly inside
 */
public record CsynthLoop(
    String name,
    Optional<CycleRange> tripCount,
    Optional<CycleRange> latency,
    OptionalLong interval,
    OptionalLong depth,
    List<CsynthLoop> inner) {}

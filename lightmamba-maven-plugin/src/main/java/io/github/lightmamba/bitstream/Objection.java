package io.github.lightmamba.bitstream;

/**
 * Why what a step makes is of no use, whatever else it does.
 *
 * @param why a clause
 * @param remedy what to do, a clause
 */
record Objection(String why, String remedy) {}

/**
 * A strict stand-in for {@code v++}, {@code platforminfo} and {@code emconfigutil}. It builds nothing: it checks each
 * option against those that are documented for its version ({@code options.json}), refuses what Vitis would refuse, and
 * writes files of the real structure, each of which says that a stand-in wrote it. Environment variable or file choose
 * a scenario ({@link io.github.lightmamba.standin.Scenario}). It shares no code with what it tests but the form of
 * a version.
 */
package io.github.lightmamba.standin;

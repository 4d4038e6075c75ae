/**
 * Stages, their folders and their fingerprints.
 *
 * <p>A {@link io.github.lightmamba.pipeline.Stage} names what it depends on and writes one folder; a {@link
 * io.github.lightmamba.pipeline.StageRunner} decides whether it has to run, and publishes the folder in one move.
 */
package io.github.lightmamba.pipeline;

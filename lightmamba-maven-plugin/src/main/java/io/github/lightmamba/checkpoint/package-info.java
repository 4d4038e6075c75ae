/**
 * A Mamba-2 checkpoint of transformers, state-spaces or Codestral Mamba: its configuration, its checked and mapped
 * tensors.
 *
 * <p>What is not this architecture or this layout is refused by name and reason.
 */
package io.github.lightmamba.checkpoint;

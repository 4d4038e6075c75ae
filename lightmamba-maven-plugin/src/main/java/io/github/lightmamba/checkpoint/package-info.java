/**
 * A Mamba-2 checkpoint in the layout of Hugging Face transformers: its configuration, its checked and mapped tensors.
 *
 * <p>What is not this architecture or this layout is refused by name and reason.
 */
package io.github.lightmamba.checkpoint;

/**
 * Weights as {@code torch.save} writes them since PyTorch 1.6: a zip of stored entries, one pickle that describes the
 * tensors and one entry of bytes for each storage.
 *
 * <p>A pickle is a program, and files come from strangers: an interpreter of its own runs the few instructions that a
 * state dict needs, makes nothing but the records of this package, and bounds what it allocates. No class is looked up
 * by a name of the file.
 */
package io.github.lightmamba.torch;

package io.github.lightmamba.safetensors;

import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.tensor.Matrix;
import java.nio.file.Path;
import java.util.Set;

/** Tensors by name, in one file or in several, in whatever format. Thread-safe. */
public interface TensorStore extends AutoCloseable {
  /** Returns the file that stands for the store in messages: the only one, or the index of several. */
  Path path();

  /** Returns the file that holds a tensor; {@link #path()} if there is no tensor of this name. */
  Path file(String name);

  /** Returns the names of all tensors, sorted. */
  Set<String> names();

  /** Returns whether there is a tensor of this name. */
  boolean contains(String name);

  /**
   * Returns a tensor's description.
   *
   * @throws LightMambaException if there is no tensor of this name
   */
  TensorInfo info(String name);

  /**
   * Returns a mapped view of a tensor of two dimensions and type F32, F16 or BF16.
   *
   * @throws LightMambaException if the tensor has another shape or type
   */
  Matrix matrix(String name);

  /**
   * Copies a tensor of type F32, F16 or BF16 to the heap, flat, converted to 32 bits.
   *
   * @throws LightMambaException if the tensor is missing or has another type
   */
  float[] floats(String name);

  @Override
  void close();
}

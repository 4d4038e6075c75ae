/** Float matrices, on the heap or mapped from a file, and their product with a batch of vectors. */
package io.github.lightmamba.tensor;

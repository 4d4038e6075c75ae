/** Hadamard matrices, their fast transform, and the rotation of a model that they make. */
package io.github.lightmamba.rotation;

/** Checkpoints of any size made from a seed, for tests and benchmarks. */
package io.github.lightmamba.synthetic;

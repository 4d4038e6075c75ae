/** The float model: the reference that the rotated and the integer model are measured against. */
package io.github.lightmamba.mamba;

/** What a design will reach, before it is built: a cycle-level simulation of its processes, streams and memories. */
package io.github.lightmamba.estimate;

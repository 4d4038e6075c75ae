/** The only place that starts programs. */
package io.github.lightmamba.process;

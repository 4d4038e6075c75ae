/** How long work tells that it lives, and is told to stop. */
package io.github.lightmamba.progress;

/** The plugin inside real Mavens. */
package io.github.lightmamba.it;

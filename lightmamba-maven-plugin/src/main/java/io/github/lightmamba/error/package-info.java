/** The one kind of failure that a user sees: what happened, which limit it broke, what to do. */
package io.github.lightmamba.error;

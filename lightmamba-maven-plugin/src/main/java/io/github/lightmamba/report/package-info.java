/** Pictures for people: pure functions from figures to text, without dependencies. */
package io.github.lightmamba.report;

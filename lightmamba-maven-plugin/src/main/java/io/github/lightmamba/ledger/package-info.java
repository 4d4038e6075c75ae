/** What was predicted of designs and what came of it, across builds, for those who predict and those who build. */
package io.github.lightmamba.ledger;

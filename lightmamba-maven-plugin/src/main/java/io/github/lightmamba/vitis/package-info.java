/**
 * AMD Vitis from outside: where it is installed, which version it is, the command of each step, what its log says while
 * it runs, why it failed, and what its reports hold. Nothing here builds anything; {@code docs/bitstream.md} says what
 * is read from where.
 */
package io.github.lightmamba.vitis;

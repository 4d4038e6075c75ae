/** Tests of the simulation headers in accelerator-src: each compiles and runs a C++ program. */
package io.github.lightmamba.csim;

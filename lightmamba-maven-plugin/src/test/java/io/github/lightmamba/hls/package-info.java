/**
 * The rules that the kernels of {@code accelerator-src} keep so that Vitis HLS synthesises them, checked without Vitis:
 * a tokenizer and a parser for the C++ that kernels are written in, AMD's published grammar of {@code #pragma HLS}, and
 * rules for loops, pipelines, dataflow regions, ports and what has no hardware.
 */
package io.github.lightmamba.hls;

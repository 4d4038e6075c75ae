/// @file
/// A compute unit: the dataflow region that owns channels (docs/accelerator.md has the drawing).
#ifndef LIGHTMAMBA_UNIT_HPP
#define LIGHTMAMBA_UNIT_HPP

#include "lightmamba/activation_chain.hpp"
#include "lightmamba/conv1d.hpp"
#include "lightmamba/depths.hpp"
#include "lightmamba/gate.hpp"
#include "lightmamba/gemv.hpp"
#include "lightmamba/requantize.hpp"
#include "lightmamba/result_chain.hpp"
#include "lightmamba/row_scales.hpp"
#include "lightmamba/selective_scan.hpp"
#include "lightmamba/weight_reader.hpp"

namespace lightmamba {

/// One start of a unit; entered once a run.
/// @param weights the unit image (formats.md, section 2)
/// @param unit_index 0 .. kUnits - 1; @param tokens at least 1; @param logits_for_all, reset 0 or 1
template <typename C>
void unit(const Word* weights, int unit_index, int tokens, int logits_for_all, int reset,
          hls::stream<ActivationBeat>& activation_in, hls::stream<ActivationBeat>& activation_out,
          hls::stream<ResultBeat>& result_in, hls::stream<ResultBeat>& result_out) {
#pragma HLS DATAFLOW
  typedef Schedule<C> S;
  LIGHTMAMBA_STREAM(Word, words, kPrefetchDepth);
  LIGHTMAMBA_STREAM(Word, records, S::kRecordDepth);
  LIGHTMAMBA_STREAM(Word, gate_table, 2);
  LIGHTMAMBA_STREAM(Word, scales, S::kScaleDepth);
  LIGHTMAMBA_STREAM(Word, rows, kPrefetchDepth);
  LIGHTMAMBA_STREAM(Word, vectors, kMessageDepth);
  LIGHTMAMBA_STREAM(Word, states, kMessageDepth);
  LIGHTMAMBA_STREAM(Mantissas<C>, mantissas, kValueDepth);
  LIGHTMAMBA_STREAM(RowScale<C>, row_scales, kValueDepth);
  LIGHTMAMBA_STREAM(Product, products, kValueDepth);
  LIGHTMAMBA_STREAM(Value, convolved, kValueDepth);
  LIGHTMAMBA_STREAM(Value, gates, kChannelDepth);
  LIGHTMAMBA_STREAM(Value, shared, kValueDepth);
  LIGHTMAMBA_STREAM(Value, x, kChannelDepth);
  LIGHTMAMBA_STREAM(Value, y, kValueDepth);
  LIGHTMAMBA_STREAM(ap_int<8>, gate_shifts, 2);
  LIGHTMAMBA_STREAM(Value, gated, kValueDepth);
  LIGHTMAMBA_STREAM(Value, projected, kValueDepth);

  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(read_weights<C>, weights, words, tokens, logits_for_all);
  LIGHTMAMBA_PROCESS(route_weights<C>, words, records, gate_table, scales, rows, tokens, logits_for_all);
  LIGHTMAMBA_PROCESS(unpack_scales<C>, scales, mantissas, row_scales, tokens, logits_for_all);
  LIGHTMAMBA_PROCESS(receive_activations<C>, activation_in, activation_out, vectors, states, unit_index, tokens,
                     logits_for_all);
  LIGHTMAMBA_PROCESS(multiply<C>, vectors, rows, mantissas, products, tokens, logits_for_all);
  LIGHTMAMBA_PROCESS(requantize<C>, products, row_scales, convolved, gates, projected, tokens, logits_for_all);
  LIGHTMAMBA_PROCESS(convolve<C>, convolved, records, shared, x, unit_index, tokens, reset);
  LIGHTMAMBA_PROCESS(selective_scan<C>, states, x, y, gate_shifts, unit_index, tokens, reset);
  LIGHTMAMBA_PROCESS(gate<C>, gate_table, gate_shifts, y, gates, gated, tokens);
  LIGHTMAMBA_PROCESS(send_results<C>, result_in, shared, gated, projected, result_out, unit_index, tokens,
                     logits_for_all);
}

}  // namespace lightmamba

#endif

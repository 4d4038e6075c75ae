/// @file
/// A compute unit: the dataflow region that owns channels (docs/accelerator.md has the drawing).
#ifndef LIGHTMAMBA_UNIT_HPP
#define LIGHTMAMBA_UNIT_HPP

#include "lightmamba/activation_chain.hpp"
#include "lightmamba/context.hpp"
#include "lightmamba/conv1d.hpp"
#include "lightmamba/depths.hpp"
#include "lightmamba/gate.hpp"
#include "lightmamba/gemv.hpp"
#include "lightmamba/requantize.hpp"
#include "lightmamba/result_chain.hpp"
#include "lightmamba/row_scales.hpp"
#include "lightmamba/scan_input.hpp"
#include "lightmamba/selective_scan.hpp"
#include "lightmamba/state_sender.hpp"
#include "lightmamba/word_prefetch.hpp"
#include "lightmamba/word_router.hpp"

namespace lightmamba {

/// One start of a unit; entered once a run. It has no memory port: its words come from its memory kernel.
/// @param unit_index 0 .. kUnits - 1
/// @param words image and state, from the memory kernel; @param state_out the new state, to it
/// @param go, done a step's first message has come; its state is in the memory
template <typename C>
void unit(int unit_index, Run run, hls::stream<WordBeat>& words, hls::stream<StateBeat>& state_out,
          hls::stream<SignalBeat>& go, hls::stream<SignalBeat>& done, hls::stream<ActivationBeat>& activation_in,
          hls::stream<ActivationBeat>& activation_out, hls::stream<ResultBeat>& result_in,
          hls::stream<ResultBeat>& result_out) {
#pragma HLS DATAFLOW
  typedef Schedule<C> S;
  LIGHTMAMBA_STREAM(UnitWord, prefetched, kPrefetchDepth);
#pragma HLS BIND_STORAGE variable=prefetched type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, records, S::kRecordDepth);
#pragma HLS BIND_STORAGE variable=records type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, gate_table, 2);
#pragma HLS BIND_STORAGE variable=gate_table type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, scales, S::kScaleDepth);
#pragma HLS BIND_STORAGE variable=scales type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, rows, kPrefetchDepth);
#pragma HLS BIND_STORAGE variable=rows type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, contexts, S::kContextDepth);
#pragma HLS BIND_STORAGE variable=contexts type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, state_words, S::kStateDepth);
#pragma HLS BIND_STORAGE variable=state_words type=fifo impl=bram
  LIGHTMAMBA_STREAM(Word, vectors, kMessageDepth);
#pragma HLS BIND_STORAGE variable=vectors type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, states, kMessageDepth);
#pragma HLS BIND_STORAGE variable=states type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Mantissas<C>, mantissas, kValueDepth);
#pragma HLS BIND_STORAGE variable=mantissas type=fifo impl=lutram
  LIGHTMAMBA_STREAM(RowScale<C>, row_scales, kValueDepth);
#pragma HLS BIND_STORAGE variable=row_scales type=fifo impl=lutram
  LIGHTMAMBA_STREAM(VectorNorm, norms, C::kLanes);
  LIGHTMAMBA_STREAM(RowProducts<C>, products, kValueDepth);
#pragma HLS BIND_STORAGE variable=products type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Value, convolved, S::kConvolvedDepth);
#pragma HLS BIND_STORAGE variable=convolved type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Value, gates, kChannelDepth * C::kLanes);
#pragma HLS BIND_STORAGE variable=gates type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Value, shared, kValueDepth);
  LIGHTMAMBA_STREAM(ConvolvedChannel<C>, x, kChannelDepth * C::kLanes);
#pragma HLS BIND_STORAGE variable=x type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, operands, kMessageDepth);
#pragma HLS BIND_STORAGE variable=operands type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ChannelInput<C>, channels, S::kChannelBlockRounds * C::kLanes);
#pragma HLS BIND_STORAGE variable=channels type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Value, y, kValueDepth);
  LIGHTMAMBA_STREAM(StateWord, new_words, S::kNewStateDepth);
#pragma HLS BIND_STORAGE variable=new_words type=fifo impl=lutram
  LIGHTMAMBA_STREAM(NewContext<C>, new_contexts, kValueDepth);
#pragma HLS BIND_STORAGE variable=new_contexts type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ap_int<8>, gate_shifts, 2);
  LIGHTMAMBA_STREAM(Value, gated, kValueDepth);
  LIGHTMAMBA_STREAM(Value, projected, kValueDepth);

  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(prefetch_words<C>, words, prefetched, unit_index, run);
  LIGHTMAMBA_PROCESS(route_words<C>, prefetched, records, gate_table, scales, rows, contexts, state_words, unit_index,
                     run);
  LIGHTMAMBA_PROCESS(unpack_scales<C>, scales, mantissas, row_scales, run);
  LIGHTMAMBA_PROCESS(receive_activations<C>, activation_in, activation_out, vectors, states, go, unit_index, run);
  LIGHTMAMBA_PROCESS(multiply<C>, vectors, rows, mantissas, norms, products, run);
  LIGHTMAMBA_PROCESS(requantize<C>, norms, products, row_scales, convolved, gates, projected, run);
  LIGHTMAMBA_PROCESS(convolve<C>, convolved, records, contexts, shared, x, unit_index, run);
  LIGHTMAMBA_PROCESS(prepare_scan<C>, states, x, operands, channels, gate_shifts, unit_index, run);
  LIGHTMAMBA_PROCESS(selective_scan<C>, operands, channels, state_words, y, new_words, new_contexts, run);
  LIGHTMAMBA_PROCESS(send_state<C>, new_words, new_contexts, state_out, run);
  LIGHTMAMBA_PROCESS(gate<C>, gate_table, gate_shifts, y, gates, gated, run);
  LIGHTMAMBA_PROCESS(send_results<C>, result_in, shared, gated, projected, done, result_out, unit_index, run);
}

}  // namespace lightmamba

#endif

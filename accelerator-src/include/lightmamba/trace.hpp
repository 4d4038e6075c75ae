/// @file
/// The trace port (formats.md, section 6).
#ifndef LIGHTMAMBA_TRACE_HPP
#define LIGHTMAMBA_TRACE_HPP

#include "lightmamba/lane_beat.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Writes one vector of each of the lanes [first, last), lane after lane from word `base` on; a beat is a word. The
/// lanes arrive mixed, so single words are written, not bursts.
template <typename C>
void trace_vectors(hls::stream<ValueBeat>& values, Word* trace, int base, int beats, int first, int last) {
#pragma HLS INLINE off
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  clear_counts<C::kLanes>(count);
TRACE_BEAT:
  for (int i = 0; i < (last - first) * beats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=32000
    const ValueBeat beat = values.read();
    const int lane = beat.lane.to_int();
    trace[base + (lane - first) * beats + count[lane]] = beat.values;
    ++count[lane];
  }
}

/// Process: the only writer of the port `trace`: per step and layer the residuals of all lanes, then the logits of the
/// lanes that have them, each where the start asks for it, without gaps.
template <typename C>
void write_trace(hls::stream<ValueBeat>& residuals, hls::stream<ValueBeat>& logits, Word* trace, const Run run,
                 int trace_layers, int trace_logits) {
  typedef Schedule<C> S;
  const int steps = steps_of<C::kLanes>(run);
  const int layers = trace_layers != 0 ? C::kLayers : 0;
  int next = 0;
TRACE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    const int first_logit = first_logit_lane<C::kLanes>(run, step);
  TRACE_LAYER:
    for (int layer = 0; layer < layers; ++layer) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=0 max=64
      trace_vectors<C>(residuals, trace, next, S::kModelBeats, 0, active);
      next += active * S::kModelBeats;
    }
    if (trace_logits != 0) {
      trace_vectors<C>(logits, trace, next, S::kLogitBeats, first_logit, active);
      next += (active - first_logit) * S::kLogitBeats;
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// Greedy sampling (numerics.md, section 9).
#ifndef LIGHTMAMBA_ARGMAX_HPP
#define LIGHTMAMBA_ARGMAX_HPP

#include "lightmamba/lane_beat.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Finds the largest logit of each of the lanes [first, last), the lowest index on ties. Tail: a constant.
/// @param best_index where the lanes' indices go
template <typename C>
void argmax_lanes(hls::stream<ValueBeat>& logits, hls::stream<ValueBeat>& traced, int (&best_index)[C::kLanes],
                  int first, int last, bool trace) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  constexpr int kLevels = exact_log2(kBeatValues);
  LIGHTMAMBA_MEMORY(int, best, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=best complete
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  clear_counts<C::kLanes>(count);
ARGMAX_BEAT:
  for (int i = 0; i < (last - first) * S::kLogitBeats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=32000
    const ValueBeat beat = logits.read();
    const int lane = beat.lane.to_int();
    const int at = count[lane];
    ++count[lane];
    int value[kBeatValues];
#pragma HLS ARRAY_PARTITION variable=value complete
    int place[kBeatValues];
#pragma HLS ARRAY_PARTITION variable=place complete
  ARGMAX_VALUE:
    for (int v = 0; v < kBeatValues; ++v) {
#pragma HLS UNROLL
      value[v] = element<32>(beat.values, v).to_int();
      place[v] = v;
    }
    // Neighbours first, so that of equal logits the left one stays; the first of a beat always exists.
  ARGMAX_LEVEL:
    for (int level = 0; level < kLevels; ++level) {
#pragma HLS UNROLL
    ARGMAX_PAIR:
      for (int pair = 0; pair < kBeatValues / 2; ++pair) {
#pragma HLS UNROLL
        const int left = pair << (level + 1);
        const int right = left + (1 << level);
        if (right < kBeatValues && at * kBeatValues + place[right & (kBeatValues - 1)] < C::kVocabulary &&
            value[right & (kBeatValues - 1)] > value[left & (kBeatValues - 1)]) {
          value[left] = value[right & (kBeatValues - 1)];
          place[left] = place[right & (kBeatValues - 1)];
        }
      }
    }
    if (at == 0 || value[0] > best[lane]) {
      best[lane] = value[0];
      best_index[lane] = at * kBeatValues + place[0];
    }
    if (trace) {
      traced.write(beat);
    }
  }
}

/// Process: the largest logit of every step and lane that has logits, the lowest index on ties.
/// @param decoded ids for the next step, in decode; @param output ids for `token_out`
/// @param traced logits for the trace
template <typename C>
void argmax(hls::stream<ValueBeat>& logits, hls::stream<Value>& decoded, hls::stream<Value>& output,
            hls::stream<ValueBeat>& traced, const Run run, int trace_logits) {
  LIGHTMAMBA_MEMORY(int, best_index, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=best_index complete
  const int steps = steps_of<C::kLanes>(run);
ARGMAX_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    const int first_logit = first_logit_lane<C::kLanes>(run, step);
    argmax_lanes<C>(logits, traced, best_index, first_logit, active, trace_logits != 0);
  ARGMAX_LANE:
    for (int lane = first_logit; lane < active; ++lane) {
    // A lane or eight a step; Vitis pipelines a loop without a pragma by itself.
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
      if (run.decode != 0 && step < steps - 1) {
        decoded.write(Value(best_index[lane]));
      }
      output.write(Value(best_index[lane]));
    }
  }
}

/// Process: the only writer of `token_out`.
template <typename C>
void write_tokens(hls::stream<Value>& output, int* token_out, const Run run) {
  const int steps = steps_of<C::kLanes>(run);
  int next = 0;
WRITE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int count = logit_lanes<C::kLanes>(run, step);
  WRITE_ID:
    for (int i = 0; i < count; ++i) {
    // The next id comes a whole step later, and Vitis pipelines a loop without a pragma by itself.
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
      token_out[next] = output.read().to_int();
      ++next;
    }
  }
}

}  // namespace lightmamba

#endif

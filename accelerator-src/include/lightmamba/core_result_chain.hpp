/// @file
/// The core's ends of the result chain: rounds of U values become beats of kBeatValues (formats.md, section 5).
#ifndef LIGHTMAMBA_CORE_RESULT_CHAIN_HPP
#define LIGHTMAMBA_CORE_RESULT_CHAIN_HPP

#include "lightmamba/lane_beat.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Process: opens the result chain of a start, so that both ends of the chain are real ports.
inline void open_results(hls::stream<ResultBeat>& out) { out.write(ResultBeat(0)); }

/// What a segment of the result chain holds.
enum ResultKind { kSharedResults, kChannelResults, kOutResults, kHeadResults };

/// Hands one aligned beat to the stream of its kind.
inline void route_results(const ValueBeat& beat, int kind, hls::stream<ValueBeat>& shared,
                          hls::stream<ValueBeat>& gated, hls::stream<ValueBeat>& projected,
                          hls::stream<ValueBeat>& logits) {
#pragma HLS INLINE
  if (kind == kSharedResults) {
    shared.write(beat);
  } else if (kind == kChannelResults) {
    gated.write(beat);
  } else if (kind == kOutResults) {
    projected.write(beat);
  } else {
    logits.write(beat);
  }
}

/// Takes a segment off the chain: for a block of rounds, for a lane, for a round of the block, kRoundBeats beats.
/// Each lane has an aligner: what does not fill a beat of 16 waits for the next round. Padding is dropped. Tail: the
/// loop drains, then one beat a lane with what is left.
/// @param rounds rounds of the segment; @param block_rounds rounds of a block; @param entries values of a lane
/// @param first, last lanes [first, last) take part
template <typename C>
void align_segment(hls::stream<ResultBeat>& in, hls::stream<ValueBeat>& shared, hls::stream<ValueBeat>& gated,
                   hls::stream<ValueBeat>& projected, hls::stream<ValueBeat>& logits, int kind, int rounds,
                   int block_rounds, int entries, int first, int last) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(Word, kept, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=kept complete
  constexpr int kFillBits = exact_log2(kBeatValues);
  LIGHTMAMBA_MEMORY(ap_uint<kFillBits>, fill, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=fill complete
ALIGN_CLEAR:
  for (int lane = 0; lane < C::kLanes; ++lane) {
#pragma HLS UNROLL
    kept[lane] = 0;
    fill[lane] = 0;
  }
  int lane = first;
  int beat = 0;
  int round = 0;                             // of the block
  int in_block = min_of(block_rounds, rounds);
  int rounds_left = rounds;                  // from the block's first on
  int entry = 0;                             // of the round's first value
  int block_entry = 0;                       // of the block's first value
  const int beats = rounds * S::kRoundBeats * (last - first);
  // No barrier: a segment is one loop, and no result of a segment waits for another of the same segment.
ALIGN_BEAT:
  for (int i = 0; i < beats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=60000
    const Word data = in.read();
    const int in_round = C::kUnits - beat * kBeatValues;
    const int in_list = entries - entry - beat * kBeatValues;
    const int valid = max_of(0, min_of(kBeatValues, min_of(in_round, in_list)));
    ap_uint<2 * kWordBits> merged = 0;
  ALIGN_MASK:
    for (int v = 0; v < kBeatValues; ++v) {
#pragma HLS UNROLL
      if (v < valid) {
        merged.range(32 * v + 31, 32 * v) = field<32>(data, v);
      }
    }
    const int held = fill[lane].to_int();
    merged = ap_uint<2 * kWordBits>(merged << (32 * held)) | ap_uint<2 * kWordBits>(kept[lane]);
    const ap_uint<kFillBits + 1> filled = static_cast<unsigned>(held + valid);
    if (filled[kFillBits] == 1) {
      ValueBeat aligned;
      aligned.values = merged.range(kWordBits - 1, 0);
      aligned.lane = static_cast<unsigned>(lane);
      route_results(aligned, kind, shared, gated, projected, logits);
      kept[lane] = Word(merged >> kWordBits);
    } else {
      kept[lane] = merged.range(kWordBits - 1, 0);
    }
    fill[lane] = filled.range(kFillBits - 1, 0);
    if (beat < S::kRoundBeats - 1) {
      ++beat;
    } else {
      beat = 0;
      if (round < in_block - 1) {
        ++round;
        entry += C::kUnits;
      } else {
        round = 0;
        if (lane < last - 1) {
          ++lane;
          entry = block_entry;
        } else {
          lane = first;
          entry += C::kUnits;
          block_entry = entry;
          rounds_left -= in_block;
          in_block = min_of(block_rounds, rounds_left);
        }
      }
    }
  }
ALIGN_REST:
  for (int l = first; l < last; ++l) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
    if (fill[l] > 0) {
      ValueBeat aligned;
      aligned.values = kept[l];
      aligned.lane = static_cast<unsigned>(l);
      route_results(aligned, kind, shared, gated, projected, logits);
    }
  }
}

/// Process: the core's end of the result chain. Aligns every lane, splits the results by kind, and passes on that a
/// step's fence has come: then every unit's state of the step is in memory.
template <typename C>
void distribute_results(hls::stream<ResultBeat>& in, hls::stream<ValueBeat>& shared, hls::stream<ValueBeat>& gated,
                        hls::stream<ValueBeat>& projected, hls::stream<ValueBeat>& logits,
                        hls::stream<ap_uint<2> >& fences, const Run run) {
  typedef Schedule<C> S;
  in.read();
  const int steps = steps_of<C::kLanes>(run);
TAKE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    const int first_logit = first_logit_lane<C::kLanes>(run, step);
    int kind = kSharedResults;
  TAKE_SEGMENT:
    for (int segment = 0; segment <= 3 * C::kLayers; ++segment) {
#pragma HLS LOOP_FLATTEN off
      const bool head = segment == 3 * C::kLayers;
      if (head) {
        // Depends on the beat, so that no scheduler sends it earlier.
        fences.write(ap_uint<2>(field<1>(in.read(), 0)));
        kind = kHeadResults;
      }
      const int rounds = kind == kSharedResults    ? S::kSharedRounds
                         : kind == kChannelResults ? S::kChannelRounds
                         : kind == kOutResults     ? S::kOutRounds
                                                   : S::kHeadRounds;
      const int entries = kind == kSharedResults    ? S::kSharedRows
                          : kind == kChannelResults ? C::kInner
                          : kind == kOutResults     ? C::kModel
                                                    : C::kVocabulary;
      align_segment<C>(in, shared, gated, projected, logits, kind, rounds,
                       kind == kChannelResults ? S::kChannelBlockRounds : 1, entries, head ? first_logit : 0, active);
      kind = kind == kOutResults ? kSharedResults : kind + 1;
    }
  }
}

}  // namespace lightmamba

#endif

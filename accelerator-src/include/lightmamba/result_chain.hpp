/// @file
/// The result chain: 32-bit values from the units, round by round, to the core (formats.md, section 5).
#ifndef LIGHTMAMBA_RESULT_CHAIN_HPP
#define LIGHTMAMBA_RESULT_CHAIN_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A beat that carries one value.
inline ResultBeat result_beat(Value value) {
#pragma HLS INLINE
  ResultBeat beat;
  beat.data = value;
  beat.keep = -1;
  beat.strb = -1;
  beat.last = 1;
  return beat;
}

/// `rounds` rounds: the results of the units before this one, then this one's own.
template <typename C>
void send_rounds(hls::stream<ResultBeat>& in, hls::stream<Value>& own, hls::stream<ResultBeat>& out, int rounds,
                 int unit_index) {
#pragma HLS INLINE off
SEND_ROUND:
  for (int round = 0; round < rounds; ++round) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=30000
  SEND_UNIT:
    for (int unit = 0; unit <= unit_index; ++unit) {
  // No barrier: the loop is one round, and no result of a round waits for another of the same round.
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=32
      if (unit < unit_index) {
        out.write(in.read());
      } else {
        out.write(result_beat(own.read()));
      }
    }
  }
}

/// Process: the only writer of the unit's result chain. The opening beat of a start passes through every unit.
/// @param shared, gated, projected results of the shared, the channel, and the out and head rows
template <typename C>
void send_results(hls::stream<ResultBeat>& in, hls::stream<Value>& shared, hls::stream<Value>& gated,
                  hls::stream<Value>& projected, hls::stream<ResultBeat>& out, int unit_index, int tokens,
                  int logits_for_all) {
  typedef Schedule<C> S;
  out.write(in.read());
SEND_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  SEND_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      send_rounds<C>(in, shared, out, S::kSharedRounds, unit_index);
      send_rounds<C>(in, gated, out, S::kChannelRounds, unit_index);
      send_rounds<C>(in, projected, out, S::kOutRounds, unit_index);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      send_rounds<C>(in, projected, out, S::kHeadRounds, unit_index);
    }
  }
}

/// Process: opens the result chain of a start, so that both ends of the chain are real ports.
inline void open_results(hls::stream<ResultBeat>& out) { out.write(result_beat(Value(0))); }

/// Takes `rounds` rounds off the chain and hands on the first `entries` values; the rest is padding.
template <typename C>
void take_rounds(hls::stream<ResultBeat>& in, hls::stream<Value>& out, int rounds, int entries) {
#pragma HLS INLINE off
TAKE_VALUE:
  for (int i = 0; i < rounds * C::kUnits; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=16 max=60000
    const ResultBeat beat = in.read();
    if (i < entries) {
      out.write(beat.data);
    }
  }
}

/// Process: the core's end of the result chain. Splits it by kind and drops the padding.
template <typename C>
void distribute_results(hls::stream<ResultBeat>& in, hls::stream<Value>& shared, hls::stream<Value>& gated,
                        hls::stream<Value>& projected, hls::stream<Value>& logits, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
  in.read();
TAKE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  TAKE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      take_rounds<C>(in, shared, S::kSharedRounds, S::kSharedRows);
      take_rounds<C>(in, gated, S::kChannelRounds, C::kInner);
      take_rounds<C>(in, projected, S::kOutRounds, C::kModel);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      take_rounds<C>(in, logits, S::kHeadRounds, C::kVocabulary);
    }
  }
}

}  // namespace lightmamba

#endif

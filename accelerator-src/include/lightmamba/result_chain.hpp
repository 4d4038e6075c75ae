/// @file
/// A unit's part of the result chain: beats of 16 values, round by round, to the core (formats.md, section 5).
#ifndef LIGHTMAMBA_RESULT_CHAIN_HPP
#define LIGHTMAMBA_RESULT_CHAIN_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// `rounds` rounds of one lane each: the beats of the units before this one, with this one's value in its place.
/// Unit 0 makes the beats.
template <typename C>
void send_rounds(hls::stream<ResultBeat>& in, hls::stream<Value>& own, hls::stream<ResultBeat>& out, int rounds,
                 int unit_index) {
#pragma HLS INLINE off
  constexpr int kBeats = Schedule<C>::kRoundBeats;
  const int own_beat = unit_index / kBeatValues;
  const int own_slot = unit_index % kBeatValues;
  int beat_of_round = 0;
SEND_BEAT:
  for (int i = 0; i < rounds * kBeats; ++i) {
  // No barrier: the loop is one segment, and no result of a segment waits for another of the same segment.
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=60000
    Word word = unit_index == 0 ? Word(0) : in.read();
    if (beat_of_round == own_beat) {
      const Value value = own.read();
    SEND_SLOT:
      for (int slot = 0; slot < kBeatValues; ++slot) {
#pragma HLS UNROLL
        if (slot == own_slot) {
          word.range(32 * slot + 31, 32 * slot) = value;
        }
      }
    }
    out.write(word);
    beat_of_round = beat_of_round == kBeats - 1 ? 0 : beat_of_round + 1;
  }
}

/// Process: the only writer of the unit's result chain. The opening beat of a start passes through every unit; the
/// fence of a step passes when the memory has acknowledged the state of the step.
/// @param shared, gated, projected results of the shared, the channel, and the out and head rows
/// @param done one beat a step, from the memory kernel
template <typename C>
void send_results(hls::stream<ResultBeat>& in, hls::stream<Value>& shared, hls::stream<Value>& gated,
                  hls::stream<Value>& projected, hls::stream<SignalBeat>& done, hls::stream<ResultBeat>& out,
                  int unit_index, Run run) {
  typedef Schedule<C> S;
  const int steps = steps_of<C::kLanes>(run);
  out.write(in.read());
SEND_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int lanes = active_lanes<C::kLanes>(run, step);
  SEND_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      send_rounds<C>(in, shared, out, S::kSharedRounds * lanes, unit_index);
      send_rounds<C>(in, gated, out, S::kChannelRounds * lanes, unit_index);
      send_rounds<C>(in, projected, out, S::kOutRounds * lanes, unit_index);
    }
    const SignalBeat written = done.read();
    const Word fence = unit_index == 0 ? Word(0) : in.read();
    // The fence depends on the beat, so that no scheduler sends it earlier.
    out.write(Word(fence | Word(written)));
    send_rounds<C>(in, projected, out, S::kHeadRounds * logit_lanes<C::kLanes>(run, step), unit_index);
  }
}

}  // namespace lightmamba

#endif

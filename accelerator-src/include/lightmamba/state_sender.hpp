/// @file
/// The new state of a unit, in beats, to its memory kernel.
#ifndef LIGHTMAMBA_STATE_SENDER_HPP
#define LIGHTMAMBA_STATE_SENDER_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A word of new state, or the mark that closes a step.
struct StateWord {
  Word word;
  bool closing;
};

/// Process: four beats a word, low bits first, and one closing beat a step.
template <typename C>
void send_state(hls::stream<StateWord>& words, hls::stream<StateBeat>& out, Run run) {
  typedef Schedule<C> S;
  constexpr int kMostBeats =
      (C::kStateInMemory != 0 ? S::kMaxStateWords * C::kSlots * kStateBeats : 0) + 1;
  const int steps = steps_of<C::kLanes>(run);
STATE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    StateWord item = {};
    bool open = true;
  STATE_BEAT:
    for (int i = 0; i < kMostBeats && open; ++i) {
  // Over the layers of a step: the pipeline flushes, so that no state waits for the next layer's.
#pragma HLS PIPELINE II=1 style=flp
      if (i % kStateBeats == 0) {
        item = words.read();
      }
      out.write(beat_of<StateBeat>(ap_uint<kStateBeatBits>(item.word.range(kStateBeatBits - 1, 0)), true));
      item.word = item.word >> kStateBeatBits;
      open = !item.closing;
    }
  }
}

}  // namespace lightmamba

#endif

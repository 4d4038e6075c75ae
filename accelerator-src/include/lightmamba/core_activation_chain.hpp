/// @file
/// The core's ends of the activation chain: the order of the messages, and the wait for a step's fence (formats.md, 5).
#ifndef LIGHTMAMBA_CORE_ACTIVATION_CHAIN_HPP
#define LIGHTMAMBA_CORE_ACTIVATION_CHAIN_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Moves the messages of all lanes, `words` words in all, onto the chain. Tail: a constant.
inline void send_messages(hls::stream<Word>& messages, hls::stream<ActivationBeat>& out, int words) {
#pragma HLS INLINE off
MERGE_WORD:
  for (int i = 0; i < words; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=1600
    out.write(messages.read());
  }
}

/// Process: the only writer of the activation chain, in the fixed order of the messages, then the closing word.
/// A step's first message waits for the fence of the step before.
template <typename C>
void merge_activations(hls::stream<Word>& model, hls::stream<Word>& state, hls::stream<Word>& inner,
                       hls::stream<ap_uint<2> >& fences, hls::stream<ActivationBeat>& out, const Run run) {
  typedef Schedule<C> S;
  const int steps = steps_of<C::kLanes>(run);
  int behind_fence = 0;
MERGE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
  MERGE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      send_messages(model, out, active * S::model_message_words(run.activation_bits) + behind_fence);
      behind_fence = 0;
      send_messages(state, out, active * S::kStateMessageWords);
      send_messages(inner, out, active * S::inner_message_words(run.activation_bits));
    }
    send_messages(model, out, logit_lanes<C::kLanes>(run, step) * S::kHeadMessageWords);
    // A fence is 0 or 1. The next message's length depends on it, so that no scheduler sends the message earlier.
    behind_fence = fences.read() == 3 ? 1 : 0;
  }
  out.write(ActivationBeat(0));
}

/// Process: takes the closing word that the last unit returns, so that both ends of the chain are real ports.
inline void close_activations(hls::stream<ActivationBeat>& in) { in.read(); }

}  // namespace lightmamba

#endif

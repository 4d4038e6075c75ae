/// @file
/// A unit's end of the activation chain: 512-bit words from the core through every unit (formats.md, section 5).
#ifndef LIGHTMAMBA_ACTIVATION_CHAIN_HPP
#define LIGHTMAMBA_ACTIVATION_CHAIN_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Takes `count` messages of `words` words from the chain, hands them to `local` and, where asked, on to the next unit.
/// @return messages taken
template <typename C>
int receive_messages(hls::stream<ActivationBeat>& in, hls::stream<ActivationBeat>& out, hls::stream<Word>& local,
                     int words, int count, bool forward) {
#pragma HLS INLINE off
  int taken = 0;
RECEIVE_MESSAGE:
  for (int message = 0; message < count; ++message) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
  RECEIVE_WORD:
    for (int i = 0; i < words; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=4 max=200
      const ActivationBeat beat = in.read();
      if (forward) {
        out.write(beat);
      }
      local.write(beat);
    }
    ++taken;
  }
  return taken;
}

/// Process: splits vectors (to the multiplier) from SSM messages (to the scan). When the first message of a step but
/// the first has arrived, the state of the step before is in the memory (the core waited for the fence): go.
/// The closing word of a start is forwarded by every unit, the last one included: it ends the ring in the core.
template <typename C>
void receive_activations(hls::stream<ActivationBeat>& in, hls::stream<ActivationBeat>& out, hls::stream<Word>& vectors,
                         hls::stream<Word>& states, hls::stream<SignalBeat>& go, int unit_index, Run run) {
  typedef Schedule<C> S;
  const bool forward = unit_index != C::kUnits - 1;
  const int steps = steps_of<C::kLanes>(run);
  const int model_words = S::model_message_words(run.activation_bits);
  const int inner_words = S::inner_message_words(run.activation_bits);
RECEIVE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int lanes = active_lanes<C::kLanes>(run, step);
  RECEIVE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const bool first = layer == 0 && step > 0;
      const int taken = receive_messages<C>(in, out, vectors, model_words, 1, forward);
      if (first) {
        // The contents depend on the message, so that no scheduler sends it earlier.
        go.write(SignalBeat(taken));
      }
      receive_messages<C>(in, out, vectors, model_words, lanes - 1, forward);
      receive_messages<C>(in, out, states, S::kStateMessageWords, lanes, forward);
      receive_messages<C>(in, out, vectors, inner_words, lanes, forward);
    }
    receive_messages<C>(in, out, vectors, S::kHeadMessageWords, logit_lanes<C::kLanes>(run, step), forward);
  }
  out.write(in.read());
}

}  // namespace lightmamba

#endif

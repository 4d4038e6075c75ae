/// @file
/// The activation chain: 512-bit words from the core through every unit (formats.md, section 5).
#ifndef LIGHTMAMBA_ACTIVATION_CHAIN_HPP
#define LIGHTMAMBA_ACTIVATION_CHAIN_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A beat that carries one word.
inline ActivationBeat activation_beat(const Word& word) {
#pragma HLS INLINE
  ActivationBeat beat;
  beat.data = word;
  beat.keep = ~ap_uint<kWordBytes>(0);
  beat.strb = ~ap_uint<kWordBytes>(0);
  beat.last = 1;
  return beat;
}

/// Takes one message of `words` words from the chain, hands it to `local` and, where asked, on to the next unit.
template <typename C>
void receive_message(hls::stream<ActivationBeat>& in, hls::stream<ActivationBeat>& out, hls::stream<Word>& local,
                     int words, bool forward) {
#pragma HLS INLINE off
RECEIVE_WORD:
  for (int i = 0; i < words; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=4 max=200
    const ActivationBeat beat = in.read();
    if (forward) {
      out.write(beat);
    }
    local.write(beat.data);
  }
}

/// Process: the unit's end of the activation chain. Splits vectors (to the multiplier) from SSM messages (to the scan).
/// The closing word of a start is forwarded by every unit, the last one included: it ends the ring in the core.
template <typename C>
void receive_activations(hls::stream<ActivationBeat>& in, hls::stream<ActivationBeat>& out, hls::stream<Word>& vectors,
                         hls::stream<Word>& states, int unit_index, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
  const bool forward = unit_index != C::kUnits - 1;
RECEIVE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  RECEIVE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      receive_message<C>(in, out, vectors, S::kModelMessageWords, forward);
      receive_message<C>(in, out, states, S::kStateMessageWords, forward);
      receive_message<C>(in, out, vectors, S::kInnerMessageWords, forward);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      receive_message<C>(in, out, vectors, S::kHeadMessageWords, forward);
    }
  }
  out.write(in.read());
}

/// Moves one message of `words` words onto the chain.
inline void send_message(hls::stream<Word>& message, hls::stream<ActivationBeat>& out, int words) {
#pragma HLS INLINE off
SEND_WORD:
  for (int i = 0; i < words; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=4 max=200
    out.write(activation_beat(message.read()));
  }
}

/// Process: the only writer of the activation chain, in the fixed order of the messages, then the closing word.
template <typename C>
void merge_activations(hls::stream<Word>& model, hls::stream<Word>& state, hls::stream<Word>& inner,
                       hls::stream<ActivationBeat>& out, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
MERGE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  MERGE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      send_message(model, out, S::kModelMessageWords);
      send_message(state, out, S::kStateMessageWords);
      send_message(inner, out, S::kInnerMessageWords);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      send_message(model, out, S::kHeadMessageWords);
    }
  }
  out.write(activation_beat(Word(0)));
}

/// Process: takes the closing word that the last unit returns, so that both ends of the chain are real ports.
inline void close_activations(hls::stream<ActivationBeat>& in) { in.read(); }

}  // namespace lightmamba

#endif

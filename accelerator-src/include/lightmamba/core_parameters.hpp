/// @file
/// The memory side of the core: one linear read of its image and its split by consumer (formats.md, section 3).
#ifndef LIGHTMAMBA_CORE_PARAMETERS_HPP
#define LIGHTMAMBA_CORE_PARAMETERS_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Copies `count` consecutive words of the core image into a stream: one long burst.
inline void read_parameter_words(const Word* parameters, int first, int count, hls::stream<Word>& words) {
#pragma HLS INLINE off
PARAMETER_WORD:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=16 max=20000
    words.write(parameters[first + i]);
  }
}

/// Process: the only reader of the port `parameters`: the tables once, then the layers for every step.
template <typename C>
void read_parameters(const Word* parameters, hls::stream<Word>& words, const Run run) {
  typedef Schedule<C> S;
  read_parameter_words(parameters, 0, S::kCoreTableWords, words);
  const int steps = steps_of<C::kLanes>(run);
PARAMETER_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    read_parameter_words(parameters, S::kCoreTableWords, C::kLayers * S::kCoreLayerWords, words);
  }
}

/// Moves `count` words of the core image from one stream to another.
inline void route_parameter_words(hls::stream<Word>& from, hls::stream<Word>& to, int count) {
#pragma HLS INLINE off
ROUTE_PARAMETER_WORD:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    to.write(from.read());
  }
}

/// Process: splits the core image between the residual, its norm, the SSM message and the gated norm. The words of a
/// layer are there before its results, so they are no part of any tail.
template <typename C>
void route_parameters(hls::stream<Word>& words, hls::stream<Word>& to_residual, hls::stream<Word>& to_norm,
                      hls::stream<Word>& to_state, hls::stream<Word>& to_gated, const Run run) {
  typedef Schedule<C> S;
ROUTE_RSQRT:
  for (int i = 0; i < S::kRsqrtWords; ++i) {
#pragma HLS PIPELINE II=1
    const Word word = words.read();
    to_norm.write(word);
    to_gated.write(word);
  }
  route_parameter_words(words, to_state, S::kExp2Words + S::kLog1pWords);
  const Word constants = words.read();
  to_residual.write(constants);
  to_norm.write(constants);
  to_state.write(constants);
  const int steps = steps_of<C::kLanes>(run);
ROUTE_PARAMETER_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  ROUTE_PARAMETER_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word layer_word = words.read();
      to_state.write(layer_word);
      to_gated.write(layer_word);
      route_parameter_words(words, to_state, S::kHeadRecordWords);
      route_parameter_words(words, to_gated, S::kGainWords);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The memory side of the core: one linear read of its image and its split by consumer (formats.md, section 3).
#ifndef LIGHTMAMBA_CORE_PARAMETERS_HPP
#define LIGHTMAMBA_CORE_PARAMETERS_HPP

#include "lightmamba/weight_reader.hpp"

namespace lightmamba {

/// Process: the only reader of the port `parameters`: the tables once, then the layers for every token.
template <typename C>
void read_parameters(const Word* parameters, hls::stream<Word>& words, int tokens) {
  typedef Schedule<C> S;
  read_words(parameters, 0, S::kCoreTableWords, words);
PARAMETER_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    read_words(parameters, S::kCoreTableWords, C::kLayers * S::kCoreLayerWords, words);
  }
}

/// Process: splits the core image between the residual, its norm, the SSM message and the gated norm.
template <typename C>
void route_parameters(hls::stream<Word>& words, hls::stream<Word>& to_residual, hls::stream<Word>& to_norm,
                      hls::stream<Word>& to_state, hls::stream<Word>& to_gated, int tokens) {
  typedef Schedule<C> S;
ROUTE_RSQRT:
  for (int i = 0; i < S::kRsqrtWords; ++i) {
#pragma HLS PIPELINE II=1
    const Word word = words.read();
    to_norm.write(word);
    to_gated.write(word);
  }
  route_words(words, to_state, S::kExp2Words + S::kLog1pWords);
  const Word constants = words.read();
  to_residual.write(constants);
  to_norm.write(constants);
  to_state.write(constants);
ROUTE_PARAMETER_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  ROUTE_PARAMETER_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word layer_word = words.read();
      to_state.write(layer_word);
      to_gated.write(layer_word);
      route_words(words, to_state, S::kHeadRecordWords);
      route_words(words, to_gated, S::kGainWords);
    }
  }
}

}  // namespace lightmamba

#endif

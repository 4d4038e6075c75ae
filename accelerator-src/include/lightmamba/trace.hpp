/// @file
/// The trace port (formats.md, section 6).
#ifndef LIGHTMAMBA_TRACE_HPP
#define LIGHTMAMBA_TRACE_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Writes one vector of `length` values from word `first` on, 16 to a word; answers the word after it.
template <typename C>
int trace_vector(hls::stream<Value>& values, Word* trace, int first, int length) {
#pragma HLS INLINE off
  constexpr int kPerWord = Schedule<C>::kEntriesPerWord;
TRACE_WORD:
  for (int base = 0; base < length; base += kPerWord) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=4000
    Word word = 0;
  TRACE_VALUE:
    for (int i = 0; i < kPerWord; ++i) {
#pragma HLS PIPELINE II=1
      if (base + i < length) {
        word.range(32 * i + 31, 32 * i) = as_bits(values.read());
      }
    }
    trace[first + base / kPerWord] = word;
  }
  return first + ceil_div(length, kPerWord);
}

/// Process: the only writer of the port `trace`: per token the residual after every layer, then the logits, each where
/// the start asks for it and the token has it, without gaps.
template <typename C>
void write_trace(hls::stream<Value>& residuals, hls::stream<Value>& logits, Word* trace, int tokens,
                 int logits_for_all, int trace_layers, int trace_logits) {
  int next = 0;
TRACE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int layers = trace_layers != 0 ? C::kLayers : 0;
  TRACE_LAYER:
    for (int layer = 0; layer < layers; ++layer) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=0 max=64
      next = trace_vector<C>(residuals, trace, next, C::kModel);
    }
    if (trace_logits != 0 && has_logits(token, tokens, logits_for_all)) {
      next = trace_vector<C>(logits, trace, next, C::kVocabulary);
    }
  }
}

}  // namespace lightmamba

#endif

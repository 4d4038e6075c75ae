/// @file
/// Greedy sampling (numerics.md, section 9).
#ifndef LIGHTMAMBA_ARGMAX_HPP
#define LIGHTMAMBA_ARGMAX_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Process: the largest logit of every token that has logits, the lowest index on ties.
/// @param decoded ids for the next token, in decode; @param output ids for `token_out`
/// @param traced logits for the trace
template <typename C>
void argmax(hls::stream<Value>& logits, hls::stream<Value>& decoded, hls::stream<Value>& output,
            hls::stream<Value>& traced, int tokens, int logits_for_all, int decode, int trace_logits) {
ARGMAX_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    if (has_logits(token, tokens, logits_for_all)) {
      int best = 0;
      int best_index = 0;
    ARGMAX_LOGIT:
      for (int i = 0; i < C::kVocabulary; ++i) {
#pragma HLS PIPELINE II=1
        const Value logit = logits.read();
        if (i == 0 || logit.to_int() > best) {
          best = logit.to_int();
          best_index = i;
        }
        if (trace_logits != 0) {
          traced.write(logit);
        }
      }
      output.write(Value(best_index));
      if (decode != 0 && token < tokens - 1) {
        decoded.write(Value(best_index));
      }
    }
  }
}

/// Process: the only writer of `token_out`.
inline void write_tokens(hls::stream<Value>& output, int* token_out, int tokens, int logits_for_all) {
  const int count = logits_for_all != 0 ? tokens : 1;
WRITE_ID:
  for (int token = 0; token < count; ++token) {
  // The next id comes a whole token later, and Vitis pipelines a loop without a pragma by itself.
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    token_out[token] = output.read().to_int();
  }
}

}  // namespace lightmamba

#endif

/// @file
/// Token ids and embedding rows (formats.md, sections 4 and 6).
#ifndef LIGHTMAMBA_EMBEDDING_HPP
#define LIGHTMAMBA_EMBEDDING_HPP

#include "lightmamba/schedule.hpp"

/// A simulation is told when a token begins; nothing in hardware.
#if defined(LIGHTMAMBA_CSIM) && !defined(__SYNTHESIS__)
extern "C" void lightmamba_token_begins(int token);
#define LIGHTMAMBA_TOKEN_BEGINS(token) lightmamba_token_begins(token)
#else
#define LIGHTMAMBA_TOKEN_BEGINS(token)
#endif

namespace lightmamba {

/// Process: the only reader of `token_in`: every id of a prefill, the first id of a decode.
inline void read_tokens(const int* token_in, hls::stream<Value>& given, int tokens, int decode) {
  const int count = decode != 0 ? 1 : tokens;
READ_ID:
  for (int token = 0; token < count; ++token) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    given.write(Value(token_in[token]));
  }
}

/// Process: the id of every token: given, or in decode the argmax of the token before.
inline void select_tokens(hls::stream<Value>& given, hls::stream<Value>& decoded, hls::stream<Value>& ids, int tokens,
                          int decode) {
SELECT_ID:
  for (int token = 0; token < tokens; ++token) {
  // The next id comes a whole token later, and Vitis pipelines a loop without a pragma by itself.
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    if (decode != 0 && token > 0) {
      ids.write(decoded.read());
    } else {
      ids.write(given.read());
    }
  }
}

/// Process: the only reader of the port `embedding`: one row a token.
template <typename C>
void read_embeddings(const Word* embedding, hls::stream<Value>& ids, hls::stream<Word>& rows, int tokens) {
EMBED_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    LIGHTMAMBA_TOKEN_BEGINS(token);
    const int first = ids.read().to_int() * Schedule<C>::kEmbeddingRowWords;
  EMBED_WORD:
    for (int i = 0; i < Schedule<C>::kEmbeddingRowWords; ++i) {
#pragma HLS PIPELINE II=1
      rows.write(embedding[first + i]);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// Token ids and embedding rows (formats.md, sections 4 and 6).
#ifndef LIGHTMAMBA_EMBEDDING_HPP
#define LIGHTMAMBA_EMBEDDING_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

/// A simulation is told when a step begins, by its first token; nothing in hardware.
#if defined(LIGHTMAMBA_CSIM) && !defined(__SYNTHESIS__)
extern "C" void lightmamba_token_begins(int token);
#define LIGHTMAMBA_TOKEN_BEGINS(token) lightmamba_token_begins(token)
#else
#define LIGHTMAMBA_TOKEN_BEGINS(token)
#endif

namespace lightmamba {

/// Process: the only reader of `token_in`: every id of a prefill, the ids of the first step of a decode.
inline void read_tokens(const int* token_in, hls::stream<Value>& given, const Run run) {
  const int count = run.decode != 0 ? run.sequences : run.tokens * run.sequences;
READ_ID:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=4096
    given.write(Value(token_in[i]));
  }
}

/// Process: the id of every step and lane: given, or in decode the argmax of the lane's step before.
template <typename C>
void select_tokens(hls::stream<Value>& given, hls::stream<Value>& decoded, hls::stream<Value>& ids, const Run run) {
  const int steps = steps_of<C::kLanes>(run);
SELECT_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
  SELECT_ID:
    for (int lane = 0; lane < active; ++lane) {
    // In decode the next id comes a whole step later, and Vitis pipelines a loop without a pragma by itself.
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
      if (run.decode != 0 && step > 0) {
        ids.write(decoded.read());
      } else {
        ids.write(given.read());
      }
    }
  }
}

/// One row of the embedding image. Tail: the memory's latency and a constant.
template <typename C>
void read_row(const Word* embedding, int first, hls::stream<Word>& rows) {
#pragma HLS INLINE off
EMBED_WORD:
  for (int i = 0; i < Schedule<C>::kEmbeddingRowWords; ++i) {
#pragma HLS PIPELINE II=1
    rows.write(embedding[first + i]);
  }
}

/// Process: the only reader of the port `embedding`: one row a lane and step.
template <typename C>
void read_embeddings(const Word* embedding, hls::stream<Value>& ids, hls::stream<Word>& rows, const Run run) {
  const int steps = steps_of<C::kLanes>(run);
EMBED_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    LIGHTMAMBA_TOKEN_BEGINS(is_chunked(run) ? step * C::kLanes : step);
  EMBED_LANE:
    for (int lane = 0; lane < active; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
      read_row<C>(embedding, ids.read().to_int() * Schedule<C>::kEmbeddingRowWords, rows);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The residual stream (numerics.md, section 3).
#ifndef LIGHTMAMBA_RESIDUAL_HPP
#define LIGHTMAMBA_RESIDUAL_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Process: the owner of the residual. Starts it from the embedding row, adds every layer's out rows, hands it on in
/// front of every layer and of the head, and to the trace after every layer.
/// @param constants one word: fE - fR at byte 24
/// @param embeddings rows of the embedding image; @param projected out rows, int32
template <typename C>
void residual(hls::stream<Word>& constants, hls::stream<Word>& embeddings, hls::stream<Value>& projected,
              hls::stream<Value>& vectors, hls::stream<Value>& traced, int tokens, int logits_for_all,
              int trace_layers) {
  constexpr int kPerWord = kWordBytes / 2;
  LIGHTMAMBA_MEMORY(Value, r, [C::kModel]);
  const int embedding_shift = signed_bytes_at<8>(constants.read(), C::kEmbeddingShiftByte).to_int();
RESIDUAL_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    Word word = 0;
  RESIDUAL_EMBED:
    for (int i = 0; i < C::kModel; ++i) {
#pragma HLS PIPELINE II=1
      if (i % kPerWord == 0) {
        word = embeddings.read();
      }
      const Value value =
          shift<C::kResidualBits>(signed_field<16>(word, i % kPerWord).to_int64(), embedding_shift);
      r[i] = value;
      vectors.write(value);
    }
  RESIDUAL_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const bool used = layer < C::kLayers - 1 || has_logits(token, tokens, logits_for_all);
    RESIDUAL_ADD:
      for (int i = 0; i < C::kModel; ++i) {
#pragma HLS PIPELINE II=1
        const Value value = sat<C::kResidualBits>(r[i].to_int64() + projected.read().to_int64());
        r[i] = value;
        if (used) {
          vectors.write(value);
        }
        if (trace_layers != 0) {
          traced.write(value);
        }
      }
    }
  }
}

/// Vectors that leave the residual for a token.
template <typename C>
int residual_vectors(int token, int tokens, int logits_for_all) {
  return C::kLayers + (has_logits(token, tokens, logits_for_all) ? 1 : 0);
}

/// Process: the norm of every residual vector, S = sum of r^2 + epsilon; the vector passes through.
/// @param constants the RSQRT table, then one word: epsilon at byte 0
template <typename C>
void norm_residual(hls::stream<Word>& constants, hls::stream<Value>& vectors, hls::stream<Value>& values,
                   hls::stream<Norm>& norms, int tokens, int logits_for_all) {
  LIGHTMAMBA_MEMORY(int, table, [C::kRsqrtEntries]);
  load_table<C>(constants, C::kRsqrtEntries, table);
  const ap_uint<64> epsilon = bytes_at<64>(constants.read(), C::kEpsilonByte);
NORM_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int count = residual_vectors<C>(token, tokens, logits_for_all);
  NORM_VECTOR:
    for (int vector = 0; vector < count; ++vector) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=65
      SquareSum sum = epsilon;
    NORM_SQUARE:
      for (int i = 0; i < C::kModel; ++i) {
#pragma HLS PIPELINE II=1
        const Value value = vectors.read();
        sum += SquareSum(ap_uint<64>(value.to_int64() * value.to_int64()));
        values.write(value);
      }
      norms.write(rsqrt<C>(sum, table));
    }
  }
}

}  // namespace lightmamba

#endif

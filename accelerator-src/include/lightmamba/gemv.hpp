/// @file
/// The matrix-vector product: one weight word a cycle against the vector on chip (numerics.md, section 2).
#ifndef LIGHTMAMBA_GEMV_HPP
#define LIGHTMAMBA_GEMV_HPP

#include "lightmamba/dot_product.hpp"
#include "lightmamba/fixed_point.hpp"
#include "lightmamba/row_scales.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Bits of the exact product of a row (numerics.md, section 6).
constexpr int kAccumulatorBits = 52;

/// The exact product of a row and a vector, with the norm of the vector.
struct Product {
  ap_int<kAccumulatorBits> acc;  ///< sum over groups of m * sum of w*q << (15 - d)
  ap_uint<17> u;                 ///< mantissa of 1/rms
  ap_int<16> t;                  ///< exponent of 1/rms less the vector's exponent
};

/// Takes an ACTIVATION message and multiplies it by `rows` rows.
/// @tparam WeightBits, ActivationBits bits of the rows and of the message
/// @param length elements of the vector and of a row
/// @param group_log2 log2 of the elements of an activation group; @param scale_log2 of a weight group
template <typename C, int WeightBits, int ActivationBits>
void multiply_rows(hls::stream<Word>& vectors, hls::stream<Word>& weights, hls::stream<Mantissas<C> >& mantissas,
                   hls::stream<Product>& products, int rows, int length, int group_log2, int scale_log2) {
#pragma HLS INLINE off
  typedef WordGeometry<C, WeightBits, ActivationBits> G;
  typedef Schedule<C> S;
  typedef DotProduct<Multiplier(C::kMultiplier), WeightBits, ActivationBits, G::kSubgroup, 1, 1> Dot;
  constexpr int kMaxExponentWords = max_of(S::kModelExponentWords, S::kInnerExponentWords);
  LIGHTMAMBA_MEMORY(signed char, values, [G::kMaxRowWords][G::kParts][G::kValues]);
#pragma HLS ARRAY_PARTITION variable=values complete dim=2
#pragma HLS ARRAY_RESHAPE variable=values complete dim=3
  LIGHTMAMBA_MEMORY(unsigned char, shifts, [G::kMaxRowWords][G::kParts][G::kSubgroupsPerPart]);
#pragma HLS ARRAY_PARTITION variable=shifts complete dim=2
#pragma HLS ARRAY_RESHAPE variable=shifts complete dim=3
  LIGHTMAMBA_MEMORY(Word, exponents, [kMaxExponentWords]);

  const int groups = length >> group_log2;
  const int row_words = ceil_div(length, G::kLanes);
  const int value_words = ceil_div(length, G::kValues);
  const int words_per_scale = scale_log2 <= G::kLanesLog2 ? 1 : 1 << (scale_log2 - G::kLanesLog2);
  const Word header = vectors.read();
  const ap_int<16> t = ap_int<16>(signed_bytes_at<32>(header, 0));
  const ap_uint<17> u = ap_uint<17>(bytes_at<32>(header, 4));
  const int exponent_words = ceil_div(groups, S::kExponentsPerWord);
LOAD_EXPONENTS:
  for (int w = 0; w < exponent_words; ++w) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=16
    exponents[w] = vectors.read();
  }
LOAD_VALUES:
  for (int w = 0; w < row_words * G::kParts; ++w) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=256
    // The message ends with its last word of values; the part of the last weight word behind it counts as 0.
    const Word word = w < value_words ? vectors.read() : Word(0);
  LOAD_LANE:
    for (int lane = 0; lane < G::kValues; ++lane) {
#pragma HLS UNROLL
      values[w / G::kParts][w % G::kParts][lane] =
          static_cast<signed char>(signed_field<ActivationBits>(word, lane).to_int());
    }
    // The exponents of a word of values lie in one word: at most 128, from a multiple of their number onwards.
    const int first = min_of((w * G::kValues) >> group_log2, groups - 1);
    const Word packed = exponents[first / S::kExponentsPerWord];
  LOAD_SUBGROUP:
    for (int s = 0; s < G::kSubgroupsPerPart; ++s) {
#pragma HLS UNROLL
      const int a = min_of((w * G::kValues + s * G::kSubgroup) >> group_log2, groups - 1);
      const int d = field<4>(packed, a % S::kExponentsPerWord).to_int();
      shifts[w / G::kParts][w % G::kParts][s] = static_cast<unsigned char>(C::kRelativeExponentMax - d);
    }
  }

  Mantissas<C> scale = {};
  Wide acc = 0;
  int word_of_row = 0;
  int word_of_scale = 0;
MULTIPLY_WORD:
  for (int i = 0; i < rows * row_words; ++i) {
  // Flattened over rows, so a stall must not keep the results of earlier rows back: the pipeline flushes.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=16 max=1000000
    if (word_of_scale == 0) {
      scale = mantissas.read();
    }
    const Word word = weights.read();
    Wide sum = word_of_row == 0 ? 0 : acc;
  MULTIPLY_SLOT:
    for (int slot = 0; slot < G::kSlots; ++slot) {
#pragma HLS UNROLL
      ap_int<G::kSlotBits> slot_sum = 0;
    MULTIPLY_SUBGROUP:
      for (int s = 0; s < G::kSubgroupsPerSlot; ++s) {
#pragma HLS UNROLL
        const int subgroup = slot * G::kSubgroupsPerSlot + s;
        const int part = subgroup / G::kSubgroupsPerPart;
        const int of_part = subgroup % G::kSubgroupsPerPart;
        ap_int<WeightBits> weight[1][G::kSubgroup];
#pragma HLS ARRAY_PARTITION variable=weight complete dim=0
        ap_int<ActivationBits> value[1][G::kSubgroup];
#pragma HLS ARRAY_PARTITION variable=value complete dim=0
      MULTIPLY_LANE:
        for (int e = 0; e < G::kSubgroup; ++e) {
#pragma HLS UNROLL
          weight[0][e] = signed_field<WeightBits>(word, subgroup * G::kSubgroup + e);
          value[0][e] = values[word_of_row][part][of_part * G::kSubgroup + e];
        }
        typename Dot::Sum dot[1][1];
#pragma HLS ARRAY_PARTITION variable=dot complete dim=0
        Dot::sum(weight, value, dot);
        slot_sum += ap_int<G::kShiftedBits>(dot[0][0]) << shifts[word_of_row][part][of_part];
      }
      sum += slot_sum.to_int64() * scale.slot[slot];
    }
    acc = sum;
    word_of_scale = word_of_scale == words_per_scale - 1 ? 0 : word_of_scale + 1;
    if (word_of_row == row_words - 1) {
      Product product;
      product.acc = ap_int<kAccumulatorBits>(sum);
      product.u = u;
      product.t = t;
      products.write(product);
      word_of_row = 0;
      word_of_scale = 0;
    } else {
      ++word_of_row;
    }
  }
}

/// Process: all products of a unit. One vector serves the shared and the channel rows, one the out rows, one the head.
template <typename C>
void multiply(hls::stream<Word>& vectors, hls::stream<Word>& weights, hls::stream<Mantissas<C> >& mantissas,
              hls::stream<Product>& products, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
  constexpr int kModelLog2 = exact_log2(C::kActivationGroupModel);
  constexpr int kInnerLog2 = exact_log2(C::kActivationGroupInner);
  constexpr int kModelScaleLog2 = exact_log2(C::kWeightGroupModel);
  constexpr int kInnerScaleLog2 = exact_log2(C::kWeightGroupInner);
  // Where the head has the bits of the layers, it is one more step of their multipliers; else it has its own.
  constexpr bool kSameBits = C::kHeadBits == C::kWeightBits && kHeadActivationBits == C::kActivationBits;
MULTIPLY_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const bool head = has_logits(token, tokens, logits_for_all);
    const int steps = 2 * C::kLayers + (kSameBits && head ? 1 : 0);
  MULTIPLY_STEP:
    for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=2 max=129
      // One call, so that one array of multipliers serves these segments.
      const bool out = step % 2 == 1;
      const int rows = step == 2 * C::kLayers ? S::kHeadRounds : (out ? S::kOutRounds : S::kInputRows);
      multiply_rows<C, C::kWeightBits, C::kActivationBits>(
          vectors, weights, mantissas, products, rows, out ? C::kInner : C::kModel, out ? kInnerLog2 : kModelLog2,
          out ? kInnerScaleLog2 : kModelScaleLog2);
    }
    if (!kSameBits && head) {
      multiply_rows<C, C::kHeadBits, kHeadActivationBits>(vectors, weights, mantissas, products, S::kHeadRounds,
                                                          C::kModel, kModelLog2, kModelScaleLog2);
    }
  }
}

}  // namespace lightmamba

#endif

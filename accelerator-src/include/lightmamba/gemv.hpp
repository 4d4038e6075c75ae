/// @file
/// The matrix-vector product: one weight word a cycle against the vector on chip (numerics.md, section 2).
#ifndef LIGHTMAMBA_GEMV_HPP
#define LIGHTMAMBA_GEMV_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Bits of the exact product of a row (numerics.md, section 6).
constexpr int kAccumulatorBits = 52;

/// How a weight word is cut: activation subgroups and mantissa slots, fine enough for every segment.
template <typename C>
struct WordGeometry {
  static constexpr int kLanes = Schedule<C>::kLanesPerWord;
  static constexpr int kLanesLog2 = exact_log2(kLanes);
  /// Elements that certainly share an activation exponent.
  static constexpr int kSubgroup = min_of(min_of(C::kActivationGroupModel, C::kActivationGroupInner), kLanes);
  static constexpr int kSubgroups = kLanes / kSubgroup;
  /// Elements that certainly share a weight mantissa.
  static constexpr int kSpan = min_of(min_of(C::kWeightGroupModel, C::kWeightGroupInner), kLanes);
  static constexpr int kSlots = kLanes / kSpan;
  static constexpr int kSubgroupsPerSlot = kSubgroups / kSlots;
  /// Bits of the sum of products of a subgroup, shifted; and of a slot's sum (numerics.md, section 6).
  static constexpr int kDotBits = 20;
  static constexpr int kShiftedBits = kDotBits + C::kRelativeExponentMax;
  static constexpr int kSlotBits = kShiftedBits + 3;
  static_assert(kSubgroup <= 32 && kSubgroupsPerSlot <= 8, "lightmamba: the sums of a weight word are proven for this");
  static_assert(kSpan % kSubgroup == 0, "lightmamba: a weight group is a multiple of an activation group");
};

/// The mantissas of one weight word, slot by slot.
template <typename C>
struct Mantissas {
  unsigned char slot[WordGeometry<C>::kSlots];
};

/// The exact product of a row and a vector, with the norm of the vector.
struct Product {
  ap_int<kAccumulatorBits> acc;  ///< sum over groups of m * sum of w*q << (15 - d)
  ap_uint<17> u;                 ///< mantissa of 1/rms
  ap_int<16> t;                  ///< exponent of 1/rms less the vector's exponent
};

/// Unpacks the scales of `rows` rows: mantissas a weight word at a time, and the row's exponent.
/// @param groups weight groups of a row; @param group_log2 log2 of the elements of a weight group
template <typename C>
void unpack_segment(hls::stream<Word>& scales, hls::stream<Mantissas<C> >& mantissas, hls::stream<ap_int<8> >& kappas,
                    int rows, int groups, int group_log2) {
#pragma HLS INLINE off
  typedef WordGeometry<C> G;
  const int in_word = group_log2 >= G::kLanesLog2 ? 1 : 1 << (G::kLanesLog2 - group_log2);
UNPACK_BLOCK:
  for (int row = 0; row < rows; row += C::kBlockRows) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=2000
    const int bytes = min_of(C::kBlockRows, rows - row) * (groups + 1);
    Word word = 0;
    Mantissas<C> packed = {};
    int index = 0;
    int filled = 0;
  UNPACK_BYTE:
    for (int i = 0; i < bytes; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=2 max=2064
      if (i % kWordBytes == 0) {
        word = scales.read();
      }
      const ap_uint<8> byte = field<8>(word, i % kWordBytes);
      if (index == groups) {
        kappas.write(ap_int<8>(byte));
        index = 0;
      } else {
      UNPACK_SLOT:
        for (int slot = 0; slot < G::kSlots; ++slot) {
#pragma HLS UNROLL
          if (in_word == 1 || (slot * G::kSpan) >> group_log2 == filled) {
            packed.slot[slot] = static_cast<unsigned char>(byte.to_uint());
          }
        }
        ++index;
        ++filled;
        if (filled == in_word || index == groups) {
          mantissas.write(packed);
          filled = 0;
        }
      }
    }
  }
}

/// Process: unpacks the scales of a unit in the order of its rows.
template <typename C>
void unpack_scales(hls::stream<Word>& scales, hls::stream<Mantissas<C> >& mantissas, hls::stream<ap_int<8> >& kappas,
                   int tokens, int logits_for_all) {
  typedef Schedule<C> S;
  const int model_groups = C::kModel / C::kWeightGroupModel;
  const int inner_groups = C::kInner / C::kWeightGroupInner;
  const int model_log2 = exact_log2(C::kWeightGroupModel);
  const int inner_log2 = exact_log2(C::kWeightGroupInner);
UNPACK_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  UNPACK_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      unpack_segment<C>(scales, mantissas, kappas, S::kSharedRounds, model_groups, model_log2);
      unpack_segment<C>(scales, mantissas, kappas, 2 * S::kChannelRounds, model_groups, model_log2);
      unpack_segment<C>(scales, mantissas, kappas, S::kOutRounds, inner_groups, inner_log2);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      unpack_segment<C>(scales, mantissas, kappas, S::kHeadRounds, model_groups, model_log2);
    }
  }
}

/// Takes an ACTIVATION message and multiplies it by `rows` rows.
/// @param groups activation groups of the vector; @param group_log2 log2 of their elements
/// @param row_words words of a row; @param words_per_scale words that share their mantissas
template <typename C>
void multiply_rows(hls::stream<Word>& vectors, hls::stream<Word>& weights, hls::stream<Mantissas<C> >& mantissas,
                   hls::stream<Product>& products, int rows, int groups, int group_log2, int row_words,
                   int words_per_scale) {
#pragma HLS INLINE off
  typedef WordGeometry<C> G;
  typedef Schedule<C> S;
  constexpr int kMaxExponentWords = max_of(S::kModelExponentWords, S::kInnerExponentWords);
  LIGHTMAMBA_MEMORY(signed char, values, [S::kMaxRowWords][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=values complete dim=2
  LIGHTMAMBA_MEMORY(unsigned char, shifts, [S::kMaxRowWords][G::kSubgroups]);
#pragma HLS ARRAY_RESHAPE variable=shifts complete dim=2
  LIGHTMAMBA_MEMORY(Word, exponents, [kMaxExponentWords]);

  const Word header = vectors.read();
  const ap_int<16> t = ap_int<16>(signed_bytes_at<32>(header, 0));
  const ap_uint<17> u = ap_uint<17>(bytes_at<32>(header, 4));
  const int exponent_words = ceil_div(groups, S::kExponentsPerWord);
LOAD_EXPONENTS:
  for (int w = 0; w < exponent_words; ++w) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=4
    exponents[w] = vectors.read();
  }
LOAD_VALUES:
  for (int w = 0; w < row_words; ++w) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=256
    const Word word = vectors.read();
  LOAD_LANE:
    for (int lane = 0; lane < G::kLanes; ++lane) {
#pragma HLS UNROLL
      values[w][lane] = static_cast<signed char>(signed_field<C::kActivationBits>(word, lane).to_int());
    }
  LOAD_SUBGROUP:
    for (int s = 0; s < G::kSubgroups; ++s) {
#pragma HLS UNROLL
      const int a = min_of((w * G::kLanes + s * G::kSubgroup) >> group_log2, groups - 1);
      const int d = field<4>(exponents[a / S::kExponentsPerWord], a % S::kExponentsPerWord).to_int();
      shifts[w][s] = static_cast<unsigned char>(C::kRelativeExponentMax - d);
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
    signed char weight[G::kLanes];
#pragma HLS ARRAY_PARTITION variable=weight complete
  MULTIPLY_UNPACK:
    for (int lane = 0; lane < G::kLanes; ++lane) {
#pragma HLS UNROLL
      weight[lane] = static_cast<signed char>(signed_field<C::kWeightBits>(word, lane).to_int());
    }
    Wide sum = word_of_row == 0 ? 0 : acc;
  MULTIPLY_SLOT:
    for (int slot = 0; slot < G::kSlots; ++slot) {
#pragma HLS UNROLL
      ap_int<G::kSlotBits> slot_sum = 0;
    MULTIPLY_SUBGROUP:
      for (int s = 0; s < G::kSubgroupsPerSlot; ++s) {
#pragma HLS UNROLL
        const int subgroup = slot * G::kSubgroupsPerSlot + s;
        int dot = 0;
      MULTIPLY_LANE:
        for (int e = 0; e < G::kSubgroup; ++e) {
#pragma HLS UNROLL
          const int lane = subgroup * G::kSubgroup + e;
          dot += weight[lane] * values[word_of_row][lane];
        }
        slot_sum += ap_int<G::kShiftedBits>(dot) << shifts[word_of_row][subgroup];
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
  constexpr int kModelGroups = C::kModel / C::kActivationGroupModel;
  constexpr int kInnerGroups = C::kInner / C::kActivationGroupInner;
  constexpr int kModelLog2 = exact_log2(C::kActivationGroupModel);
  constexpr int kInnerLog2 = exact_log2(C::kActivationGroupInner);
  constexpr int kModelScaleWords = max_of(1, C::kWeightGroupModel / WordGeometry<C>::kLanes);
  constexpr int kInnerScaleWords = max_of(1, C::kWeightGroupInner / WordGeometry<C>::kLanes);
MULTIPLY_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int steps = 2 * C::kLayers + (has_logits(token, tokens, logits_for_all) ? 1 : 0);
  MULTIPLY_STEP:
    for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=2 max=129
      // One call, so that one array of multipliers serves every segment.
      const bool head = step == 2 * C::kLayers;
      const bool out = !head && step % 2 == 1;
      const int rows = head ? S::kHeadRounds : (out ? S::kOutRounds : S::kInputRows);
      multiply_rows<C>(vectors, weights, mantissas, products, rows, out ? kInnerGroups : kModelGroups,
                       out ? kInnerLog2 : kModelLog2, out ? S::kInnerRowWords : S::kModelRowWords,
                       out ? kInnerScaleWords : kModelScaleWords);
    }
  }
}

}  // namespace lightmamba

#endif

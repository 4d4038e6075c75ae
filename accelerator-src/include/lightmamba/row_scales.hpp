/// @file
/// The scales of the rows: mantissas a weight word at a time, exponent and bias a row (formats.md, section 2).
#ifndef LIGHTMAMBA_ROW_SCALES_HPP
#define LIGHTMAMBA_ROW_SCALES_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// How a weight word is cut, fine enough for the vectors of both lengths: subgroups share an activation exponent and a
/// mantissa, slots share a mantissa.
/// @tparam WeightBits, ActivationBits 4 or 8; a weight word takes kParts words of activations
template <typename C, int WeightBits, int ActivationBits>
struct WordGeometry {
  static constexpr int kLanes = kWordBits / WeightBits;
  static constexpr int kLanesLog2 = exact_log2(kLanes);
  /// Activations of a word of the message, and such words a weight word.
  static constexpr int kValues = kWordBits / ActivationBits;
  static constexpr int kParts = kLanes / kValues;
  /// Elements that certainly share a weight mantissa.
  static constexpr int kSpan = min_of(min_of(C::kWeightGroupModel, C::kWeightGroupInner), kLanes);
  static constexpr int kSlots = kLanes / kSpan;
  /// Elements that certainly share an activation exponent too.
  static constexpr int kSubgroup = min_of(min_of(C::kActivationGroupModel, C::kActivationGroupInner), kSpan);
  static constexpr int kSubgroupsPerSlot = kSpan / kSubgroup;
  static constexpr int kSubgroupsPerPart = kValues / kSubgroup;
  static constexpr int kMaxRowWords = ceil_div(max_of(C::kModel, C::kInner), kLanes);
  /// Bits of the sum of products of a subgroup, shifted; and of a slot's sum (numerics.md, section 6).
  static constexpr int kDotBits = WeightBits + ActivationBits - 1 + exact_log2(kSubgroup);
  static constexpr int kShiftedBits = kDotBits + C::kRelativeExponentMax;
  static constexpr int kSlotBits = kShiftedBits + exact_log2(kSubgroupsPerSlot);
};

/// The words of in_proj and out_proj, and those of the LM head. They are one type where the bits agree.
template <typename C>
using LayerGeometry = WordGeometry<C, C::kWeightBits, C::kActivationBits>;
template <typename C>
using HeadGeometry = WordGeometry<C, C::kHeadBits, kHeadActivationBits>;

/// The mantissas of one weight word, slot by slot.
template <typename C>
struct Mantissas {
  unsigned char slot[max_of(LayerGeometry<C>::kSlots, HeadGeometry<C>::kSlots)];
};

/// What a row has besides its mantissas.
template <typename C>
struct RowScale {
  ap_int<8> kappa;                       ///< exponent of the row
  ap_int<C::kBias != 0 ? 32 : 1> bias;  ///< in the binary point of the result; 0 where the row has none
};

/// Byte `index` of two adjacent words.
inline unsigned char byte_of_pair(const Word& low, const Word& high, int index) {
#pragma HLS INLINE
  return static_cast<unsigned char>(index < kWordBytes ? field<8>(low, index).to_uint()
                                                       : field<8>(high, index - kWordBytes).to_uint());
}

/// Unpacks the scales of `rows` rows, a weight word at a time: as fast as the multiplier takes them.
/// @tparam G LayerGeometry or HeadGeometry
/// @param groups weight groups of a row; @param group_log2 log2 of the elements of a weight group
/// @param biased whether the rows have biases
template <typename C, typename G>
void unpack_segment(hls::stream<Word>& scales, hls::stream<Mantissas<C> >& mantissas,
                    hls::stream<RowScale<C> >& row_scales, int rows, int groups, int group_log2, bool biased) {
#pragma HLS INLINE off
  constexpr int kBiasBytes = 4;
  static_assert(G::kSlots + 1 + kBiasBytes <= kWordBytes, "lightmamba: a step crosses into one further word at most");
  const int in_word = group_log2 >= G::kLanesLog2 ? 1 : 1 << (G::kLanesLog2 - group_log2);
  const int steps = ceil_div(groups, in_word);
UNPACK_BLOCK:
  for (int row = 0; row < rows; row += C::kBlockRows) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=2000
    Word low = 0;
    Word high = 0;
    int position = kWordBytes;
    int group = 0;
  UNPACK_STEP:
    for (int i = 0; i < min_of(C::kBlockRows, rows - row) * steps; ++i) {
  // No barrier: a block's scales come without a gap in front of its weights, so none waits for these mantissas.
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=4096
      const int count = min_of(in_word, groups - group);
      const bool last = group + count == groups;
      const int taken = count + (last ? 1 + (biased ? kBiasBytes : 0) : 0);
      const bool crosses = position + taken > kWordBytes;
      if (crosses) {
        high = scales.read();
      }
      Mantissas<C> packed = {};
    UNPACK_SLOT:
      for (int slot = 0; slot < G::kSlots; ++slot) {
#pragma HLS UNROLL
        packed.slot[slot] = byte_of_pair(low, high, position + ((slot * G::kSpan) >> group_log2));
      }
      mantissas.write(packed);
      if (last) {
        RowScale<C> scale;
        scale.kappa = ap_int<8>(byte_of_pair(low, high, position + count));
        unsigned int bias = 0;
      UNPACK_BIAS:
        for (int byte = 0; byte < kBiasBytes; ++byte) {
#pragma HLS UNROLL
          const unsigned int bits = byte_of_pair(low, high, position + count + 1 + byte);
          bias |= bits << (8 * byte);
        }
        scale.bias = C::kBias != 0 && biased ? static_cast<int>(bias) : 0;
        row_scales.write(scale);
      }
      group = last ? 0 : group + count;
      position += taken - (crosses ? kWordBytes : 0);
      if (crosses) {
        low = high;
      }
    }
  }
}

/// Process: unpacks the scales of a unit in the order of its rows. A row's mantissas precede its exponent.
template <typename C>
void unpack_scales(hls::stream<Word>& scales, hls::stream<Mantissas<C> >& mantissas,
                   hls::stream<RowScale<C> >& row_scales, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
  typedef LayerGeometry<C> G;
  constexpr bool kBiased = C::kBias != 0;
  constexpr int kModelLog2 = exact_log2(C::kWeightGroupModel);
  constexpr int kInnerLog2 = exact_log2(C::kWeightGroupInner);
UNPACK_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  UNPACK_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      unpack_segment<C, G>(scales, mantissas, row_scales, S::kSharedRounds, S::kModelWeightGroups, kModelLog2, kBiased);
      unpack_segment<C, G>(scales, mantissas, row_scales, 2 * S::kChannelRounds, S::kModelWeightGroups, kModelLog2,
                           kBiased);
      unpack_segment<C, G>(scales, mantissas, row_scales, S::kOutRounds, S::kInnerWeightGroups, kInnerLog2, kBiased);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      unpack_segment<C, HeadGeometry<C> >(scales, mantissas, row_scales, S::kHeadRounds, S::kModelWeightGroups,
                                          kModelLog2, false);
    }
  }
}

}  // namespace lightmamba

#endif

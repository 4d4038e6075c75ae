/// @file
/// The scales of the rows: mantissas a weight word at a time, exponent and bias a row (formats.md, section 2).
#ifndef LIGHTMAMBA_ROW_SCALES_HPP
#define LIGHTMAMBA_ROW_SCALES_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// How a weight word is cut: into fields of 4 bits, a weight of 4 bits in one and a weight of 8 bits in two, low half
/// first. It is cut fine enough for the vectors of both lengths and for both widths: the fields of a subgroup share an
/// activation exponent and a mantissa, those of a slot share a mantissa.
template <typename C>
struct WordGeometry {
  static_assert(min_of(C::kActivationGroupModel, C::kActivationGroupInner) >= 2,
                "lightmamba: an activation group has at least 2 elements, so that it holds a weight of 8 bits");
  static constexpr int kFields = kWordBits / 4;
  /// Fields that certainly share a weight mantissa.
  static constexpr int kSpan = min_of(min_of(C::kWeightGroupModel, C::kWeightGroupInner), kFields);
  static constexpr int kSlots = kFields / kSpan;
  /// Fields that certainly share an activation exponent too.
  static constexpr int kSubgroup = min_of(min_of(C::kActivationGroupModel, C::kActivationGroupInner), kSpan);
  static constexpr int kSubgroups = kFields / kSubgroup;
  static constexpr int kSubgroupsPerSlot = kSpan / kSubgroup;
  static constexpr int kMaxRowWords = packed_words(max_of(C::kModel, C::kInner), 8);
  /// Bits of the sum of products of a subgroup, 8 x 8 bits in half of its fields; of that, shifted; of a slot's sum.
  static constexpr int kDotBits = 15 + exact_log2(kSubgroup) - 1;
  static constexpr int kShiftedBits = kDotBits + C::kRelativeExponentMax;
  static constexpr int kSlotBits = kShiftedBits + exact_log2(kSubgroupsPerSlot);
};

/// log2 of the weights of a word.
inline int weights_log2(int weight_bits) {
#pragma HLS INLINE
  constexpr int kNibbles = exact_log2(kWordBits / 4);
  constexpr int kBytes = exact_log2(kWordBits / 8);
  return weight_bits == 4 ? kNibbles : kBytes;
}

/// The mantissas of one weight word, slot by slot.
template <typename C>
struct Mantissas {
  unsigned char slot[WordGeometry<C>::kSlots];
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
/// @param groups weight groups of a row; @param group_log2 log2 of the elements of a weight group
/// @param weight_bits 4 or 8; @param biased whether the rows have biases
template <typename C>
void unpack_segment(hls::stream<Word>& scales, hls::stream<Mantissas<C> >& mantissas,
                    hls::stream<RowScale<C> >& row_scales, int rows, int groups, int group_log2, int weight_bits,
                    bool biased) {
#pragma HLS INLINE off
  typedef WordGeometry<C> G;
  constexpr int kBiasBytes = 4;
  static_assert(G::kSlots + 1 + kBiasBytes <= kWordBytes, "lightmamba: a step crosses into one further word at most");
  const int word_log2 = weights_log2(weight_bits);
  const int in_word = group_log2 >= word_log2 ? 1 : 1 << (word_log2 - group_log2);
  const int steps = (groups + in_word - 1) >> max_of(word_log2 - group_log2, 0);  // no divider
  // The last step of a row has what the others leave, the exponent and the bias.
  const int last_count = groups - in_word * (steps - 1);
  const int last_taken = last_count + 1 + (biased ? kBiasBytes : 0);
  constexpr int kPlaceBits = exact_log2(kWordBytes);
UNPACK_BLOCK:
  for (int row = 0; row < rows; row += C::kBlockRows) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=2000
    Word low = 0;
    Word high = 0;
    // Of the last byte that has been taken of the lower word: the next one lies behind it.
    ap_uint<kPlaceBits> place = kWordBytes - 1;
    int step = 0;
  UNPACK_STEP:
    for (int i = 0; i < min_of(C::kBlockRows, rows - row) * steps; ++i) {
  // No barrier: a block's scales come without a gap in front of its weights, so none waits for these mantissas.
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=4096
      const bool last = step == steps - 1;
      const int position = place.to_int() + 1;
      const ap_uint<kPlaceBits + 1> end = static_cast<unsigned>(place.to_int() + (last ? last_taken : in_word));
      const bool crosses = end[kPlaceBits] == 1;
      if (crosses) {
        high = scales.read();
      }
      Mantissas<C> packed = {};
    UNPACK_SLOT:
      for (int slot = 0; slot < G::kSlots; ++slot) {
#pragma HLS UNROLL
        const int element = weight_bits == 4 ? slot * G::kSpan : slot * G::kSpan / 2;
        packed.slot[slot] = byte_of_pair(low, high, position + (element >> group_log2));
      }
      mantissas.write(packed);
      if (last) {
        RowScale<C> scale;
        scale.kappa = ap_int<8>(byte_of_pair(low, high, position + last_count));
        unsigned int bias = 0;
      UNPACK_BIAS:
        for (int byte = 0; byte < kBiasBytes; ++byte) {
#pragma HLS UNROLL
          const unsigned int bits = byte_of_pair(low, high, position + last_count + 1 + byte);
          bias |= bits << (8 * byte);
        }
        scale.bias = C::kBias != 0 && biased ? static_cast<int>(bias) : 0;
        row_scales.write(scale);
      }
      step = last ? 0 : step + 1;
      place = end.range(kPlaceBits - 1, 0);
      if (crosses) {
        low = high;
      }
    }
  }
}

/// Process: unpacks the scales of a unit in the order of its rows. A row's mantissas precede its exponent.
template <typename C>
void unpack_scales(hls::stream<Word>& scales, hls::stream<Mantissas<C> >& mantissas,
                   hls::stream<RowScale<C> >& row_scales, Run run) {
  typedef Schedule<C> S;
  constexpr bool kBiased = C::kBias != 0;
  constexpr int kModelLog2 = exact_log2(C::kWeightGroupModel);
  constexpr int kInnerLog2 = exact_log2(C::kWeightGroupInner);
  const int steps = steps_of<C::kLanes>(run);
UNPACK_TOKEN:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int segments = 3 * C::kLayers + (logit_lanes<C::kLanes>(run, step) > 0 ? 1 : 0);
  UNPACK_SEGMENT:
    for (int segment = 0; segment < segments; ++segment) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=3 max=193
      const bool head = segment == 3 * C::kLayers;
      const int kind = segment % 3;
      const bool out = kind == 2 && !head;
      const int rows = head ? S::kHeadRounds
                            : (out ? S::kOutRounds : (kind == 1 ? 2 * S::kChannelRounds : S::kSharedRounds));
      unpack_segment<C>(scales, mantissas, row_scales, rows, out ? S::kInnerWeightGroups : S::kModelWeightGroups,
                        out ? kInnerLog2 : kModelLog2, head ? run.head_bits : run.weight_bits, kBiased && !head);
    }
  }
}

}  // namespace lightmamba

#endif

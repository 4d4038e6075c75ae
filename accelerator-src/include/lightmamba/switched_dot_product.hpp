/// @file
/// One array of multipliers for W4A4, W4A8 and W8A8, switched at run time; every scheme takes a weight word a cycle.
///
/// A word is 128 weights of 4 bits or 64 of 8. Two neighbouring fields of 4 bits are two weights, or one of 8 bits with
/// the low half first. With weights of 8 bits the activation of weight j stands at 2j and 2j + 1 is 0; whoever loads
/// the activations puts them there, so they need no multiplexer. Activations of 4 bits are sign-extended.
#ifndef LIGHTMAMBA_SWITCHED_DOT_PRODUCT_HPP
#define LIGHTMAMBA_SWITCHED_DOT_PRODUCT_HPP

#include "lightmamba/dot_product.hpp"

namespace lightmamba {

/// Bits of the sum over Length fields of a weight word in either mode.
constexpr int switched_bits(int length) { return max_of(dot_bits(4, 8, length), dot_bits(8, 8, length / 2)); }

/// The signed weight of 8 bits in two fields.
inline ap_int<8> byte_of(const ap_uint<4>& low, const ap_uint<4>& high) {
#pragma HLS INLINE
  return as_signed<8>(ap_uint<8>(low.to_int() + high.to_int() * 16));
}

/// A field as a signed weight of 4 bits.
inline ap_int<4> nibble_of(const ap_uint<4>& bits) {
#pragma HLS INLINE
  return as_signed<4>(bits);
}

/// Packed: a DSP makes two products of 4 x 8 bits (ColumnPair) or one of 8 x 8 bits in the same field.
/// @tparam Length fields of 4 bits, even; @tparam Lanes T
template <Multiplier Kind, int Length, int Lanes>
struct SwitchedDotProduct {
  typedef ColumnPair<4, 8> P;
  typedef ap_int<switched_bits(Length)> Sum;
  static constexpr int kPairs = Length / 2;
  static constexpr int kTerms = min_of(P::kMaxTerms, kPairs);
  static constexpr int kCascades = ceil_div(kPairs, kTerms);
  static constexpr int kByteBits = dot_bits(8, 8, kTerms);
  static constexpr int kDsps = Lanes * kPairs;
  /// Weights: 4 bits of the borrow and 5 of the switch a pair; activations: 8 of the borrow a pair and lane.
  static constexpr int kLuts = kPairs * (9 + 8 * Lanes) +
                               Lanes * (kCascades > 1 ? adder_tree_luts(kCascades, kByteBits) : kByteBits);
  static_assert(Length % 2 == 0, "lightmamba: a weight of 8 bits takes two fields");
  static_assert(kPairs % kTerms == 0, "lightmamba: the length of a subgroup is a power of two");
  static_assert(P::kField + kByteBits <= kCascadeBits, "lightmamba: the sums exceed the accumulator");

  /// @param wide whether the fields are weights of 8 bits
  static void lane_sums(const ap_uint<4> (&fields)[Length], bool wide, const ap_int<8> (&activations)[Lanes][Length],
                        Sum (&sums)[Lanes]) {
#pragma HLS INLINE
  SWITCHED_LANES:
    for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      int total = 0;
    SWITCHED_CASCADE:
      for (int first = 0; first < kPairs; first += kTerms) {
#pragma HLS UNROLL
        Cascade acc = 0;
      SWITCHED_PAIR:
        for (int i = 0; i < kTerms; ++i) {
#pragma HLS UNROLL
          const int p = first + i;
          const P::Weights weights = wide ? P::Weights(byte_of(fields[2 * p], fields[2 * p + 1]))
                                          : P::pack_weights(nibble_of(fields[2 * p]), nibble_of(fields[2 * p + 1]));
          acc = P::add(acc, weights, P::pack_activations(activations[lane][2 * p], activations[lane][2 * p + 1]));
        }
        // Nothing stands below or above the sum of products of 8 bits.
        total += wide ? unpack_field<kByteBits>(acc, P::kField).to_int() : P::unpack(acc).to_int();
      }
      sums[lane] = Sum(total);
    }
  }
};

/// The dot-product mode: a field of even index is multiplied by 8 bits, so it can hold the whole weight; the one behind
/// it meets an activation of 0 then.
template <int Length, int Lanes>
struct SwitchedDotProduct<Multiplier::kDotMode, Length, Lanes> {
  typedef ap_int<switched_bits(Length)> Sum;
  typedef DotProduct<Multiplier::kDotMode, 8, 8, Length, 1, Lanes> P;
  static constexpr int kDsps = P::kDsps;
  static constexpr int kLuts = 4 * (Length / 2);
  static_assert(Length % 2 == 0, "lightmamba: a weight of 8 bits takes two fields");

  static void lane_sums(const ap_uint<4> (&fields)[Length], bool wide, const ap_int<8> (&activations)[Lanes][Length],
                        Sum (&sums)[Lanes]) {
#pragma HLS INLINE
    ap_int<8> weights[1][Length];
#pragma HLS ARRAY_PARTITION variable=weights complete dim=0
  SWITCHED_FIELD:
    for (int e = 0; e < Length; e += 2) {
#pragma HLS UNROLL
      weights[0][e] = wide ? byte_of(fields[e], fields[e + 1]) : ap_int<8>(nibble_of(fields[e]));
      weights[0][e + 1] = nibble_of(fields[e + 1]);
    }
    typename P::Sum all[1][Lanes];
#pragma HLS ARRAY_PARTITION variable=all complete dim=0
    P::sum(weights, activations, all);
  SWITCHED_SUM:
    for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      sums[lane] = Sum(all[0][lane].to_int());
    }
  }
};

/// LUTs: the same, with products of 4 x 8 bits for the fields of odd index. (Products of 8 bits made of halves would
/// take a fifth row of partial products in every multiplier.)
template <int Length, int Lanes>
struct SwitchedDotProduct<Multiplier::kFabric, Length, Lanes> {
  typedef ap_int<switched_bits(Length)> Sum;
  typedef DotProduct<Multiplier::kFabric, 8, 8, Length / 2, 1, Lanes> Even;
  typedef DotProduct<Multiplier::kFabric, 4, 8, Length / 2, 1, Lanes> Odd;
  static constexpr int kDsps = 0;
  static constexpr int kLuts = 4 * (Length / 2) + Even::kLuts + Odd::kLuts + Lanes * (switched_bits(Length) + 1);
  static_assert(Length % 2 == 0, "lightmamba: a weight of 8 bits takes two fields");

  static void lane_sums(const ap_uint<4> (&fields)[Length], bool wide, const ap_int<8> (&activations)[Lanes][Length],
                        Sum (&sums)[Lanes]) {
#pragma HLS INLINE
    ap_int<8> even[1][Length / 2];
    ap_int<4> odd[1][Length / 2];
    ap_int<8> even_activations[Lanes][Length / 2];
    ap_int<8> odd_activations[Lanes][Length / 2];
#pragma HLS ARRAY_PARTITION variable=even complete dim=0
#pragma HLS ARRAY_PARTITION variable=odd complete dim=0
#pragma HLS ARRAY_PARTITION variable=even_activations complete dim=0
#pragma HLS ARRAY_PARTITION variable=odd_activations complete dim=0
  SWITCHED_FIELD:
    for (int j = 0; j < Length / 2; ++j) {
#pragma HLS UNROLL
      even[0][j] = wide ? byte_of(fields[2 * j], fields[2 * j + 1]) : ap_int<8>(nibble_of(fields[2 * j]));
      // The upper half of a weight of 8 bits may be -8, which is no weight of 4 bits.
      odd[0][j] = wide ? ap_int<4>(0) : nibble_of(fields[2 * j + 1]);
    SWITCHED_ACTIVATION:
      for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        even_activations[lane][j] = activations[lane][2 * j];
        odd_activations[lane][j] = activations[lane][2 * j + 1];
      }
    }
    typename Even::Sum even_sums[1][Lanes];
    typename Odd::Sum odd_sums[1][Lanes];
#pragma HLS ARRAY_PARTITION variable=even_sums complete dim=0
#pragma HLS ARRAY_PARTITION variable=odd_sums complete dim=0
    Even::sum(even, even_activations, even_sums);
    Odd::sum(odd, odd_activations, odd_sums);
  SWITCHED_SUM:
    for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
      sums[lane] = Sum(even_sums[0][lane].to_int() + odd_sums[0][lane].to_int());
    }
  }
};

/// The first DspLanes lanes by Kind, the others in LUTs; 0 <= DspLanes <= Lanes.
template <Multiplier Kind, int Length, int Lanes, int DspLanes>
struct SplitSwitchedDotProduct {
  typedef SwitchedDotProduct<Kind, Length, max_of(DspLanes, 1)> InDsps;
  typedef SwitchedDotProduct<Multiplier::kFabric, Length, max_of(Lanes - DspLanes, 1)> InLuts;
  typedef ap_int<switched_bits(Length)> Sum;
  static constexpr int kDsps = DspLanes > 0 ? InDsps::kDsps : 0;
  static constexpr int kLuts = (DspLanes > 0 ? InDsps::kLuts : 0) + (DspLanes < Lanes ? InLuts::kLuts : 0);
  static_assert(0 <= DspLanes && DspLanes <= Lanes, "lightmamba: more lanes in DSPs than there are");

  /// The sum of one lane. @param activations of that lane
  static Sum lane_sum(int lane, const ap_uint<4> (&fields)[Length], bool wide,
                      const ap_int<8> (&activations)[1][Length]) {
#pragma HLS INLINE
    Sum sum[1];
#pragma HLS ARRAY_PARTITION variable=sum complete
    if (lane < DspLanes) {
      SwitchedDotProduct<Kind, Length, 1>::lane_sums(fields, wide, activations, sum);
    } else {
      SwitchedDotProduct<Multiplier::kFabric, Length, 1>::lane_sums(fields, wide, activations, sum);
    }
    return sum[0];
  }
};

}  // namespace lightmamba

#endif

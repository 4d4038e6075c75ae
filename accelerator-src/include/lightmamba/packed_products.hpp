/// @file
/// Several products in one multiplier of 27x18 bits, summed in its accumulator before they are unpacked.
///
/// The accumulator holds sums of fixed width side by side. A negative sum borrows one from its upper neighbour, so a
/// field is the bits above its place plus the bit below it: that bit is the sign of everything below, as long as every
/// field below fits.
#ifndef LIGHTMAMBA_PACKED_PRODUCTS_HPP
#define LIGHTMAMBA_PACKED_PRODUCTS_HPP

#include "lightmamba/multipliers.hpp"

namespace lightmamba {

/// acc + a * b in one DSP. No BIND_OP: UG1399 says that it can keep product and sum from being matched as one.
inline Cascade multiply_add(const Cascade& acc, const ap_int<kWidePortBits>& wide,
                            const ap_int<kNarrowPortBits>& narrow) {
#pragma HLS INLINE
  const ap_int<kWidePortBits + kNarrowPortBits> product = wide * narrow;
  return Cascade(acc + product);
}

/// The field from bit `low` onwards, with its borrow given back; truncated to Bits.
template <int Bits>
inline ap_int<Bits> unpack_field(const Cascade& acc, int low) {
#pragma HLS INLINE
  const Wide borrow = low == 0 ? 0 : (acc.to_int64() >> (low == 0 ? 0 : low - 1)) & 1;
  const ap_int<64> field = (acc.to_int64() >> low) + borrow;
  return ap_int<Bits>(field.range(Bits - 1, 0));
}

/// Widest distance of the fields of rows x lanes products, if the ports of weights and activations have so many spare
/// bits.
constexpr int field_spacing(int rows, int lanes, int spare_weight_bits, int spare_activation_bits) {
  return min_of(rows == 1 ? kCascadeBits : spare_weight_bits / (rows - 1),
                lanes == 1 ? kCascadeBits : spare_activation_bits / ((lanes - 1) * rows));
}

/// Rows x Lanes products of one column: every weight with every activation. 2x1 and 1x2 share an operand (AMD WP486),
/// 2x2 is the four INT4 products of AMD WP521.
/// @tparam Rows weights of one column, from several rows; @tparam Lanes activations of one column, from several tokens
template <int WeightBits, int ActivationBits, int Rows, int Lanes>
struct OuterProduct {
  static constexpr int kSpacingWide =
      field_spacing(Rows, Lanes, kWidePortBits - WeightBits, kNarrowPortBits - ActivationBits);
  static constexpr int kSpacingNarrow =
      field_spacing(Rows, Lanes, kNarrowPortBits - WeightBits, kWidePortBits - ActivationBits);
  static constexpr bool kWeightsWide = kSpacingWide > kSpacingNarrow;
  /// Bits of a field; row r of lane t begins at bit (t * Rows + r) * kField.
  static constexpr int kField = max_of(kSpacingWide, kSpacingNarrow);
  /// Products that a field certainly holds the sum of.
  static constexpr int kMaxTerms =
      power_of_two_below(((1LL << (kField - 1)) - 1) / (largest_of(WeightBits) * largest_of(ActivationBits)));
  /// Bits of an unpacked sum.
  static constexpr int kSumBits = min_of(kField, WeightBits + ActivationBits - 1 + log2_up(kMaxTerms));

  static constexpr int kWeightPort = kWeightsWide ? kWidePortBits : kNarrowPortBits;
  static constexpr int kActivationPort = kWeightsWide ? kNarrowPortBits : kWidePortBits;
  static_assert(kMaxTerms >= 1, "lightmamba: a field holds no product");
  static_assert((Rows - 1) * kField + WeightBits <= kWeightPort, "lightmamba: the weights exceed the port");
  static_assert((Lanes - 1) * Rows * kField + ActivationBits <= kActivationPort,
                "lightmamba: the activations exceed the port");
  static_assert((Rows * Lanes - 1) * kField + kSumBits <= kCascadeBits, "lightmamba: the sums exceed the accumulator");

  typedef ap_int<kWeightPort> Weights;
  typedef ap_int<kActivationPort> Activations;
  typedef ap_int<kSumBits> Sum;

  static Weights pack_weights(const ap_int<WeightBits> (&weight)[Rows]) {
#pragma HLS INLINE
    Wide packed = 0;
  PACK_ROW:
    for (int r = 0; r < Rows; ++r) {
#pragma HLS UNROLL
      packed += weight[r].to_int64() * (1LL << (Rows > 1 ? r * kField : 0));
    }
    return Weights(packed);
  }

  static Activations pack_activations(const ap_int<ActivationBits> (&activation)[Lanes]) {
#pragma HLS INLINE
    Wide packed = 0;
  PACK_TOKEN:
    for (int t = 0; t < Lanes; ++t) {
#pragma HLS UNROLL
      packed += activation[t].to_int64() * (1LL << (Lanes > 1 ? t * Rows * kField : 0));
    }
    return Activations(packed);
  }

  static Cascade add(const Cascade& acc, const Weights& weights, const Activations& activations) {
#pragma HLS INLINE
    return kWeightsWide ? multiply_add(acc, ap_int<kWidePortBits>(weights), ap_int<kNarrowPortBits>(activations))
                        : multiply_add(acc, ap_int<kWidePortBits>(activations), ap_int<kNarrowPortBits>(weights));
  }

  static Sum unpack(const Cascade& acc, int row, int lane) {
#pragma HLS INLINE
    return unpack_field<kSumBits>(acc, Rows * Lanes == 1 ? 0 : (lane * Rows + row) * kField);
  }
};

/// Two columns of one row and one token: (w0 + w1*2^k) * (a1 + a0*2^k) has w0*a0 + w1*a1 in its middle field.
/// The fields beside it are not used; the lower one only has to fit, the upper one may overflow.
template <int WeightBits, int ActivationBits>
struct ColumnPair {
  static constexpr int kField = min_of(kNarrowPortBits - WeightBits, kWidePortBits - ActivationBits);
  /// Pairs of columns that the middle field certainly holds the sum of.
  static constexpr int kMaxTerms =
      power_of_two_below(((1LL << (kField - 1)) - 1) / (2 * largest_of(WeightBits) * largest_of(ActivationBits)));
  static constexpr int kSumBits = min_of(kField, WeightBits + ActivationBits + log2_up(kMaxTerms));
  static_assert(kMaxTerms >= 1, "lightmamba: a field holds no pair of products");

  typedef ap_int<kNarrowPortBits> Weights;
  typedef ap_int<kWidePortBits> Activations;
  typedef ap_int<kSumBits> Sum;

  static Weights pack_weights(const ap_int<WeightBits>& w0, const ap_int<WeightBits>& w1) {
#pragma HLS INLINE
    return Weights(w0.to_int64() + w1.to_int64() * (1LL << kField));
  }

  static Activations pack_activations(const ap_int<ActivationBits>& a0, const ap_int<ActivationBits>& a1) {
#pragma HLS INLINE
    return Activations(a1.to_int64() + a0.to_int64() * (1LL << kField));
  }

  static Cascade add(const Cascade& acc, const Weights& weights, const Activations& activations) {
#pragma HLS INLINE
    return multiply_add(acc, activations, weights);
  }

  static Sum unpack(const Cascade& acc) {
#pragma HLS INLINE
    return unpack_field<kSumBits>(acc, kField);
  }
};

/// Two columns of one row and two tokens, INT4: a ColumnPair for each token side by side. (w0 + w1*2^7) * (a1 + a0*2^7
/// + b1*2^16 + b0*2^23): the sum of the first token begins at bit 7, of the second at bit 23. The top bit of each is
/// overlapped by the lowest bit of an unused product, which is known and taken out again. No bit is left to sum in the
/// accumulator.
struct ColumnQuad {
  static constexpr int kBits = 4;
  static constexpr int kFirst = 7;
  static constexpr int kLane = 16;
  static constexpr int kSumBits = 2 * kBits;

  static constexpr int kProductMax = largest_of(kBits) * largest_of(kBits);
  static_assert(2 * kProductMax < 1 << (kSumBits - 1), "lightmamba: a sum exceeds its field");
  static_assert(kProductMax < 1 << (kFirst - 1), "lightmamba: the product below the first sum exceeds its field");
  static_assert(kProductMax + 2 * kProductMax * (1 << kFirst) + kProductMax * (1 << 2 * kFirst) +
                        kProductMax * (1 << kLane) < 1 << (kLane + kFirst - 1),
                "lightmamba: the fields below the second sum exceed its place");
  static_assert(kLane > 2 * kFirst, "lightmamba: two products overlap the first sum");
  static_assert(kLane + kFirst + kBits <= kWidePortBits, "lightmamba: the activations exceed the port");

  typedef ap_int<kSumBits> Sum;

  /// @param w, a, b two columns of the weights, of the first and of the second token; @param first, second their sums
  static void products(const ap_int<kBits> (&w)[2], const ap_int<kBits> (&a)[2], const ap_int<kBits> (&b)[2],
                       Sum& first, Sum& second) {
#pragma HLS INLINE
    const ap_int<kNarrowPortBits> weights(w[0].to_int64() + w[1].to_int64() * (1LL << kFirst));
    const ap_int<kWidePortBits> activations(a[1].to_int64() + a[0].to_int64() * (1LL << kFirst) +
                                            b[1].to_int64() * (1LL << kLane) +
                                            b[0].to_int64() * (1LL << (kLane + kFirst)));
    const Cascade acc = multiply_add(Cascade(0), activations, weights);
    // The unused product of the upper weight and a0, or b0, begins at the top bit of the sum.
    const int above_first = (w[1].to_int() & a[0].to_int() & 1) << kFirst;
    const int above_second = (w[1].to_int() & b[0].to_int() & 1) << kFirst;
    first = Sum(unpack_field<kSumBits>(acc, kFirst).to_int() ^ above_first);
    second = Sum(unpack_field<kSumBits>(acc, kLane + kFirst).to_int() ^ above_second);
  }
};

}  // namespace lightmamba

#endif

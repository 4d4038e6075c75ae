/// @file
/// Sums of products over an activation subgroup, for every kind of multiplier behind one interface.
///
/// DotProduct<kind, ...>::sum(weights, activations, sums):
/// sums[r][t] = sum over e of weights[r][e] * activations[t][e].
/// kDsps and kLuts are estimates of one such sum; docs/accelerator.md, section "Multipliers", has their derivation.
#ifndef LIGHTMAMBA_DOT_PRODUCT_HPP
#define LIGHTMAMBA_DOT_PRODUCT_HPP

#include "lightmamba/packed_products.hpp"

namespace lightmamba {

/// Bits of a sum of `length` products of symmetric operands.
constexpr int dot_bits(int weight_bits, int activation_bits, int length) {
  return weight_bits + activation_bits - 1 + log2_up(length);
}

/// Largest shift of a subgroup's sum (numerics.md, section 2).
constexpr int kShiftMax = 15;

/// LUTs (estimated) behind the sums of a weight word: a shift by 15 - d a subgroup, and the sum of the shifted.
constexpr int subgroup_luts(int weight_bits, int activation_bits, int length, int lanes) {
  const int subgroups = kWordBits / weight_bits / length;
  const int bits = dot_bits(weight_bits, activation_bits, length);
  return lanes * (subgroups * shifter_luts(bits) + adder_tree_luts(subgroups, bits + kShiftMax));
}

/// By outer products: tiles of TileRows x TileLanes in one multiplier, columns summed in its accumulator.
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes, int TileRows, int TileLanes>
struct OuterDot {
  typedef OuterProduct<WeightBits, ActivationBits, TileRows, TileLanes> P;
  typedef ap_int<dot_bits(WeightBits, ActivationBits, Length)> Sum;
  static constexpr int kTerms = min_of(P::kMaxTerms, Length);
  static constexpr int kCascades = ceil_div(Length, kTerms);
  static constexpr int kTiles = (Rows / TileRows) * (Lanes / TileLanes);
  static constexpr int kDsps = kTiles * Length;
  static constexpr int kPackLuts = Length * ((Rows / TileRows) * (TileRows - 1) * WeightBits +
                                             (Lanes / TileLanes) * (TileLanes - 1) * ActivationBits);
  static constexpr int kBorrowLuts = TileRows * TileLanes > 1 ? P::kSumBits : 0;
  static constexpr int kLuts =
      kPackLuts + Rows * Lanes * (kCascades > 1 ? adder_tree_luts(kCascades, P::kSumBits) : kBorrowLuts);
  static_assert(Length % kTerms == 0, "lightmamba: the length of a subgroup is a power of two");
  static_assert(Rows % TileRows == 0 && Lanes % TileLanes == 0, "lightmamba: the tiles do not fill rows and lanes");
  static_assert(kTerms <= P::kMaxTerms, "lightmamba: a field holds fewer sums");

  static void sum(const ap_int<WeightBits> (&weights)[Rows][Length],
                  const ap_int<ActivationBits> (&activations)[Lanes][Length], Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
  DOT_ROWS:
    for (int row = 0; row < Rows; row += TileRows) {
#pragma HLS UNROLL
    DOT_LANES:
      for (int lane = 0; lane < Lanes; lane += TileLanes) {
#pragma HLS UNROLL
        tile(weights, activations, row, lane, sums);
      }
    }
  }

 private:
  static void tile(const ap_int<WeightBits> (&weights)[Rows][Length],
                   const ap_int<ActivationBits> (&activations)[Lanes][Length], int row, int lane,
                   Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
    int total[TileRows][TileLanes] = {};
#pragma HLS ARRAY_PARTITION variable=total complete dim=0
  DOT_CASCADE:
    for (int first = 0; first < Length; first += kTerms) {
#pragma HLS UNROLL
      Cascade acc = 0;
    DOT_COLUMN:
      for (int i = 0; i < kTerms; ++i) {
#pragma HLS UNROLL
        const int e = first + i;
        ap_int<WeightBits> weight[TileRows];
#pragma HLS ARRAY_PARTITION variable=weight complete dim=0
        ap_int<ActivationBits> activation[TileLanes];
#pragma HLS ARRAY_PARTITION variable=activation complete dim=0
      DOT_WEIGHT:
        for (int r = 0; r < TileRows; ++r) {
#pragma HLS UNROLL
          weight[r] = weights[row + r][e];
        }
      DOT_ACTIVATION:
        for (int t = 0; t < TileLanes; ++t) {
#pragma HLS UNROLL
          activation[t] = activations[lane + t][e];
        }
        acc = P::add(acc, P::pack_weights(weight), P::pack_activations(activation));
      }
    DOT_UNPACK_ROW:
      for (int r = 0; r < TileRows; ++r) {
#pragma HLS UNROLL
      DOT_UNPACK_LANE:
        for (int t = 0; t < TileLanes; ++t) {
#pragma HLS UNROLL
          total[r][t] += P::unpack(acc, r, t).to_int();
        }
      }
    }
  DOT_TOTAL_ROW:
    for (int r = 0; r < TileRows; ++r) {
#pragma HLS UNROLL
    DOT_TOTAL_LANE:
      for (int t = 0; t < TileLanes; ++t) {
#pragma HLS UNROLL
        sums[row + r][lane + t] = Sum(total[r][t]);
      }
    }
  }
};

/// By pairs of columns of one row and one token.
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct PairDot {
  typedef ColumnPair<WeightBits, ActivationBits> P;
  typedef ap_int<dot_bits(WeightBits, ActivationBits, Length)> Sum;
  static constexpr int kPairs = ceil_div(Length, 2);
  static constexpr int kTerms = min_of(P::kMaxTerms, kPairs);
  static constexpr int kCascades = ceil_div(kPairs, kTerms);
  static constexpr int kDsps = Rows * Lanes * kPairs;
  static constexpr int kLuts = kPairs * (Rows * WeightBits + Lanes * ActivationBits) +
                               Rows * Lanes * (kCascades > 1 ? adder_tree_luts(kCascades, P::kSumBits) : P::kSumBits);
  static_assert(kTerms <= P::kMaxTerms, "lightmamba: a field holds fewer sums");
  static_assert((Length == 1 || Length % 2 == 0) && kPairs % kTerms == 0,
                "lightmamba: the length of a subgroup is a power of two");

  static void sum(const ap_int<WeightBits> (&weights)[Rows][Length],
                  const ap_int<ActivationBits> (&activations)[Lanes][Length], Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
  DOT_ROWS:
    for (int row = 0; row < Rows; ++row) {
#pragma HLS UNROLL
    DOT_LANES:
      for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        int total = 0;
      DOT_CASCADE:
        for (int first = 0; first < kPairs; first += kTerms) {
#pragma HLS UNROLL
          Cascade acc = 0;
        DOT_PAIR:
          for (int i = 0; i < kTerms; ++i) {
#pragma HLS UNROLL
            const int e = 2 * (first + i);
            // A subgroup of one column has no partner: its weight is 0.
            const int partner = min_of(e + 1, Length - 1);
            const ap_int<WeightBits> w1 = Length == 1 ? ap_int<WeightBits>(0) : weights[row][partner];
            acc = P::add(acc, P::pack_weights(weights[row][e], w1),
                         P::pack_activations(activations[lane][e], activations[lane][partner]));
          }
          total += P::unpack(acc).to_int();
        }
        sums[row][lane] = Sum(total);
      }
    }
  }
};

/// By two columns of one row and two tokens: INT4 only.
template <int Length, int Rows, int Lanes>
struct QuadDot {
  static constexpr int kBits = ColumnQuad::kBits;
  typedef ap_int<dot_bits(kBits, kBits, Length)> Sum;
  static constexpr int kDsps = Rows * (Lanes / 2) * (Length / 2);
  static constexpr int kLuts = Length / 2 * (Rows * kBits + Lanes / 2 * 3 * kBits + Rows * Lanes) +
                               Rows * Lanes * adder_tree_luts(Length / 2, ColumnQuad::kSumBits);
  static_assert(Lanes % 2 == 0 && Length % 2 == 0, "lightmamba: a quad takes two columns and two lanes");

  static void sum(const ap_int<kBits> (&weights)[Rows][Length], const ap_int<kBits> (&activations)[Lanes][Length],
                  Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
  DOT_ROWS:
    for (int row = 0; row < Rows; ++row) {
#pragma HLS UNROLL
    DOT_LANES:
      for (int lane = 0; lane < Lanes; lane += 2) {
#pragma HLS UNROLL
        int first = 0;
        int second = 0;
      DOT_QUAD:
        for (int e = 0; e < Length; e += 2) {
#pragma HLS UNROLL
          const ap_int<kBits> w[2] = {weights[row][e], weights[row][e + 1]};
          const ap_int<kBits> a[2] = {activations[lane][e], activations[lane][e + 1]};
          const ap_int<kBits> b[2] = {activations[lane + 1][e], activations[lane + 1][e + 1]};
          ColumnQuad::Sum of_first = 0;
          ColumnQuad::Sum of_second = 0;
          ColumnQuad::products(w, a, b, of_first, of_second);
          first += of_first.to_int();
          second += of_second.to_int();
        }
        sums[row][lane] = Sum(first);
        sums[row][lane + 1] = Sum(second);
      }
    }
  }
};

/// Three products of 9x8 bits and their sum in the accumulator, as a DSP58 makes them.
inline Cascade dot_mode_add(const Cascade& acc, const ap_int<kDotModeWideBits> (&a)[kDotModeTerms],
                            const ap_int<kDotModeNarrowBits> (&w)[kDotModeTerms]) {
#pragma HLS INLINE
  return Cascade(acc + (a[0] * w[0] + a[1] * w[1] + a[2] * w[2]));
}

/// By the dot-product mode of the DSP58.
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct DotModeDot {
  typedef ap_int<dot_bits(WeightBits, ActivationBits, Length)> Sum;
  static constexpr int kDsps = Rows * Lanes * ceil_div(Length, kDotModeTerms);
  static constexpr int kLuts = 0;
  static_assert(WeightBits <= kDotModeNarrowBits && ActivationBits <= kDotModeWideBits,
                "lightmamba: the operands exceed the dot-product mode");

  static void sum(const ap_int<WeightBits> (&weights)[Rows][Length],
                  const ap_int<ActivationBits> (&activations)[Lanes][Length], Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
  DOT_ROWS:
    for (int row = 0; row < Rows; ++row) {
#pragma HLS UNROLL
    DOT_LANES:
      for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        Cascade acc = 0;
      DOT_CASCADE:
        for (int first = 0; first < Length; first += kDotModeTerms) {
#pragma HLS UNROLL
          ap_int<kDotModeWideBits> a[kDotModeTerms] = {0, 0, 0};
#pragma HLS ARRAY_PARTITION variable=a complete dim=0
          ap_int<kDotModeNarrowBits> w[kDotModeTerms] = {0, 0, 0};
#pragma HLS ARRAY_PARTITION variable=w complete dim=0
        DOT_TERM:
          for (int i = 0; i < kDotModeTerms; ++i) {
#pragma HLS UNROLL
            if (first + i < Length) {
              a[i] = activations[lane][first + i];
              w[i] = weights[row][first + i];
            }
          }
          acc = dot_mode_add(acc, a, w);
        }
        sums[row][lane] = Sum(acc);
      }
    }
  }
};

/// A product in LUTs. INT4 by magnitudes: 3x3 bits are one table of six inputs a bit.
template <int WeightBits, int ActivationBits>
inline int fabric_product(const ap_int<WeightBits>& weight, const ap_int<ActivationBits>& activation) {
#pragma HLS INLINE
  const bool minus = (weight < 0) != (activation < 0);
  const ap_uint<WeightBits - 1> w = ap_uint<WeightBits - 1>(weight < 0 ? -weight.to_int() : weight.to_int());
  const ap_uint<ActivationBits - 1> a =
      ap_uint<ActivationBits - 1>(activation < 0 ? -activation.to_int() : activation.to_int());
  const ap_uint<WeightBits + ActivationBits - 2> product = w * a;
#pragma HLS BIND_OP variable=product op=mul impl=fabric
  return minus ? -product.to_int() : product.to_int();
}

/// By LUTs.
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct FabricDot {
  typedef ap_int<dot_bits(WeightBits, ActivationBits, Length)> Sum;
  static constexpr int kDsps = 0;
  /// The signs are taken off the operands once, and put back by the first adder.
  static constexpr int kLuts = Length * (Rows * (WeightBits - 1) + Lanes * (ActivationBits - 1)) +
                               Rows * Lanes * (Length * magnitude_product_luts(WeightBits - 1, ActivationBits - 1) +
                                               adder_tree_luts(Length, WeightBits + ActivationBits - 1));

  static void sum(const ap_int<WeightBits> (&weights)[Rows][Length],
                  const ap_int<ActivationBits> (&activations)[Lanes][Length], Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
  DOT_ROWS:
    for (int row = 0; row < Rows; ++row) {
#pragma HLS UNROLL
    DOT_LANES:
      for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        int total = 0;
      DOT_COLUMN:
        for (int e = 0; e < Length; ++e) {
#pragma HLS UNROLL
          total += fabric_product<WeightBits, ActivationBits>(weights[row][e], activations[lane][e]);
        }
        sums[row][lane] = Sum(total);
      }
    }
  }
};

/// The packing with the most products a DSP for rows, lanes and bits; see docs/accelerator.md.
/// @tparam Even whether columns and lanes are even, so that four products of one row go together
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes, bool Even>
struct PackedDot
    : OuterDot<WeightBits, ActivationBits, Length, Rows, Lanes, Rows, (Rows == 1 && Lanes % 2 == 0) ? 2 : 1> {};
template <int ActivationBits, int Length>
struct PackedDot<4, ActivationBits, Length, 1, 1, false> : PairDot<4, ActivationBits, Length, 1, 1> {};
template <int Length, int Lanes>
struct PackedDot<4, 4, Length, 1, Lanes, true> : QuadDot<Length, 1, Lanes> {};
template <int Length, int Lanes, bool Even>
struct PackedDot<4, 4, Length, 2, Lanes, Even> : OuterDot<4, 4, Length, 2, Lanes, 2, Lanes % 2 == 0 ? 2 : 1> {};

/// @tparam Kind of multiplier; @tparam WeightBits, ActivationBits 4 or 8; @tparam Length columns that are summed
/// @tparam Rows rows that a weight word has of each column: 1, or 2 (at T = 1 also 3 with 4 bits)
/// @tparam Lanes T: tokens that share the weights
template <Multiplier Kind, int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct DotProduct : PackedDot<WeightBits, ActivationBits, Length, Rows, Lanes,
                              Length % 2 == 0 && Lanes % 2 == 0> {};
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct DotProduct<Multiplier::kDotMode, WeightBits, ActivationBits, Length, Rows, Lanes>
    : DotModeDot<WeightBits, ActivationBits, Length, Rows, Lanes> {};
template <int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct DotProduct<Multiplier::kFabric, WeightBits, ActivationBits, Length, Rows, Lanes>
    : FabricDot<WeightBits, ActivationBits, Length, Rows, Lanes> {};

/// The first DspLanes lanes by Kind, the others in LUTs: for boards that have too few DSPs for all lanes.
template <Multiplier Kind, int WeightBits, int ActivationBits, int Length, int Rows, int Lanes, int DspLanes>
struct SplitDotProduct {
  typedef DotProduct<Kind, WeightBits, ActivationBits, Length, Rows, DspLanes> InDsps;
  typedef DotProduct<Multiplier::kFabric, WeightBits, ActivationBits, Length, Rows, Lanes - DspLanes> InLuts;
  typedef typename InDsps::Sum Sum;
  static constexpr int kDsps = InDsps::kDsps;
  static constexpr int kLuts = InDsps::kLuts + InLuts::kLuts;

  static void split_sum(const ap_int<WeightBits> (&weights)[Rows][Length],
                  const ap_int<ActivationBits> (&activations)[Lanes][Length], Sum (&sums)[Rows][Lanes]) {
#pragma HLS INLINE
    ap_int<ActivationBits> of_dsps[DspLanes][Length];
    ap_int<ActivationBits> of_luts[Lanes - DspLanes][Length];
    Sum dsp_sums[Rows][DspLanes];
    Sum lut_sums[Rows][Lanes - DspLanes];
#pragma HLS ARRAY_PARTITION variable=of_dsps complete dim=0
#pragma HLS ARRAY_PARTITION variable=of_luts complete dim=0
#pragma HLS ARRAY_PARTITION variable=dsp_sums complete dim=0
#pragma HLS ARRAY_PARTITION variable=lut_sums complete dim=0
  SPLIT_LANE:
    for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    SPLIT_COLUMN:
      for (int e = 0; e < Length; ++e) {
#pragma HLS UNROLL
        if (lane < DspLanes) {
          of_dsps[lane][e] = activations[lane][e];
        } else {
          of_luts[lane - DspLanes][e] = activations[lane][e];
        }
      }
    }
    InDsps::sum(weights, of_dsps, dsp_sums);
    InLuts::sum(weights, of_luts, lut_sums);
  JOIN_ROW:
    for (int row = 0; row < Rows; ++row) {
#pragma HLS UNROLL
    JOIN_LANE:
      for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
        sums[row][lane] = lane < DspLanes ? dsp_sums[row][min_of(lane, DspLanes - 1)]
                                          : lut_sums[row][max_of(lane - DspLanes, 0)];
      }
    }
  }
};
template <Multiplier Kind, int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct SplitDotProduct<Kind, WeightBits, ActivationBits, Length, Rows, Lanes, Lanes>
    : DotProduct<Kind, WeightBits, ActivationBits, Length, Rows, Lanes> {};
template <Multiplier Kind, int WeightBits, int ActivationBits, int Length, int Rows, int Lanes>
struct SplitDotProduct<Kind, WeightBits, ActivationBits, Length, Rows, Lanes, 0>
    : DotProduct<Multiplier::kFabric, WeightBits, ActivationBits, Length, Rows, Lanes> {};

}  // namespace lightmamba

#endif

/// @file
/// The gated norm: its sum of squares, its weight and, with several groups, itself (numerics.md, section 3).
#ifndef LIGHTMAMBA_GATED_NORM_HPP
#define LIGHTMAMBA_GATED_NORM_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// w = shift(v * g, sG, 24).
template <typename C>
ap_int<C::kGateBits> weigh(Wide v, Wide g, int gain_shift) {
#pragma HLS INLINE
  return shift<C::kGateBits>(v * g, gain_shift);
}

/// Fraction bits of a normalised value.
constexpr int kNormalisedFraction = 22;

/// One norm over the whole width: the weighted vector, and the norm itself for after out_proj.
/// @param epsilon epsilon2; @param constants g
template <typename C>
Norm weigh_vector(hls::stream<Word>& constants, hls::stream<Value>& gated,
                  hls::stream<ap_int<C::kGateBits> >& weighted, SquareSum epsilon, int gain_shift, const int* table) {
#pragma HLS INLINE off
  constexpr int kGainsPerWord = Schedule<C>::kGainsPerWord;
  SquareSum sum = epsilon;
  Word gains = 0;
GATED_VALUE:
  for (int i = 0; i < C::kInner; ++i) {
  // No barrier: the gains of a vector come from memory and wait for nothing of the ring.
#pragma HLS PIPELINE II=1
    if (i % kGainsPerWord == 0) {
      gains = constants.read();
    }
    const Wide v = gated.read().to_int64();
    sum += SquareSum(ap_uint<64>(v * v));
    weighted.write(weigh<C>(v, signed_field<16>(gains, i % kGainsPerWord).to_int64(), gain_shift));
  }
  return rsqrt<C>(sum, table);
}

/// A norm a group of channels, which has to come before the Hadamard transform; what is left for after out_proj is 1.
/// @param epsilon epsilon2; @param constants g
template <typename C>
Norm weigh_groups(hls::stream<Word>& constants, hls::stream<Value>& gated,
                  hls::stream<ap_int<C::kGateBits> >& weighted, SquareSum epsilon, int gain_shift, const int* table) {
#pragma HLS INLINE off
  constexpr int kGainsPerWord = Schedule<C>::kGainsPerWord;
  constexpr int kLength = C::kInner / C::kNormGroups;
  LIGHTMAMBA_MEMORY(ap_int<C::kGateBits>, values, [kLength]);
  Word gains = 0;
GATED_GROUP:
  for (int group = 0; group < C::kNormGroups; ++group) {
#pragma HLS LOOP_FLATTEN off
    SquareSum sum = epsilon;
  GATED_SQUARE:
    for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
      const Wide v = gated.read().to_int64();
      sum += SquareSum(ap_uint<64>(v * v));
      values[i] = ap_int<C::kGateBits>(v);
    }
    const Norm norm = rsqrt<C>(sum, table);
  GATED_NORMALISE:
    for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
      const int lane = (group * kLength + i) % kGainsPerWord;
      if (lane == 0) {
        gains = constants.read();
      }
      const Wide normalised = shift<C::kGateBits>(values[i].to_int64() * norm.u.to_int64(),
                                                  norm.j.to_int() + kNormFraction - kNormalisedFraction)
                                  .to_int64();
      weighted.write(weigh<C>(normalised, signed_field<16>(gains, lane).to_int64(), gain_shift));
    }
  }
  Norm one;
  one.u = ap_uint<17>(1 << kNormFraction);
  one.j = 0;
  return one;
}

/// Process: the weighted vector of every layer and the norm that its message carries.
/// @param constants the RSQRT table; then for each token and layer the layer word and g
/// @param gated v of every channel
template <typename C>
void gated_norm(hls::stream<Word>& constants, hls::stream<Value>& gated, hls::stream<ap_int<C::kGateBits> >& weighted,
                hls::stream<Norm>& norms, int tokens) {
  LIGHTMAMBA_MEMORY(int, table, [C::kRsqrtEntries]);
  load_table<C>(constants, C::kRsqrtEntries, table);
GATED_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  GATED_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word layer_word = constants.read();
      const int gain_shift = signed_bytes_at<8>(layer_word, C::kGainShiftByte).to_int();
      const SquareSum epsilon = bytes_at<64>(layer_word, C::kEpsilonByte);
      if (C::kNormGroups == 1) {
        norms.write(weigh_vector<C>(constants, gated, weighted, epsilon, gain_shift, table));
      } else {
        norms.write(weigh_groups<C>(constants, gated, weighted, epsilon, gain_shift, table));
      }
    }
  }
}

}  // namespace lightmamba

#endif

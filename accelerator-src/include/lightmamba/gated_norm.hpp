/// @file
/// The gated norm: its sum of squares and its weight (numerics.md, section 3).
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

/// Process: S2 = sum of v^2 + epsilon2 and the weighted vector of every layer; the norm itself follows after out_proj.
/// @param constants the RSQRT table; then for each token and layer the layer word and g
/// @param gated v of every channel
template <typename C>
void gated_norm(hls::stream<Word>& constants, hls::stream<Value>& gated, hls::stream<ap_int<C::kGateBits> >& weighted,
                hls::stream<Norm>& norms, int tokens) {
  typedef Schedule<C> S;
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
      SquareSum sum = bytes_at<64>(layer_word, C::kEpsilonByte);
      Word gains = 0;
    GATED_VALUE:
      for (int i = 0; i < C::kInner; ++i) {
#pragma HLS PIPELINE II=1
        if (i % S::kGainsPerWord == 0) {
          gains = constants.read();
        }
        const Wide v = gated.read().to_int64();
        const Wide g = signed_field<16>(gains, i % S::kGainsPerWord).to_int64();
        sum += SquareSum(ap_uint<64>(v * v));
        weighted.write(weigh<C>(v, g, gain_shift));
      }
      norms.write(rsqrt<C>(sum, table));
    }
  }
}

}  // namespace lightmamba

#endif

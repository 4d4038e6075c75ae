/// @file
/// The norm, the scale and the bias of a row, after the product (numerics.md, section 2). The pipelines flush: a row
/// that they kept back would keep its convolution record in the FIFO, and the weights of later rows wait behind it.
#ifndef LIGHTMAMBA_REQUANTIZE_HPP
#define LIGHTMAMBA_REQUANTIZE_HPP

#include "lightmamba/gemv.hpp"

namespace lightmamba {

/// P = sat(shift(rnd(acc, 12) * u, kappa + t, 32) + bias, 32).
template <typename C>
Value scale_product(const Product& product, const RowScale<C>& scale) {
#pragma HLS INLINE
  const ap_int<kAccumulatorBits - C::kAccumulatorDrop + 1> kept = rnd(product.acc.to_int64(), C::kAccumulatorDrop);
  const Wide scaled = kept.to_int64() * product.u.to_int64();
  const Value p = shift<C::kResidualBits>(scaled, scale.kappa.to_int() + product.t.to_int());
  return C::kBias != 0 ? Value(sat<C::kResidualBits>(p.to_int64() + scale.bias.to_int64())) : p;
}

/// Scales `rows` rows into one stream.
template <typename C>
void requantize_rows(hls::stream<Product>& products, hls::stream<RowScale<C> >& row_scales,
                     hls::stream<Value>& out, int rows) {
#pragma HLS INLINE off
REQUANTIZE_ROW:
  for (int row = 0; row < rows; ++row) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=1 max=60000
    out.write(scale_product<C>(products.read(), row_scales.read()));
  }
}

/// Process: scales every row and hands it to its consumer: shared and x rows to the convolution, z rows to the gate,
/// out and head rows to the result chain.
template <typename C>
void requantize(hls::stream<Product>& products, hls::stream<RowScale<C> >& row_scales,
                hls::stream<Value>& convolved, hls::stream<Value>& gates, hls::stream<Value>& projected, int tokens,
                int logits_for_all) {
  typedef Schedule<C> S;
REQUANTIZE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  REQUANTIZE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      requantize_rows<C>(products, row_scales, convolved, S::kSharedRounds);
    REQUANTIZE_PAIR:
      for (int row = 0; row < 2 * S::kChannelRounds; ++row) {
#pragma HLS PIPELINE II=1 style=flp
        const Value p = scale_product<C>(products.read(), row_scales.read());
        if (row % 2 == 0) {
          convolved.write(p);
        } else {
          gates.write(p);
        }
      }
      requantize_rows<C>(products, row_scales, projected, S::kOutRounds);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      requantize_rows<C>(products, row_scales, projected, S::kHeadRounds);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The norm, the scale and the bias of a row, after the product (numerics.md, section 2). The pipelines flush: a row
/// that they kept back would keep its convolution record in the FIFO, and the weights of later rows wait behind it.
#ifndef LIGHTMAMBA_REQUANTIZE_HPP
#define LIGHTMAMBA_REQUANTIZE_HPP

#include "lightmamba/gemv.hpp"

namespace lightmamba {

/// P = sat(shift(rnd(acc, 12) * u, kappa + t, 32) + bias, 32).
template <typename C>
Value scale_product(ap_int<kAccumulatorBits> acc, const VectorNorm& norm, const RowScale<C>& scale) {
#pragma HLS INLINE
  const ap_int<kAccumulatorBits - C::kAccumulatorDrop + 1> kept = rnd(acc.to_int64(), C::kAccumulatorDrop);
  const Wide scaled = kept.to_int64() * norm.u.to_int64();
  const Value p = shift<C::kResidualBits>(scaled, scale.kappa.to_int() + norm.t.to_int());
  return C::kBias != 0 ? Value(sat<C::kResidualBits>(p.to_int64() + scale.bias.to_int64())) : p;
}

/// Process: scales every row and hands it to its consumer: shared and x rows to the convolution, z rows to the gate,
/// out and head rows to the result chain.
template <typename C>
void requantize(hls::stream<VectorNorm>& norms, hls::stream<RowProducts<C> >& products,
                hls::stream<RowScale<C> >& row_scales, hls::stream<Value>& convolved, hls::stream<Value>& gates,
                hls::stream<Value>& projected, Run run) {
  typedef Schedule<C> S;
  VectorNorm norm[C::kLanes];
#pragma HLS ARRAY_PARTITION variable=norm complete
  const int steps = steps_of<C::kLanes>(run);
REQUANTIZE_TOKEN:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int head_lanes = logit_lanes<C::kLanes>(run, step);
    const int segments = 3 * C::kLayers + (head_lanes > 0 ? 1 : 0);
  REQUANTIZE_SEGMENT:
    for (int segment = 0; segment < segments; ++segment) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=3 max=193
      const bool head = segment == 3 * C::kLayers;
      const int kind = segment % 3;
      const int lanes = head ? head_lanes : active_lanes<C::kLanes>(run, step);
      // The shared and the channel rows have the same vectors.
      const int taken = !head && kind == 1 ? 0 : lanes;
    REQUANTIZE_NORM:
      for (int lane = 0; lane < taken; ++lane) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
        norm[lane] = norms.read();
      }
      const int rows = head ? S::kHeadRounds
                            : (kind == 2 ? S::kOutRounds : (kind == 1 ? 2 * S::kChannelRounds : S::kSharedRounds));
      const bool to_result = head || kind == 2;
      ap_int<kAccumulatorBits> acc[C::kLanes];
#pragma HLS ARRAY_PARTITION variable=acc complete
      RowScale<C> scale = RowScale<C>();
      int lane = 0;
      bool odd = false;
    REQUANTIZE_ROW:
      for (int i = 0; i < rows * lanes; ++i) {
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=1 max=60000
        if (lane == 0) {
          const RowProducts<C> product = products.read();
          scale = row_scales.read();
        REQUANTIZE_TAKE:
          for (int l = 0; l < C::kLanes; ++l) {
#pragma HLS UNROLL
            acc[l] = product.acc[l];
          }
        }
        const Value p = scale_product<C>(acc[lane], norm[lane], scale);
        if (to_result) {
          projected.write(p);
        } else if (kind == 1 && odd) {
          gates.write(p);
        } else {
          convolved.write(p);
        }
        odd = lane == lanes - 1 ? !odd : odd;
        lane = lane == lanes - 1 ? 0 : lane + 1;
      }
    }
  }
}

}  // namespace lightmamba

#endif

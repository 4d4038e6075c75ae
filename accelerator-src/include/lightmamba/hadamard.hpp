/// @file
/// The online Hadamard transform H = F_m (x) S_k of the inner vector (numerics.md, section 3).
#ifndef LIGHTMAMBA_HADAMARD_HPP
#define LIGHTMAMBA_HADAMARD_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// One butterfly stage of every block of 2^k elements; the m blocks have a bank each and run side by side.
template <typename C, typename Element>
void butterflies(const Element (&from)[C::kHadamardFactor][1 << C::kHadamardLog2],
                 Element (&to)[C::kHadamardFactor][1 << C::kHadamardLog2], int stage) {
#pragma HLS INLINE off
BUTTERFLY:
  for (int i = 0; i < (1 << C::kHadamardLog2) / 2; ++i) {
#pragma HLS PIPELINE II=1
    const int stride = 1 << stage;
    const int low = ((i >> stage) << (stage + 1)) + (i & (stride - 1));
  BUTTERFLY_BANK:
    for (int bank = 0; bank < C::kHadamardFactor; ++bank) {
#pragma HLS UNROLL
      const Element a = from[bank][low];
      const Element b = from[bank][low + stride];
      to[bank][low] = Element(a + b);
      to[bank][low + stride] = Element(a - b);
    }
  }
}

/// y = H * x, exact and unnormalised: butterflies with stride 1, 2, 4 ..., then the fixed factor: +-1, or 0 outside the blocks
/// of a block-diagonal one.
/// Stages alternate between two memories, so that each reads two and writes two elements of a bank a cycle.
/// @param in kInner values; @param out kInner values with kTransformedBits bits
template <typename C>
void transform_vector(hls::stream<ap_int<C::kGateBits> >& in, hls::stream<ap_int<C::kTransformedBits> >& out) {
#pragma HLS INLINE off
  typedef ap_int<C::kTransformedBits> Element;
  constexpr int kPoints = 1 << C::kHadamardLog2;
  LIGHTMAMBA_MEMORY(Element, even, [C::kHadamardFactor][kPoints]);
#pragma HLS ARRAY_PARTITION variable=even complete dim=1
  LIGHTMAMBA_MEMORY(Element, odd, [C::kHadamardFactor][kPoints]);
#pragma HLS ARRAY_PARTITION variable=odd complete dim=1
TRANSFORM_TAKE:
  for (int i = 0; i < C::kInner; ++i) {
#pragma HLS PIPELINE II=1
    even[i / kPoints][i % kPoints] = Element(in.read());
  }
TRANSFORM_STAGES:
  for (int stage = 0; stage < C::kHadamardLog2; ++stage) {
#pragma HLS LOOP_FLATTEN off
    if (stage % 2 == 0) {
      butterflies<C, Element>(even, odd, stage);
    } else {
      butterflies<C, Element>(odd, even, stage);
    }
  }
TRANSFORM_SEND:
  for (int i = 0; i < C::kInner; ++i) {
#pragma HLS PIPELINE II=1
    Element sum = 0;
  TRANSFORM_FACTOR:
    for (int bank = 0; bank < C::kHadamardFactor; ++bank) {
#pragma HLS UNROLL
      const Element value = C::kHadamardLog2 % 2 == 0 ? even[bank][i % kPoints] : odd[bank][i % kPoints];
      const signed char sign = C::kHadamardSigns[i / kPoints][bank];
      sum = Element(sign > 0 ? sum + value : (sign < 0 ? sum - value : sum + Element(0)));
    }
    out.write(sum);
  }
}

/// Process: transforms the weighted vector of every layer and token.
template <typename C>
void hadamard(hls::stream<ap_int<C::kGateBits> >& in, hls::stream<ap_int<C::kTransformedBits> >& out, int tokens) {
HADAMARD_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  HADAMARD_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      transform_vector<C>(in, out);
    }
  }
}

}  // namespace lightmamba

#endif

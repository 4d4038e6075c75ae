/// @file
/// The gate: y * silu(z) (numerics.md, sections 3 and 5).
#ifndef LIGHTMAMBA_GATE_HPP
#define LIGHTMAMBA_GATE_HPP

#include "lightmamba/silu.hpp"

namespace lightmamba {

/// v = shift(y * silu(z), 32 - fV, 24); y and z in Q16.
template <typename C>
ap_int<C::kGateBits> gate_value(Wide y, Wide z, int gate_shift, const short* table) {
#pragma HLS INLINE
  return shift<C::kGateBits>(y * silu<C>(z, table).to_int64(), gate_shift);
}

/// Process: gates the scan's output.
/// @param silu_words the SiLU table; @param gate_shifts 32 - fV of every layer
template <typename C>
void gate(hls::stream<Word>& silu_words, hls::stream<ap_int<8> >& gate_shifts, hls::stream<Value>& y,
          hls::stream<Value>& z, hls::stream<Value>& gated, int tokens) {
  LIGHTMAMBA_MEMORY(short, table, [C::kSiluEntries + 1]);
  load_silu<C>(silu_words, table);
GATE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  GATE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const int gate_shift = gate_shifts.read().to_int();
    GATE_CHANNEL:
      for (int round = 0; round < Schedule<C>::kChannelRounds; ++round) {
  // The next y comes a whole state later: the pipeline flushes.
#pragma HLS PIPELINE II=1 style=flp
        const Wide scanned = y.read().to_int64();
        const Wide projected = z.read().to_int64();
        gated.write(Value(gate_value<C>(scanned, projected, gate_shift, table)));
      }
    }
  }
}

}  // namespace lightmamba

#endif

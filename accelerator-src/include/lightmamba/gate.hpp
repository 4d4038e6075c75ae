/// @file
/// The gate: y * silu(z) (numerics.md, sections 3 and 5).
#ifndef LIGHTMAMBA_GATE_HPP
#define LIGHTMAMBA_GATE_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/silu.hpp"

namespace lightmamba {

/// v = shift(y * silu(z), 32 - fV, 24); y and z in Q16.
template <typename C>
ap_int<C::kGateBits> gate_value(Wide y, Wide z, int gate_shift, const short* table) {
#pragma HLS INLINE
  return shift<C::kGateBits>(y * silu<C>(z, table).to_int64(), gate_shift);
}

/// Process: gates the scan's output, block by block, lane by lane, round by round; z comes round by round.
/// @param silu_words the SiLU table; @param gate_shifts 32 - fV of every layer
template <typename C>
void gate(hls::stream<Word>& silu_words, hls::stream<ap_int<8> >& gate_shifts, hls::stream<Value>& y,
          hls::stream<Value>& z, hls::stream<Value>& gated, Run run) {
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(short, table, [C::kSiluEntries + 1]);
#pragma HLS BIND_STORAGE variable=table type=ram_2p impl=bram
  LIGHTMAMBA_MEMORY(Value, block, [C::kLanes * S::kChannelBlockRounds]);
#pragma HLS BIND_STORAGE variable=block type=ram_s2p impl=lutram
  load_silu<C>(silu_words, table);
  const int steps = steps_of<C::kLanes>(run);
GATE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int lanes = active_lanes<C::kLanes>(run, step);
  GATE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const int gate_shift = gate_shifts.read().to_int();
    GATE_BLOCK:
      for (int first = 0; first < S::kChannelRounds; first += S::kChannelBlockRounds) {
#pragma HLS LOOP_FLATTEN off
        const int rounds = min_of(S::kChannelBlockRounds, S::kChannelRounds - first);
        int lane = 0;
        int round = 0;
      GATE_TAKE:
        for (int i = 0; i < rounds * lanes; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=64
          block[lane * S::kChannelBlockRounds + round] = z.read();
          round = lane == lanes - 1 ? round + 1 : round;
          lane = lane == lanes - 1 ? 0 : lane + 1;
        }
        lane = 0;
        round = 0;
      GATE_CHANNEL:
        for (int i = 0; i < rounds * lanes; ++i) {
  // The next y comes a whole state later: the pipeline flushes.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=1 max=64
          const Wide scanned = y.read().to_int64();
          const Wide projected = block[lane * S::kChannelBlockRounds + round].to_int64();
          gated.write(Value(gate_value<C>(scanned, projected, gate_shift, table)));
          lane = round == rounds - 1 ? lane + 1 : lane;
          round = round == rounds - 1 ? 0 : round + 1;
        }
      }
    }
  }
}

}  // namespace lightmamba

#endif

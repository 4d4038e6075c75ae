/// @file
/// What the scan needs of every channel and token, block by block (numerics.md, section 5, steps 1 and 2).
#ifndef LIGHTMAMBA_SCAN_INPUT_HPP
#define LIGHTMAMBA_SCAN_INPUT_HPP

#include "lightmamba/conv1d.hpp"
#include "lightmamba/fixed_point.hpp"
#include "lightmamba/run.hpp"

namespace lightmamba {

/// What the SSM message says of a head.
struct HeadState {
  ap_uint<16> dtm;    ///< 16 significant bits of dt
  ap_uint<8> dte;     ///< dt = dtm * 2^(dte - 32)
  ap_uint<8> bits;    ///< width of the state mantissas: 8, 12 or 16
  ap_uint<32> decay;  ///< 20 fraction bits, 0 .. 2^20
  ap_int<32> d;       ///< skip connection D, Q16
};

/// An INT8 operand with an exponent of its own.
struct Operand {
  signed char value;  ///< -127 .. 127
  int exponent;       ///< value * 2^exponent
};

/// A channel and a token, as the scan takes them.
template <typename C>
struct ChannelInput {
  signed char dx;                        ///< -127 .. 127
  unsigned char exponent;                ///< dx * 2^exponent, Q48
  ap_uint<C::kDecayFraction + 1> decay;  ///< 0 .. 2^20
  ap_int<C::kStateWorkBits> skip;        ///< rnd(D * xs, 16), Q16
  unsigned char bits;                    ///< width of the state mantissas: 8, 12 or 16
  unsigned char operand;                 ///< which B and C
  bool padding;                          ///< no channel: no state, and the result is 0
  ChannelContext<C> context;             ///< the history after this token, the exponents before the step
};

/// dx of a channel: xs * dt as an INT8, exponent in units of Q48 (step 2).
inline Operand scan_input(Wide xs, const HeadState& head, int operand_bits) {
#pragma HLS INLINE
  const Wide p = xs * head.dtm.to_int64();
  const int excess = bit_length(p) - (operand_bits - 1);
  const int e = excess > 0 ? excess : 0;
  Operand operand;
  operand.value = static_cast<signed char>(clip(rnd(p, e), (1LL << (operand_bits - 1)) - 1));
  operand.exponent = e + head.dte.to_int();
  return operand;
}

/// Process: takes the SSM messages of the lanes apart and turns x into the scan's input. x comes round by round, lane
/// by lane; the scan takes it block by block, lane by lane, round by round.
/// @param states SSM messages; @param x conv output of the unit's channels, with their contexts
/// @param operands header, B and C words of every lane; @param channels inputs of the scan
/// @param gate_shifts 32 - fV of every layer, for the gate
template <typename C>
void prepare_scan(hls::stream<Word>& states, hls::stream<ConvolvedChannel<C> >& x, hls::stream<Word>& operands,
                  hls::stream<ChannelInput<C> >& channels, hls::stream<ap_int<8> >& gate_shifts, int unit_index,
                  Run run) {
  typedef Schedule<C> S;
  constexpr int kHeadSlots = S::kHeadRecordWords * S::kHeadsPerWord;
  LIGHTMAMBA_MEMORY(HeadState, heads, [C::kLanes * kHeadSlots]);
#pragma HLS AGGREGATE variable=heads compact=bit
#pragma HLS BIND_STORAGE variable=heads type=ram_s2p impl=bram
  LIGHTMAMBA_MEMORY(ChannelInput<C>, block, [C::kLanes * S::kChannelBlockRounds]);
#pragma HLS AGGREGATE variable=block compact=bit
#pragma HLS BIND_STORAGE variable=block type=ram_s2p impl=lutram
  const int steps = steps_of<C::kLanes>(run);
PREPARE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int lanes = active_lanes<C::kLanes>(run, step);
  PREPARE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
    PREPARE_MESSAGE:
      for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
      PREPARE_OPERAND:
        for (int w = 0; w < 1 + 2 * S::kOperandWords; ++w) {
  // No barrier: the core sends a message whole, whatever scan and gate have got of it.
#pragma HLS PIPELINE II=1
          const Word word = states.read();
          if (w == 0 && lane == 0) {
            gate_shifts.write(signed_bytes_at<8>(word, 0));
          }
          operands.write(word);
        }
      PREPARE_HEAD_WORD:
        for (int w = 0; w < S::kHeadRecordWords; ++w) {
#pragma HLS LOOP_FLATTEN off
          const Word word = states.read();
        PREPARE_HEAD:
          for (int i = 0; i < S::kHeadsPerWord; ++i) {
#pragma HLS PIPELINE II=1
            const int base = i * S::kHeadRecordBytes;
            HeadState head;
            head.dtm = bytes_at<16>(word, base);
            head.dte = bytes_at<8>(word, base + 2);
            head.bits = bytes_at<8>(word, base + 3);
            head.decay = bytes_at<32>(word, base + 4);
            head.d = signed_bytes_at<32>(word, base + 8);
            heads[lane * kHeadSlots + w * S::kHeadsPerWord + i] = head;
          }
        }
      }
    PREPARE_BLOCK:
      for (int first = 0; first < S::kChannelRounds; first += S::kChannelBlockRounds) {
#pragma HLS LOOP_FLATTEN off
        const int rounds = min_of(S::kChannelBlockRounds, S::kChannelRounds - first);
        int lane = 0;
        int round = 0;
      PREPARE_TAKE:
        for (int i = 0; i < rounds * lanes; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=64
          const int channel = (first + round) * C::kUnits + unit_index;
          const bool padding = channel >= C::kInner;
          const ConvolvedChannel<C> convolved = x.read();
          const Wide xs = padding ? 0 : convolved.x.to_int64();
          const int head_index = padding ? 0 : channel / C::kHeadDim;
          const HeadState head = heads[lane * kHeadSlots + head_index];
          const Operand dx = scan_input(xs, head, C::kOperandBits);
          ChannelInput<C> input;
          input.dx = dx.value;
          input.exponent = static_cast<unsigned char>(dx.exponent);
          input.decay = head.decay;
          input.skip = rnd(head.d.to_int64() * xs, C::kFixedFraction);
          input.bits = static_cast<unsigned char>(head.bits.to_int());
          // With one group there is nothing to divide.
          input.operand = static_cast<unsigned char>(C::kGroups == 1 ? 0 : head_index / (C::kHeads / C::kGroups));
          input.padding = padding;
          input.context = convolved.context;
          block[lane * S::kChannelBlockRounds + round] = input;
          round = lane == lanes - 1 ? round + 1 : round;
          lane = lane == lanes - 1 ? 0 : lane + 1;
        }
        lane = 0;
        round = 0;
      PREPARE_GIVE:
        for (int i = 0; i < rounds * lanes; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=64
          channels.write(block[lane * S::kChannelBlockRounds + round]);
          lane = round == rounds - 1 ? lane + 1 : lane;
          round = round == rounds - 1 ? 0 : round + 1;
        }
      }
    }
  }
}

}  // namespace lightmamba

#endif

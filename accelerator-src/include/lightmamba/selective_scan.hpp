/// @file
/// The selective scan with a quantized state on chip (numerics.md, section 5).
#ifndef LIGHTMAMBA_SELECTIVE_SCAN_HPP
#define LIGHTMAMBA_SELECTIVE_SCAN_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// State elements a unit and cycle.
constexpr int kScanLanes = 16;

/// How the state is cut into steps.
template <typename C>
struct ScanGeometry {
  /// State elements a step.
  static constexpr int kLanes = min_of(kScanLanes, C::kStateGroup);
  static constexpr int kSteps = C::kStateGroup / kLanes;
  static constexpr int kGroups = Schedule<C>::kStateGroups;
  static_assert(C::kStateGroup % kLanes == 0, "lightmamba: kScanLanes is a power of two");
};

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

/// One state element: h = sat(shift(m * decay, 20 - es) + shift(dx * b, 36 - ex - eb)) (step 3).
template <typename C>
ap_int<C::kStateWorkBits> scan_element(short m, int es, ap_uint<C::kDecayFraction + 1> decay, const Operand& dx,
                                       signed char b, int eb) {
#pragma HLS INLINE
  constexpr int kInputPoint = 2 * C::kFixedFraction + C::kDtFraction - C::kStateFraction;
  const Wide kept = shift<C::kStateWorkBits>(m * decay.to_int64(), C::kDecayFraction - es).to_int64();
  const Wide added = shift<C::kStateWorkBits>(dx.value * b, kInputPoint - dx.exponent - eb).to_int64();
  return sat<C::kStateWorkBits>(kept + added);
}

/// Process: the recurrence of the unit's channels. State mantissas (16 bits of storage) and exponents stay on chip;
/// they are re-quantized after every token.
/// @param states SSM messages; @param x conv output of the unit's channels, Q16
/// @param y scan output with the skip connection, Q16; 0 for padding
/// @param gate_shifts 32 - fV of every layer, for the gate
template <typename C>
void selective_scan(hls::stream<Word>& states, hls::stream<Value>& x, hls::stream<Value>& y,
                    hls::stream<ap_int<8> >& gate_shifts, int unit_index, int tokens, int reset) {
  typedef Schedule<C> S;
  typedef ScanGeometry<C> G;
  constexpr int kSlots = C::kLayers * S::kChannelRounds;
  constexpr int kOperandSteps = S::kOperandRows / G::kLanes;
  constexpr int kStepsPerState = C::kState / G::kLanes;
  constexpr int kStepsPerWord = kWordBytes / G::kLanes;
  LIGHTMAMBA_PERSISTENT_MEMORY(short, mantissas, [kSlots * kStepsPerState][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=mantissas complete dim=2
#pragma HLS BIND_STORAGE variable=mantissas type=ram_2p impl=uram
  LIGHTMAMBA_PERSISTENT_MEMORY(ap_uint<6>, exponents, [kSlots][G::kGroups]);
  LIGHTMAMBA_MEMORY(signed char, b, [kOperandSteps][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=b complete dim=2
  LIGHTMAMBA_MEMORY(signed char, c, [kOperandSteps][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=c complete dim=2
  LIGHTMAMBA_MEMORY(HeadState, heads, [S::kHeadRecordWords * S::kHeadsPerWord]);
  LIGHTMAMBA_MEMORY(ap_int<C::kStateWorkBits>, h, [G::kSteps][G::kLanes]);
#pragma HLS ARRAY_PARTITION variable=h complete dim=2

SCAN_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const bool fresh = reset != 0 && token == 0;
  SCAN_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word header = states.read();
      gate_shifts.write(signed_bytes_at<8>(header, 0));
    LOAD_OPERAND:
      for (int w = 0; w < 2 * S::kOperandWords; ++w) {
#pragma HLS LOOP_FLATTEN off
        const Word word = states.read();
      LOAD_STEP:
        for (int step = 0; step < kStepsPerWord; ++step) {
#pragma HLS PIPELINE II=1
          const bool second = w >= S::kOperandWords;
          const int row = (second ? w - S::kOperandWords : w) * kStepsPerWord + step;
        LOAD_LANE:
          for (int lane = 0; lane < G::kLanes; ++lane) {
#pragma HLS UNROLL
            const signed char value = static_cast<signed char>(signed_field<8>(word, step * G::kLanes + lane).to_int());
            if (row < kOperandSteps) {
              if (second) {
                c[row][lane] = value;
              } else {
                b[row][lane] = value;
              }
            }
          }
        }
      }
    LOAD_HEADS:
      for (int w = 0; w < S::kHeadRecordWords; ++w) {
#pragma HLS LOOP_FLATTEN off
        const Word word = states.read();
      LOAD_HEAD:
        for (int i = 0; i < S::kHeadsPerWord; ++i) {
#pragma HLS PIPELINE II=1
          const int base = i * S::kHeadRecordBytes;
          HeadState head;
          head.dtm = bytes_at<16>(word, base);
          head.dte = bytes_at<8>(word, base + 2);
          head.bits = bytes_at<8>(word, base + 3);
          head.decay = bytes_at<32>(word, base + 4);
          head.d = signed_bytes_at<32>(word, base + 8);
          heads[w * S::kHeadsPerWord + i] = head;
        }
      }

    SCAN_CHANNEL:
      for (int round = 0; round < S::kChannelRounds; ++round) {
#pragma HLS LOOP_FLATTEN off
        const int channel = round * C::kUnits + unit_index;
        const Wide xs = x.read().to_int64();
        const bool padding = channel >= C::kInner;
        const int head_index = padding ? 0 : channel / C::kHeadDim;
        const HeadState head = heads[head_index];
        const int operand_group = head_index / (C::kHeads / C::kGroups);
        const Operand dx = scan_input(padding ? 0 : xs, head, C::kOperandBits);
        const ap_uint<C::kDecayFraction + 1> decay = head.decay;
        const Wide mantissa_max = (1LL << (head.bits.to_int() - 1)) - 1;
        const int slot = layer * S::kChannelRounds + round;
        Wide total = rnd(head.d.to_int64() * (padding ? 0 : xs), C::kFixedFraction);
      SCAN_GROUP:
        for (int group = 0; group < G::kGroups; ++group) {
#pragma HLS LOOP_FLATTEN off
          const int operand = operand_group * G::kGroups + group;
          const int eb = bytes_at<8>(header, 1 + operand).to_int();
          const int ec = bytes_at<8>(header, C::kStateExponentByte + operand).to_int();
          const int es = fresh ? 0 : exponents[slot][group].to_int();
          Wide largest = 0;
        SCAN_UPDATE:
          for (int step = 0; step < G::kSteps; ++step) {
#pragma HLS PIPELINE II=1
            const int at = slot * kStepsPerState + group * G::kSteps + step;
            const int row = operand * G::kSteps + step;
            Wide step_largest = 0;
          UPDATE_LANE:
            for (int lane = 0; lane < G::kLanes; ++lane) {
#pragma HLS UNROLL
              const short m = fresh ? static_cast<short>(0) : mantissas[at][lane];
              const ap_int<C::kStateWorkBits> element = scan_element<C>(m, es, decay, dx, b[row][lane], eb);
              h[step][lane] = element;
              const Wide size = magnitude(element.to_int64());
              step_largest = size > step_largest ? size : step_largest;
            }
            largest = step_largest > largest ? step_largest : largest;
          }
          const int next = exponent(largest, static_cast<int>(mantissa_max) << 4);
          Wide sum = 0;
        SCAN_STORE:
          for (int step = 0; step < G::kSteps; ++step) {
#pragma HLS PIPELINE II=1
            const int at = slot * kStepsPerState + group * G::kSteps + step;
            const int row = operand * G::kSteps + step;
          STORE_LANE:
            for (int lane = 0; lane < G::kLanes; ++lane) {
#pragma HLS UNROLL
              const short m = static_cast<short>(clip(rnd(h[step][lane].to_int64(), next), mantissa_max));
              mantissas[at][lane] = m;
              sum += m * c[row][lane];
            }
          }
          exponents[slot][group] = ap_uint<6>(next);
          total += shift<C::kStateWorkBits>(sum, C::kStateFraction - next - ec).to_int64();
        }
        y.write(padding ? Value(0) : Value(sat<C::kResidualBits>(total)));
      }
    }
  }
}

}  // namespace lightmamba

#endif

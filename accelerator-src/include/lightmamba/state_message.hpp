/// @file
/// B, C, dt and decay of a layer as an SSM message (numerics.md, sections 4 and 5; formats.md, section 5).
#ifndef LIGHTMAMBA_STATE_MESSAGE_HPP
#define LIGHTMAMBA_STATE_MESSAGE_HPP

#include "lightmamba/rsqrt.hpp"
#include "lightmamba/softplus_decay.hpp"

namespace lightmamba {

/// Quantizes B or C: a power-of-two scale a state group (section 5, step 1).
/// @param values kOperandRows values in Q16; @param exponent_byte where the group's exponent goes in the header
template <typename C>
void quantize_operand(hls::stream<Value>& values, Word& header, int exponent_byte, signed char* quantized) {
#pragma HLS INLINE off
  LIGHTMAMBA_MEMORY(Value, buffer, [C::kStateGroup]);
  constexpr Wide kMax = (1LL << (C::kOperandBits - 1)) - 1;
OPERAND_GROUP:
  for (int group = 0; group < Schedule<C>::kOperandRows / C::kStateGroup; ++group) {
#pragma HLS LOOP_FLATTEN off
    Wide largest = 0;
  OPERAND_TAKE:
    for (int i = 0; i < C::kStateGroup; ++i) {
#pragma HLS PIPELINE II=1
      const Value value = values.read();
      buffer[i] = value;
      const Wide m = magnitude(value.to_int64());
      largest = m > largest ? m : largest;
    }
    const int e = exponent(largest, C::kOperandExponentLimit);
    const int byte = exponent_byte + group;
    header.range(8 * byte + 7, 8 * byte) = ap_uint<8>(e);
  OPERAND_QUANTIZE:
    for (int i = 0; i < C::kStateGroup; ++i) {
#pragma HLS PIPELINE II=1
      quantized[group * C::kStateGroup + i] = static_cast<signed char>(clip(rnd(buffer[i].to_int64(), e), kMax));
    }
  }
}

/// Packs the INT8 operands of a message.
template <typename C>
void send_operand(const signed char* quantized, hls::stream<Word>& message) {
#pragma HLS INLINE off
  Word word = 0;
OPERAND_SEND:
  for (int i = 0; i < Schedule<C>::kOperandRows; ++i) {
#pragma HLS PIPELINE II=1
    const int lane = i % kWordBytes;
    word.range(8 * lane + 7, 8 * lane) = ap_int<8>(quantized[i]);
    if (lane == kWordBytes - 1 || i == Schedule<C>::kOperandRows - 1) {
      message.write(word);
      word = 0;
    }
  }
}

/// Process: builds the SSM message of every layer from the shared rows.
/// @param constants EXP2, LOG1P, the constants word; then for each token and layer the layer word and the head records
/// @param shared B and C after convolution and SiLU, dt projections; Q16
template <typename C>
void prepare_state(hls::stream<Word>& constants, hls::stream<Value>& shared, hls::stream<Word>& message, int tokens) {
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(int, exp2, [C::kExp2Entries]);
  LIGHTMAMBA_MEMORY(int, log1p, [C::kLog1pEntries]);
  LIGHTMAMBA_MEMORY(signed char, b, [S::kOperandRows]);
  LIGHTMAMBA_MEMORY(signed char, c, [S::kOperandRows]);
  load_table<C>(constants, C::kExp2Entries, exp2);
  load_table<C>(constants, C::kLog1pEntries, log1p);
  const Word limits = constants.read();
  const Wide low = signed_bytes_at<64>(limits, C::kDtLowByte).to_int64();
  const Wide high = signed_bytes_at<64>(limits, C::kDtHighByte).to_int64();
STATE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  STATE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word layer_word = constants.read();
      Word header = 0;
      header.range(7, 0) = bytes_at<8>(layer_word, C::kGateShiftByte);
      quantize_operand<C>(shared, header, 1, b);
      quantize_operand<C>(shared, header, C::kStateExponentByte, c);
      message.write(header);
      send_operand<C>(b, message);
      send_operand<C>(c, message);
    STATE_HEAD_WORD:
      for (int w = 0; w < S::kHeadRecordWords; ++w) {
#pragma HLS LOOP_FLATTEN off
        const Word records = constants.read();
        Word word = 0;
      STATE_HEAD:
        for (int i = 0; i < S::kHeadsPerWord; ++i) {
#pragma HLS PIPELINE II=1
          if (w * S::kHeadsPerWord + i < C::kHeads) {
            const int base = i * S::kHeadRecordBytes;
            const Wide bias = signed_bytes_at<32>(records, base).to_int64();
            const Wide am = bytes_at<32>(records, base + 4).to_int64();
            const int as = bytes_at<8>(records, base + 12).to_int();
            const Wide dt = softplus<C>(shared.read().to_int64(), bias, low, high, exp2, log1p);
            const Wide kept = decay<C>(dt, am, as, exp2);
            const int excess = bit_length(dt) - C::kDtOperandBits;
            const int n = excess > 0 ? excess : 0;
            word.range(8 * base + 15, 8 * base) = ap_uint<16>(dt >> n);
            word.range(8 * base + 23, 8 * base + 16) = ap_uint<8>(n);
            word.range(8 * base + 31, 8 * base + 24) = bytes_at<8>(records, base + 13);
            word.range(8 * base + 63, 8 * base + 32) = ap_uint<32>(kept);
            word.range(8 * base + 95, 8 * base + 64) = bytes_at<32>(records, base + 8);
          }
        }
        message.write(word);
      }
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// B, C, dt and decay of a layer as SSM messages (numerics.md, sections 4 and 5; formats.md, section 5).
#ifndef LIGHTMAMBA_STATE_MESSAGE_HPP
#define LIGHTMAMBA_STATE_MESSAGE_HPP

#include "lightmamba/lane_beat.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/softplus_decay.hpp"

namespace lightmamba {

/// How B and C of a lane are cut.
template <typename C>
struct OperandShape {
  /// Values that are quantized in a cycle: of one state group, a power of two.
  static constexpr int kPart = min_of(C::kStateGroup, kBeatValues);
  static constexpr int kParts = kBeatValues / kPart;                            ///< of a beat
  static constexpr int kGroupParts = C::kStateGroup / kPart;                    ///< of a state group
  static constexpr int kOperandParts = Schedule<C>::kOperandRows / kPart;       ///< of B, and of C
  static constexpr int kOperandGroups = Schedule<C>::kOperandRows / C::kStateGroup;
  static constexpr int kWordParts = kWordBytes / kPart;                         ///< of a word of INT8
  /// Iterations of a message: its header, B, C, a word of head records each.
  static constexpr int kMessageSteps = 1 + 2 * kOperandParts + Schedule<C>::kHeadRecordWords;
};

/// Takes the shared rows of all lanes and finds the exponents of the state groups of B and C.
/// @param rows a lane has kSharedBeats places; @param exponents a lane has two times kOperandGroups places
/// @param headers of the messages: they get the exponents
template <typename C>
void take_shared(hls::stream<ValueBeat>& shared, Word* rows, unsigned char* exponents, Word (&headers)[C::kLanes],
                 int lanes) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  typedef OperandShape<C> O;
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);  // parts of a lane
#pragma HLS ARRAY_PARTITION variable=count complete
  LIGHTMAMBA_MEMORY(Wide, open, [C::kLanes]);  // largest magnitude of the group so far
#pragma HLS ARRAY_PARTITION variable=open complete
  clear_counts<C::kLanes>(count);
  ValueBeat beat;
  beat.values = 0;
  beat.lane = 0;
STATE_TAKE:
  for (int i = 0; i < lanes * S::kSharedBeats * O::kParts; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=4 max=512
    if (i % O::kParts == 0) {
      beat = shared.read();
    }
    const int lane = beat.lane.to_int();
    const int part = count[lane];
    ++count[lane];
    rows[lane * S::kSharedBeats + part / O::kParts] = beat.values;
    Wide sizes[O::kPart];
#pragma HLS ARRAY_PARTITION variable=sizes complete
  STATE_LARGEST:
    for (int v = 0; v < O::kPart; ++v) {
#pragma HLS UNROLL
      sizes[v] = magnitude(element<32>(beat.values, part % O::kParts * O::kPart + v).to_int64());
    }
    const Wide of_part = largest_of(sizes);
    const Wide most = part % O::kGroupParts == 0 || of_part > open[lane] ? of_part : open[lane];
    open[lane] = most;
    if (part < 2 * O::kOperandParts && part % O::kGroupParts == O::kGroupParts - 1) {
      const int group = part / O::kGroupParts;
      const int e = exponent(most, C::kOperandExponentLimit);
      exponents[lane * 2 * O::kOperandGroups + group] = static_cast<unsigned char>(e);
    STATE_PLACE:
      for (int g = 0; g < 2 * O::kOperandGroups; ++g) {
#pragma HLS UNROLL
        // Places that are constants: one that varies is a shifter as wide as the word.
        const int byte = g < O::kOperandGroups ? 1 + g : C::kStateExponentByte + g - O::kOperandGroups;
        if (group == g) {
          headers[lane].range(8 * byte + 7, 8 * byte) = ap_uint<8>(e);
        }
      }
    }
  }
}

/// The 16-byte record of a head in the message, from its record in the core image and its dt projection.
template <typename C>
ap_uint<128> head_record(const ap_uint<128>& constants, Wide projection, Wide low, Wide high, const int* exp2,
                         const int* log1p) {
#pragma HLS INLINE
  const Wide bias = ap_int<32>(constants.range(31, 0)).to_int64();
  const Wide am = static_cast<Wide>(constants.range(63, 32).to_uint64());
  const int as = static_cast<int>(constants.range(103, 96).to_uint64());
  const Wide dt = softplus<C>(projection, bias, low, high, exp2, log1p);
  const Wide kept = decay<C>(dt, am, as, exp2);
  const int excess = bit_length(dt) - C::kDtOperandBits;
  const int n = excess > 0 ? excess : 0;
  ap_uint<128> record = 0;
  record.range(15, 0) = ap_uint<16>(dt >> n);
  record.range(23, 16) = ap_uint<8>(n);
  record.range(31, 24) = ap_uint<8>(constants.range(111, 104).to_uint64());  // state bits
  record.range(63, 32) = ap_uint<32>(kept);
  record.range(95, 64) = ap_uint<32>(constants.range(95, 64).to_uint64());   // D
  return record;
}

/// Sends the messages of all lanes: B and C 16 values a cycle, a word of four heads a cycle, in one loop over all
/// lanes so that the latency of softplus and decay is there once.
template <typename C>
void send_states(hls::stream<Word>& message, const Word* rows, const unsigned char* exponents,
                 const Word (&headers)[C::kLanes], const Word* records, Wide low, Wide high, const int* exp2,
                 const int* log1p, int lanes) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  typedef OperandShape<C> O;
  constexpr Wide kMax = (1LL << (C::kOperandBits - 1)) - 1;
  int lane = 0;
  int step = 0;
  Word packed = 0;
STATE_SEND:
  for (int i = 0; i < lanes * O::kMessageSteps; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=4 max=512
    const bool heads = step > 2 * O::kOperandParts;
    const int part = max_of(step - 1, 0);
    const int head_word = max_of(step - 1 - 2 * O::kOperandParts, 0);
    // B and C lie in one beat; four dt may lie in two.
    const int from = heads ? S::kConvolvedRows + head_word * S::kHeadsPerWord : part * O::kPart;
    const int at = from / kBeatValues;
    ap_uint<2 * kWordBits> window = rows[lane * S::kSharedBeats + min_of(at + 1, S::kSharedBeats - 1)];
    window = ap_uint<2 * kWordBits>(window << kWordBits) | ap_uint<2 * kWordBits>(rows[lane * S::kSharedBeats + at]);
    window = window >> (32 * (from % kBeatValues));
    const Word values = window.range(kWordBits - 1, 0);
    if (step == 0) {
      message.write(headers[lane]);
    } else if (!heads) {
      const int e = exponents[lane * 2 * O::kOperandGroups + part / O::kGroupParts];
      ap_uint<8 * O::kPart> quantized = 0;
    STATE_QUANTIZE:
      for (int v = 0; v < O::kPart; ++v) {
#pragma HLS UNROLL
        const Wide q = clip(rnd(element<32>(values, v).to_int64(), e), kMax);
        quantized.range(8 * v + 7, 8 * v) = ap_int<8>(q);
      }
      const int in_operand = part < O::kOperandParts ? part : part - O::kOperandParts;
      const int slot = in_operand % O::kWordParts;
      const Word placed = Word(Word(quantized) << (8 * O::kPart * slot));
      packed = slot == 0 ? placed : Word(packed | placed);
      if (slot == O::kWordParts - 1 || in_operand == O::kOperandParts - 1) {
        message.write(packed);
      }
    } else {
      const Word constants = records[head_word];
      Word word = 0;
    STATE_HEAD:
      for (int h = 0; h < S::kHeadsPerWord; ++h) {
#pragma HLS UNROLL
        if (head_word * S::kHeadsPerWord + h < C::kHeads) {
          const ap_uint<128> record = constants.range(128 * h + 127, 128 * h);
          word |= Word(Word(head_record<C>(record, element<32>(values, h).to_int64(), low, high, exp2, log1p))
                       << (128 * h));
        }
      }
      message.write(word);
    }
    if (step == O::kMessageSteps - 1) {
      step = 0;
      ++lane;
    } else {
      ++step;
    }
  }
}

/// Process: builds the SSM messages of every layer from the shared rows.
/// Tail: 1 + 2 G N / 16 + heads / 4 cycles a lane and a constant, the latency of softplus and decay.
/// @param constants EXP2, LOG1P, the constants word; then for each step and layer the layer word and the head records
/// @param shared B and C after convolution and SiLU, dt projections; Q16
template <typename C>
void prepare_state(hls::stream<Word>& constants, hls::stream<ValueBeat>& shared, hls::stream<Word>& message,
                   const Run run) {
  typedef Schedule<C> S;
  typedef OperandShape<C> O;
  LIGHTMAMBA_MEMORY(int, exp2, [C::kExp2Entries]);
#pragma HLS BIND_STORAGE variable=exp2 type=ram_1wnr impl=bram
  LIGHTMAMBA_MEMORY(int, log1p, [C::kLog1pEntries]);
#pragma HLS BIND_STORAGE variable=log1p type=ram_1wnr impl=bram
  LIGHTMAMBA_MEMORY(Word, rows, [C::kLanes * S::kSharedBeats]);
#pragma HLS BIND_STORAGE variable=rows type=ram_1wnr impl=bram
  LIGHTMAMBA_MEMORY(unsigned char, exponents, [C::kLanes * 2 * O::kOperandGroups]);
#pragma HLS BIND_STORAGE variable=exponents type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(Word, headers, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=headers complete
  LIGHTMAMBA_MEMORY(Word, records, [S::kHeadRecordWords]);
#pragma HLS BIND_STORAGE variable=records type=ram_s2p impl=lutram
  load_table<C>(constants, C::kExp2Entries, exp2);
  load_table<C>(constants, C::kLog1pEntries, log1p);
  const Word limits = constants.read();
  const Wide low = signed_bytes_at<64>(limits, C::kDtLowByte).to_int64();
  const Wide high = signed_bytes_at<64>(limits, C::kDtHighByte).to_int64();
  const int steps = steps_of<C::kLanes>(run);
STATE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
  STATE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word layer_word = constants.read();
    STATE_RECORD:
      for (int i = 0; i < S::kHeadRecordWords; ++i) {
#pragma HLS PIPELINE II=1
        records[i] = constants.read();
      }
    STATE_HEADER:
      for (int lane = 0; lane < C::kLanes; ++lane) {
#pragma HLS UNROLL
        headers[lane] = Word(bytes_at<8>(layer_word, C::kGateShiftByte));
      }
      take_shared<C>(shared, rows, exponents, headers, active);
      send_states<C>(message, rows, exponents, headers, records, low, high, exp2, log1p, active);
    }
  }
}

}  // namespace lightmamba

#endif

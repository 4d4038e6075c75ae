/// @file
/// Dynamic quantization of vectors into ACTIVATION messages (numerics.md, section 2; formats.md, section 5).
#ifndef LIGHTMAMBA_QUANTIZER_HPP
#define LIGHTMAMBA_QUANTIZER_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/lane_beat.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/run.hpp"

namespace lightmamba {

/// Values that are packed in a cycle.
constexpr int kPackValues = 2 * kBeatValues;
/// Group exponents side by side in on-chip memory: at most 32 groups are packed in a cycle, 128 fill a word.
constexpr int kExponentRow = 32;

/// The normed residual, for in_proj and the head.
template <typename C>
struct ModelVector {
  typedef C Config;
  static constexpr int kBits = C::kResidualBits;
  static constexpr int kLength = C::kModel;
  static constexpr int kGroup = C::kActivationGroupModel;
  static constexpr int kExponentWords = Schedule<C>::kModelExponentWords;
};

/// The transformed inner vector, for out_proj.
template <typename C>
struct InnerVector {
  typedef C Config;
  static constexpr int kBits = C::kTransformedBits;
  static constexpr int kLength = C::kInner;
  static constexpr int kGroup = C::kActivationGroupInner;
  static constexpr int kExponentWords = Schedule<C>::kInnerExponentWords;
};

/// What the sizes of a vector say about its memories.
template <typename V>
struct QuantizerShape {
  static constexpr int kBeats = ceil_div(V::kLength, kBeatValues);
  static constexpr int kPairs = ceil_div(V::kLength, kPackValues);
  static constexpr int kGroups = V::kLength / V::kGroup;
  static constexpr int kRows = ceil_div(kGroups, kExponentRow);
  /// Groups of a beat; a group of 32 spans two.
  static constexpr int kBeatGroups = max_of(kBeatValues / V::kGroup, 1);
  static constexpr int kGroupBeats = max_of(V::kGroup / kBeatValues, 1);
  static constexpr int kPairGroups = kPackValues / V::kGroup;
  /// Values of a beat that belong to one group.
  static constexpr int kGroupValues = min_of(V::kGroup, kBeatValues);
  typedef ap_uint<kBeatValues * V::kBits> Values;
};

/// Takes the vectors of lanes [first, last) and finds the exponents of their groups and the largest exponent of each.
/// @param vectors even beats, odd beats; a lane has kPairs places
/// @param exponents a lane has kRows rows
template <typename V>
void take_vectors(hls::stream<LaneBeat<V::kBits> >& values,
                  typename QuantizerShape<V>::Values (&vectors)[2][V::Config::kLanes * QuantizerShape<V>::kPairs],
                  ap_uint<6> (&exponents)[V::Config::kLanes * QuantizerShape<V>::kRows][kExponentRow],
                  short (&largest)[V::Config::kLanes], int limit, int first, int last) {
#pragma HLS INLINE off
  typedef typename V::Config C;
  typedef QuantizerShape<V> Q;
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  LIGHTMAMBA_MEMORY(Wide, open, [C::kLanes]);  // largest magnitude of a group that goes on in the next beat
#pragma HLS ARRAY_PARTITION variable=open complete
  clear_counts<C::kLanes>(count);
QUANTIZE_CLEAR:
  for (int lane = 0; lane < C::kLanes; ++lane) {
#pragma HLS UNROLL
    largest[lane] = 0;
    open[lane] = 0;
  }
QUANTIZE_TAKE:
  for (int i = 0; i < (last - first) * Q::kBeats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=4096
    const LaneBeat<V::kBits> beat = values.read();
    const int lane = beat.lane.to_int();
    const int at = count[lane];
    ++count[lane];
    vectors[at % 2][lane * Q::kPairs + at / 2] = beat.values;
    const bool starts = at % Q::kGroupBeats == 0;
    const bool ends = at % Q::kGroupBeats == Q::kGroupBeats - 1;
    ap_uint<6> found[Q::kBeatGroups];
#pragma HLS ARRAY_PARTITION variable=found complete
    int beat_largest = 0;
  QUANTIZE_GROUP:
    for (int g = 0; g < Q::kBeatGroups; ++g) {
#pragma HLS UNROLL
      Wide most = Q::kGroupBeats > 1 && !starts ? open[lane] : Wide(0);
    QUANTIZE_LARGEST:
      for (int v = 0; v < Q::kGroupValues; ++v) {
#pragma HLS UNROLL
        const Wide m = magnitude(element<V::kBits>(beat.values, g * Q::kGroupValues + v).to_int64());
        most = m > most ? m : most;
      }
      if (Q::kGroupBeats > 1) {
        open[lane] = most;
      }
      const int e = exponent(most, limit);
      found[g] = static_cast<unsigned>(e);
      beat_largest = max_of(beat_largest, e);
    }
    if (ends) {
      const int group = at / Q::kGroupBeats * Q::kBeatGroups;
      const int row = lane * Q::kRows + group / kExponentRow;
    QUANTIZE_STORE:
      for (int column = 0; column < kExponentRow; ++column) {
#pragma HLS UNROLL
        if (column / Q::kBeatGroups == group % kExponentRow / Q::kBeatGroups) {
          exponents[row][column] = found[column % Q::kBeatGroups];
        }
      }
      largest[lane] = static_cast<short>(max_of(largest[lane], beat_largest));
    }
  }
}

/// Sends header, exponents and values of one lane's vector.
template <typename V>
void send_vector(typename QuantizerShape<V>::Values (&vectors)[2][V::Config::kLanes * QuantizerShape<V>::kPairs],
                 ap_uint<6> (&exponents)[V::Config::kLanes * QuantizerShape<V>::kRows][kExponentRow], int largest,
                 const Norm& norm, hls::stream<Word>& message, int lane, int bits) {
#pragma HLS INLINE off
  typedef typename V::Config C;
  typedef QuantizerShape<V> Q;
  constexpr int kRowsPerWord = kWordBits / (4 * kExponentRow);
  const int qmax = bits == 4 ? C::kActivationMax4 : C::kActivationMax8;
  Word header = 0;
  header.range(31, 0) = ap_uint<32>(ap_int<32>(norm.j.to_int() - largest));
  header.range(63, 32) = ap_uint<32>(norm.u);
  message.write(header);

  Word word = 0;
QUANTIZE_EXPONENTS:
  for (int row = 0; row < Q::kRows; ++row) {
#pragma HLS PIPELINE II=1
    ap_uint<4 * kExponentRow> relative = 0;
  QUANTIZE_RELATIVE:
    for (int column = 0; column < kExponentRow; ++column) {
#pragma HLS UNROLL
      if (row * kExponentRow + column < Q::kGroups) {
        const int d = min_of(largest - exponents[lane * Q::kRows + row][column].to_int(), C::kRelativeExponentMax);
        relative.range(4 * column + 3, 4 * column) = ap_uint<4>(d);
      }
    }
    const int place = row % kRowsPerWord;
    const Word placed = Word(Word(relative) << (4 * kExponentRow * place));
    word = place == 0 ? placed : Word(word | placed);
    if (place == kRowsPerWord - 1 || row == Q::kRows - 1) {
      message.write(word);
    }
  }

  Word packed_word = 0;
QUANTIZE_PACK:
  for (int pair = 0; pair < Q::kPairs; ++pair) {
#pragma HLS PIPELINE II=1
    const int group = pair * Q::kPairGroups;
    const int row = lane * Q::kRows + group / kExponentRow;
    ap_uint<8 * kPackValues> as_bytes = 0;
    ap_uint<4 * kPackValues> as_nibbles = 0;
  QUANTIZE_VALUE:
    for (int v = 0; v < kPackValues; ++v) {
#pragma HLS UNROLL
      if (pair * kPackValues + v < V::kLength) {
        const int column = group % kExponentRow + v / V::kGroup;
        const int d = min_of(largest - exponents[row][column].to_int(), C::kRelativeExponentMax);
        const Wide value =
            element<V::kBits>(vectors[v / kBeatValues][lane * Q::kPairs + pair], v % kBeatValues).to_int64();
        const Wide q = clip(rnd(value, largest - d), qmax);
        as_bytes.range(8 * v + 7, 8 * v) = ap_uint<8>(ap_int<8>(q));
        as_nibbles.range(4 * v + 3, 4 * v) = ap_uint<4>(ap_int<4>(ap_int<8>(q)));
      }
    }
    const int slots = bits == 4 ? kWordBits / (4 * kPackValues) : kWordBits / (8 * kPackValues);
    const int slot = pair & (slots - 1);
    const Word packed = bits == 4 ? Word(Word(as_nibbles) << (4 * kPackValues * slot))
                                  : Word(Word(as_bytes) << (8 * kPackValues * slot));
    packed_word = slot == 0 ? packed : Word(packed_word | packed);
    if (slot == slots - 1 || pair == Q::kPairs - 1) {
      message.write(packed_word);
    }
  }
}

/// Quantizes one vector of each of the lanes [first, last): group exponents while the vectors arrive, then the messages.
/// Tail of a lane: its exponents, 32 a cycle, then its values, 32 a cycle: length / 32 + groups / 32 cycles and a constant.
/// @tparam V ModelVector or InnerVector
/// @param norms one a lane, in order; @param bits bits of a value, 4 or 8
template <typename V>
void quantize_lanes(hls::stream<LaneBeat<V::kBits> >& values, hls::stream<Norm>& norms, hls::stream<Word>& message,
                    int first, int last, int bits) {
#pragma HLS INLINE off
  typedef typename V::Config C;
  typedef QuantizerShape<V> Q;
  typedef typename Q::Values Values;
  LIGHTMAMBA_MEMORY(Values, vectors, [2][C::kLanes * Q::kPairs]);
#pragma HLS ARRAY_PARTITION variable=vectors complete dim=1
  LIGHTMAMBA_MEMORY(ap_uint<6>, exponents, [C::kLanes * Q::kRows][kExponentRow]);
#pragma HLS ARRAY_PARTITION variable=exponents complete dim=2
  LIGHTMAMBA_MEMORY(short, largest, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=largest complete
  const int limit = bits == 4 ? C::kExponentLimit4 : C::kExponentLimit8;
  take_vectors<V>(values, vectors, exponents, largest, limit, first, last);
QUANTIZE_LANE:
  for (int lane = first; lane < last; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
    send_vector<V>(vectors, exponents, largest[lane], norms.read(), message, lane, bits);
  }
}

/// Process: quantizes the residual vectors of every step: in front of the layers and, with 8 bits, of the head.
template <typename C>
void quantize_model(hls::stream<ValueBeat>& values, hls::stream<Norm>& norms, hls::stream<Word>& message,
                    const Run run) {
  const int steps = steps_of<C::kLanes>(run);
QUANTIZE_MODEL_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    const int first_logit = first_logit_lane<C::kLanes>(run, step);
  QUANTIZE_MODEL_VECTOR:
    for (int vector = 0; vector <= C::kLayers; ++vector) {
#pragma HLS LOOP_FLATTEN off
      const bool head = vector == C::kLayers;
      quantize_lanes<ModelVector<C> >(values, norms, message, head ? first_logit : 0, active,
                                      head ? kHeadActivationBits : run.activation_bits);
    }
  }
}

/// Process: quantizes the transformed inner vectors of every layer and step.
template <typename C>
void quantize_inner(hls::stream<LaneBeat<C::kTransformedBits> >& values, hls::stream<Norm>& norms,
                    hls::stream<Word>& message, const Run run) {
  const int steps = steps_of<C::kLanes>(run);
QUANTIZE_INNER_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
  QUANTIZE_INNER_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      quantize_lanes<InnerVector<C> >(values, norms, message, 0, active, run.activation_bits);
    }
  }
}

}  // namespace lightmamba

#endif

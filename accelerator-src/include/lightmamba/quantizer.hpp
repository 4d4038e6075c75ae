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
  static constexpr int kTakeBeats = 1;
  static constexpr int kLength = C::kModel;
  static constexpr int kGroup = C::kActivationGroupModel;
  static constexpr int kExponentLimit4 = C::kExponentLimit4Model;
};

/// The transformed inner vector, for out_proj.
template <typename C>
struct InnerVector {
  typedef C Config;
  static constexpr int kBits = C::kTransformedBits;
  static constexpr int kTakeBeats = 2;
  static constexpr int kLength = C::kInner;
  static constexpr int kGroup = C::kActivationGroupInner;
  static constexpr int kExponentLimit4 = C::kExponentLimit4Inner;
};

/// What the sizes of a vector say about its memories and its message.
template <typename V>
struct QuantizerShape {
  static constexpr int kPairs = ceil_div(V::kLength, kPackValues);
  static constexpr int kGroups = V::kLength / V::kGroup;
  static constexpr int kRows = ceil_div(kGroups, kExponentRow);
  static constexpr int kPairGroups = kPackValues / V::kGroup;
  /// Values, beats and groups that are taken in a cycle; a group of 32 may need two.
  static constexpr int kTakeValues = V::kTakeBeats * kBeatValues;
  static constexpr int kTakes = ceil_div(V::kLength, kTakeValues);
  static constexpr int kTakeGroups = max_of(kTakeValues / V::kGroup, 1);
  static constexpr int kGroupTakes = max_of(V::kGroup / kTakeValues, 1);
  /// Values of a take that belong to one group.
  static constexpr int kGroupValues = min_of(V::kGroup, kTakeValues);
  /// Cycles of a message: its header, its exponents, its values.
  static constexpr int kMessageSteps = 1 + kRows + kPairs;
  typedef ap_uint<kBeatValues * V::kBits> Values;
};

/// The vectors of all lanes on chip, with the exponents of their groups.
template <typename V>
struct QuantizerMemory {
  typedef QuantizerShape<V> Q;
  typedef typename Q::Values Vectors[2][V::Config::kLanes * Q::kPairs];               ///< even beats, odd beats
  typedef ap_uint<6> Exponents[V::Config::kLanes * Q::kRows][kExponentRow];
  typedef short Largest[V::Config::kLanes];                                           ///< largest exponent of a lane
  typedef Wide Open[V::Config::kLanes];  ///< largest magnitude of a group that goes on
};

/// Takes part `at` of a lane's vector: stores it, finds the exponents of its groups and the largest exponent.
/// @param beats kTakeBeats beats; @param limit C of the exponent
template <typename V>
void take_part(const typename QuantizerShape<V>::Values (&beats)[V::kTakeBeats],
               typename QuantizerMemory<V>::Vectors& vectors, typename QuantizerMemory<V>::Exponents& exponents,
               typename QuantizerMemory<V>::Largest& largest, typename QuantizerMemory<V>::Open& open, int lane, int at,
               int limit) {
#pragma HLS INLINE
  typedef QuantizerShape<V> Q;
  if (V::kTakeBeats == 1) {
    vectors[at % 2][lane * Q::kPairs + at / 2] = beats[0];
  } else {
    vectors[0][lane * Q::kPairs + at] = beats[0];
    vectors[1][lane * Q::kPairs + at] = beats[V::kTakeBeats - 1];
  }
  ap_uint<6> found[Q::kTakeGroups];
#pragma HLS ARRAY_PARTITION variable=found complete
  int most_exponent = 0;
QUANTIZE_GROUP:
  for (int g = 0; g < Q::kTakeGroups; ++g) {
#pragma HLS UNROLL
    Wide sizes[Q::kGroupValues];
#pragma HLS ARRAY_PARTITION variable=sizes complete
  QUANTIZE_LARGEST:
    for (int v = 0; v < Q::kGroupValues; ++v) {
#pragma HLS UNROLL
      const int i = g * Q::kGroupValues + v;
      sizes[v] = magnitude(element<V::kBits>(beats[i / kBeatValues], i % kBeatValues).to_int64());
    }
    const Wide of_take = largest_of(sizes);
    const Wide most = at % Q::kGroupTakes == 0 || of_take > open[lane] ? of_take : open[lane];
    if (Q::kGroupTakes > 1) {
      open[lane] = most;
    }
    // Of a group that goes on this is the exponent so far, which is not larger.
    const int e = exponent(most, limit);
    found[g] = static_cast<unsigned>(e);
    most_exponent = max_of(most_exponent, e);
  }
  largest[lane] = static_cast<short>(at == 0 ? most_exponent : max_of(largest[lane], most_exponent));
  if (at % Q::kGroupTakes == Q::kGroupTakes - 1) {
    const int group = at / Q::kGroupTakes * Q::kTakeGroups;
    const int row = lane * Q::kRows + group / kExponentRow;
  QUANTIZE_STORE:
    for (int column = 0; column < kExponentRow; ++column) {
#pragma HLS UNROLL
      if (column / Q::kTakeGroups == group % kExponentRow / Q::kTakeGroups) {
        exponents[row][column] = found[column % Q::kTakeGroups];
      }
    }
  }
}

/// Sends what step `step` of a lane's message adds: its header, 32 exponents or 32 values.
/// @param word what of the current word is there
template <typename V>
void send_part(const typename QuantizerMemory<V>::Vectors& vectors,
               const typename QuantizerMemory<V>::Exponents& exponents, int largest, hls::stream<Norm>& norms,
               hls::stream<Word>& message, Word& word, int lane, int step, int bits) {
#pragma HLS INLINE
  typedef typename V::Config C;
  typedef QuantizerShape<V> Q;
  const int pair = max_of(step - 1 - Q::kRows, 0);
  const int group = pair * Q::kPairGroups;  // of the pair's first value
  const int row = step <= Q::kRows ? max_of(step - 1, 0) : group / kExponentRow;
  ap_uint<4> relative[kExponentRow];
#pragma HLS ARRAY_PARTITION variable=relative complete
  ap_uint<4 * kExponentRow> as_exponents = 0;
QUANTIZE_RELATIVE:
  for (int column = 0; column < kExponentRow; ++column) {
#pragma HLS UNROLL
    const bool exists = row * kExponentRow + column < Q::kGroups;
    const int e = exists ? exponents[lane * Q::kRows + row][column].to_int() : largest;
    relative[column] = static_cast<unsigned>(min_of(largest - e, C::kRelativeExponentMax));
    as_exponents.range(4 * column + 3, 4 * column) = relative[column];
  }
  ap_uint<8 * kPackValues> as_bytes = 0;
  ap_uint<4 * kPackValues> as_nibbles = 0;
QUANTIZE_VALUE:
  for (int v = 0; v < kPackValues; ++v) {
#pragma HLS UNROLL
    if (step > Q::kRows && pair * kPackValues + v < V::kLength) {
      const int in_force = largest - relative[group % kExponentRow + v / V::kGroup].to_int();
      const Wide value =
          element<V::kBits>(vectors[v / kBeatValues][lane * Q::kPairs + pair], v % kBeatValues).to_int64();
      const Wide q = clip(rnd(value, in_force), bits == 4 ? C::kActivationMax4 : C::kActivationMax8);
      as_bytes.range(8 * v + 7, 8 * v) = ap_int<8>(q);
      as_nibbles.range(4 * v + 3, 4 * v) = ap_int<8>(q).range(3, 0);
    }
  }
  if (step == 0) {
    const Norm norm = norms.read();
    Word header = 0;
    header.range(31, 0) = ap_int<32>(norm.j.to_int() - largest);
    header.range(63, 32) = ap_uint<32>(norm.u);
    message.write(header);
  } else {
    // 32 exponents or 4-bit values are a quarter of a word, 32 values of 8 bits half of one.
    const bool quarters = step <= Q::kRows || bits == 4;
    const int slots = quarters ? 4 : 2;
    const int index = step <= Q::kRows ? step - 1 : pair;
    const int slot = index & (slots - 1);
    const ap_uint<8 * kPackValues> part = step <= Q::kRows ? ap_uint<8 * kPackValues>(as_exponents)
                                          : bits == 4      ? ap_uint<8 * kPackValues>(as_nibbles)
                                                           : as_bytes;
    const Word placed = Word(Word(part) << ((quarters ? 4 : 8) * kPackValues * slot));
    word = slot == 0 ? placed : Word(word | placed);
    if (slot == slots - 1 || step == Q::kRows || step == Q::kMessageSteps - 1) {
      message.write(word);
    }
  }
}

/// Quantizes one vector of each of the lanes [first, last), whose beats come mixed: group exponents while the vectors
/// arrive, then all messages in one loop. Tail: 1 + groups / 32 + length / 32 cycles a lane and a constant.
/// @param norms one a lane, in order; @param bits bits of a value, 4 or 8
template <typename C>
void quantize_mixed(hls::stream<ValueBeat>& values, hls::stream<Norm>& norms, hls::stream<Word>& message, int first,
                    int last, int bits) {
#pragma HLS INLINE off
  typedef ModelVector<C> V;
  typedef QuantizerShape<V> Q;
  typedef typename Q::Values Values;
  LIGHTMAMBA_MEMORY(Values, vectors, [2][C::kLanes * Q::kPairs]);
#pragma HLS ARRAY_PARTITION variable=vectors complete dim=1
#pragma HLS BIND_STORAGE variable=vectors type=ram_s2p impl=bram
  LIGHTMAMBA_MEMORY(ap_uint<6>, exponents, [C::kLanes * Q::kRows][kExponentRow]);
#pragma HLS ARRAY_PARTITION variable=exponents complete dim=2
#pragma HLS BIND_STORAGE variable=exponents type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(short, largest, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=largest complete
  LIGHTMAMBA_MEMORY(Wide, open, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=open complete
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  clear_counts<C::kLanes>(count);
  const int limit = bits == 4 ? V::kExponentLimit4 : C::kExponentLimit8;
QUANTIZE_TAKE:
  for (int i = 0; i < (last - first) * Q::kTakes; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=2048
    const ValueBeat beat = values.read();
    const int lane = beat.lane.to_int();
    const Values beats[1] = {beat.values};
    take_part<V>(beats, vectors, exponents, largest, open, lane, count[lane], limit);
    ++count[lane];
  }
  int lane = first;
  int step = 0;
  Word word = 0;
  // Norms come after the vectors, all lanes' at once.
QUANTIZE_SEND:
  for (int i = 0; i < (last - first) * Q::kMessageSteps; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=2048
    send_part<V>(vectors, exponents, largest[lane], norms, message, word, lane, step, bits);
    if (step == Q::kMessageSteps - 1) {
      step = 0;
      ++lane;
    } else {
      ++step;
    }
  }
}

/// Quantizes one vector of each of `lanes` lanes, which come lane after lane, 32 values a cycle: while a lane's vector
/// arrives, the message of the lane before it leaves.
/// Tail of the last lane: 1 + groups / 32 + length / 32 cycles and a constant.
template <typename C>
void quantize_ordered(hls::stream<LanePair<C::kTransformedBits> >& values, hls::stream<Norm>& norms,
                      hls::stream<Word>& message, int lanes, int bits) {
#pragma HLS INLINE off
  typedef InnerVector<C> V;
  typedef QuantizerShape<V> Q;
  typedef typename Q::Values Values;
  LIGHTMAMBA_MEMORY(Values, vectors, [2][C::kLanes * Q::kPairs]);
#pragma HLS ARRAY_PARTITION variable=vectors complete dim=1
#pragma HLS BIND_STORAGE variable=vectors type=ram_s2p impl=bram
  LIGHTMAMBA_MEMORY(ap_uint<6>, exponents, [C::kLanes * Q::kRows][kExponentRow]);
#pragma HLS ARRAY_PARTITION variable=exponents complete dim=2
#pragma HLS BIND_STORAGE variable=exponents type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(short, largest, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=largest complete
  LIGHTMAMBA_MEMORY(Wide, open, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=open complete
  const int limit = bits == 4 ? V::kExponentLimit4 : C::kExponentLimit8;
QUANTIZE_LANE:
  for (int lane = 0; lane <= lanes; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=2 max=9
    const int takes = lane < lanes ? Q::kTakes : 0;
    const int sends = lane > 0 ? Q::kMessageSteps : 0;
    Word word = 0;
    // No barrier: all vectors come without waiting for a message of the same layer.
  QUANTIZE_OVERLAP:
    for (int i = 0; i < max_of(takes, sends); ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=3 max=1024
      // One lane is written, the lane before it is read.
#pragma HLS DEPENDENCE variable=vectors type=inter dependent=false
#pragma HLS DEPENDENCE variable=exponents type=inter dependent=false
      if (i < takes) {
        const LanePair<C::kTransformedBits> pair = values.read();
        const Values beats[2] = {pair.even, pair.odd};
        take_part<V>(beats, vectors, exponents, largest, open, lane, i, limit);
      }
      if (i < sends) {
        send_part<V>(vectors, exponents, largest[lane - 1], norms, message, word, lane - 1, i, bits);
      }
    }
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
      quantize_mixed<C>(values, norms, message, head ? first_logit : 0, active,
                        head ? kHeadActivationBits : run.activation_bits);
    }
  }
}

/// Process: quantizes the transformed inner vectors of every layer and step.
template <typename C>
void quantize_inner(hls::stream<LanePair<C::kTransformedBits> >& values, hls::stream<Norm>& norms,
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
      quantize_ordered<C>(values, norms, message, active, run.activation_bits);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The matrix-vector product: weight words against the vectors on chip (numerics.md, section 2). Some lanes are
/// multiplied in a cycle (kCycleLanes); a word stays for as many cycles as the lanes at work need.
#ifndef LIGHTMAMBA_GEMV_HPP
#define LIGHTMAMBA_GEMV_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/row_scales.hpp"
#include "lightmamba/schedule.hpp"
#include "lightmamba/switched_dot_product.hpp"

namespace lightmamba {

/// Bits of the exact product of a row (numerics.md, section 6).
constexpr int kAccumulatorBits = 52;

/// The exact products of a row and the vectors of the lanes.
template <typename C>
struct RowProducts {
  ap_int<kAccumulatorBits> acc[C::kLanes];  ///< sum over groups of m * sum of w*q << (15 - d)
};

/// The norm of a vector.
struct VectorNorm {
  ap_uint<17> u;  ///< mantissa of 1/rms
  ap_int<16> t;   ///< exponent of 1/rms less the vector's exponent
};

/// The token lanes that are multiplied in a cycle, and the lines of activations of a weight word: one a pass.
template <typename C>
struct LanePasses {
  static_assert(C::kLanes % C::kWordCycles == 0, "lightmamba: a word's passes have equally many lanes");
  static constexpr int kPasses = C::kWordCycles;
  static constexpr int kCycleLanes = C::kLanes / C::kWordCycles;

  /// Cycles that a word stays with `lanes` lanes at work, 1 .. kPasses: one where decode has one sequence.
  static constexpr int of(int lanes) {
#pragma HLS INLINE
    return max_of(1, ceil_div(lanes, kCycleLanes));
  }
};

/// What a lane keeps of half a weight word: a word of the message fills one half or both.
template <typename C>
struct HalfLine {
  typedef WordGeometry<C> G;
  signed char value[G::kFields / 2];      ///< the activation of every field
  ap_uint<4> shift[G::kSubgroups / 2];  ///< 15 - d of every subgroup
};

/// Sums of products over one subgroup, a sum a lane: the only place that multiplies weights and activations.
/// @param fields the weights, 4 bits a field; with `wide` two fields are one weight of 8 bits, low half first
/// @param activations with `wide` the activation of a weight stands at its even field, 0 at its odd one
/// @param lanes the sums of lanes behind them are undefined
/// @tparam DspLanes of the lanes those that Kind makes; the others are in LUTs
template <Multiplier Kind, int Fields, int Lanes, int DspLanes>
void subgroup_sums(const unsigned char* fields, bool wide, const signed char (&activations)[Lanes][Fields],
                   int (&sums)[Lanes], int lanes) {
#pragma HLS INLINE
  typedef SplitSwitchedDotProduct<Kind, Fields, Lanes, DspLanes> Dot;
  ap_uint<4> nibbles[Fields];
#pragma HLS ARRAY_PARTITION variable=nibbles complete
DOT_WEIGHT:
  for (int e = 0; e < Fields; ++e) {
#pragma HLS UNROLL
    nibbles[e] = ap_uint<4>(fields[e]);
  }
DOT_LANE:
  for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    // No two lanes share a slice, so the simulation leaves idle ones out.
    if (lane < lanes) {
      ap_int<8> own[1][Fields];
#pragma HLS ARRAY_PARTITION variable=own complete dim=0
    DOT_FIELD:
      for (int e = 0; e < Fields; ++e) {
#pragma HLS UNROLL
        own[0][e] = ap_int<8>(activations[lane][e]);
      }
      sums[lane] = Dot::lane_sum(lane, nibbles, wide, own).to_int();
    }
  }
}

/// Takes the ACTIVATION messages of `lanes` lanes and multiplies them by `rows` rows. In pass p of a word the lanes
/// from p * kCycleLanes onwards are multiplied; a memory holds the activations of one of them, of all passes.
/// @param length elements of a vector and of a row
/// @param group_log2 log2 of the elements of an activation group; @param scale_log2 of a weight group
/// @param norms one a lane; @param products one a row
template <typename C>
void multiply_rows(hls::stream<Word>& vectors, hls::stream<Word>& weights, hls::stream<Mantissas<C> >& mantissas,
                   hls::stream<VectorNorm>& norms, hls::stream<RowProducts<C> >& products, int rows, int length,
                   int group_log2, int scale_log2, int weight_bits, int activation_bits, int lanes) {
#pragma HLS INLINE off
  typedef WordGeometry<C> G;
  typedef Schedule<C> S;
  typedef LanePasses<C> P;
  constexpr int kCycleLanes = P::kCycleLanes;
  constexpr int kHalf = G::kFields / 2;
  constexpr int kPartBits = 64;
  constexpr int kMaxExponentWords = max_of(S::kModelExponentWords, S::kInnerExponentWords);
  constexpr int kLines = G::kMaxRowWords * P::kPasses;
  constexpr int kUramLanes = C::kUramLanes;
  constexpr int kBramLanes = kCycleLanes - kUramLanes;
  static_assert(0 <= kUramLanes && kUramLanes <= kCycleLanes, "lightmamba: more lanes in UltraRAM than there are");
  // A lane has a memory of its own. Both halves of a line are written, and read, in a cycle, one at each port.
  LIGHTMAMBA_MEMORY(HalfLine<C>, in_uram, [kLines][max_of(kUramLanes, 1)][2]);
#pragma HLS AGGREGATE variable=in_uram compact=bit
#pragma HLS ARRAY_PARTITION variable=in_uram complete dim=2
#pragma HLS BIND_STORAGE variable=in_uram type=ram_t2p impl=uram
  LIGHTMAMBA_MEMORY(HalfLine<C>, in_bram, [kLines][max_of(kBramLanes, 1)][2]);
#pragma HLS AGGREGATE variable=in_bram compact=bit
#pragma HLS ARRAY_PARTITION variable=in_bram complete dim=2
#pragma HLS BIND_STORAGE variable=in_bram type=ram_t2p impl=bram
  LIGHTMAMBA_MEMORY(Word, exponents, [kMaxExponentWords]);
#pragma HLS BIND_STORAGE variable=exponents type=ram_s2p impl=lutram

  const bool wide = weight_bits == 8;
  const bool bytes = activation_bits == 8;
  const bool halves = bytes && !wide;
  const int word_log2 = weights_log2(weight_bits);
  const int groups = length >> group_log2;
  const int row_words = packed_words(length, weight_bits);
  const int load_words = halves ? 2 * row_words : row_words;
  const int value_words = packed_words(length, activation_bits);
  const int words_per_scale = scale_log2 <= word_log2 ? 1 : 1 << (scale_log2 - word_log2);
  const int exponent_words = ceil_div(groups, S::kExponentsPerWord);
LOAD_VECTOR:
  for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
    const int lane_pass = lane / kCycleLanes;
    const int slot = lane % kCycleLanes;
    const Word header = vectors.read();
    VectorNorm norm;
    norm.t = ap_int<16>(signed_bytes_at<32>(header, 0));
    norm.u = ap_uint<17>(bytes_at<32>(header, 4));
    norms.write(norm);
  LOAD_EXPONENTS:
    for (int w = 0; w < exponent_words; ++w) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=16
      exponents[w] = vectors.read();
    }
  LOAD_VALUES:
    for (int i = 0; i < load_words; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=256
      // The message ends with its last word of values; the part of the last weight word behind it counts as 0.
      const Word word = i < value_words ? vectors.read() : Word(0);
      const int at = halves ? i / 2 : i;
      const int line = at * P::kPasses + lane_pass;
      // The exponents of a word of values lie in one word: at most 128, from a multiple of their number onwards.
      const int element = halves ? i << (word_log2 - 1) : i << word_log2;
      const Word packed = exponents[min_of(element >> group_log2, groups - 1) / S::kExponentsPerWord];
    LOAD_HALF:
      for (int half = 0; half < 2; ++half) {
#pragma HLS UNROLL
        HalfLine<C> loaded;
      LOAD_FIELD:
        for (int e = 0; e < kHalf; ++e) {
#pragma HLS UNROLL
          const int field_index = half * kHalf + e;
          const int nibble = signed_field<4>(word, field_index).to_int();
          const int byte = signed_field<8>(word, e).to_int();
          const int spread = field_index % 2 == 0 ? signed_field<8>(word, field_index / 2).to_int() : 0;
          loaded.value[e] = static_cast<signed char>(wide ? spread : (bytes ? byte : nibble));
        }
      LOAD_SUBGROUP:
        for (int s = 0; s < G::kSubgroups / 2; ++s) {
#pragma HLS UNROLL
          const int fields_before = (half * (G::kSubgroups / 2) + s) * G::kSubgroup;
          const int first = (at << word_log2) + (wide ? fields_before / 2 : fields_before);
          const int a = min_of(first >> group_log2, groups - 1);
          const int d = field<4>(packed, a % S::kExponentsPerWord).to_int();
          loaded.shift[s] = C::kRelativeExponentMax - d;
        }
        if (!halves || half == i % 2) {
          if (slot < kUramLanes) {
            in_uram[line][min_of(slot, max_of(kUramLanes, 1) - 1)][half] = loaded;
          } else {
            in_bram[line][slot - kUramLanes][half] = loaded;
          }
        }
      }
    }
  }

  const int passes = P::of(lanes);
  Mantissas<C> scale = {};
  Word word = 0;
  Wide acc[P::kPasses][kCycleLanes] = {};
#pragma HLS ARRAY_PARTITION variable=acc complete dim=0
  int pass = 0;
  int word_of_row = 0;
  int word_of_scale = 0;
MULTIPLY_WORD:
  for (int i = 0; i < rows * row_words * passes; ++i) {
  // Flattened over rows, so a stall must not keep the results of earlier rows back: the pipeline flushes.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=16 max=2000000
    if (pass == 0) {
      if (word_of_scale == 0) {
        scale = mantissas.read();
      }
      word = weights.read();
    }
    const int line = word_of_row * P::kPasses + pass;
    const int active = lanes - pass * kCycleLanes;
    unsigned char fields[G::kFields];
#pragma HLS ARRAY_PARTITION variable=fields complete
  MULTIPLY_PART:
    for (int part = 0; part < kWordBits / kPartBits; ++part) {
#pragma HLS UNROLL
      const unsigned long long bits = field<kPartBits>(word, part).to_uint64();
    MULTIPLY_UNPACK:
      for (int e = 0; e < kPartBits / 4; ++e) {
#pragma HLS UNROLL
        fields[part * (kPartBits / 4) + e] = static_cast<unsigned char>((bits >> (4 * e)) & 15);
      }
    }
    HalfLine<C> lines[kCycleLanes][2];
#pragma HLS ARRAY_PARTITION variable=lines complete dim=0
  MULTIPLY_READ:
    for (int lane = 0; lane < kCycleLanes; ++lane) {
#pragma HLS UNROLL
    MULTIPLY_HALF:
      for (int half = 0; half < 2; ++half) {
#pragma HLS UNROLL
        if (lane < active) {
          lines[lane][half] = lane < kUramLanes ? in_uram[line][min_of(lane, max_of(kUramLanes, 1) - 1)][half]
                                                : in_bram[line][max_of(lane - kUramLanes, 0)][half];
        }
      }
    }
    // Of this word alone: only one sum stands between a word and the next.
    Wide word_sum[kCycleLanes] = {};
#pragma HLS ARRAY_PARTITION variable=word_sum complete
  MULTIPLY_SLOT:
    for (int slot = 0; slot < G::kSlots; ++slot) {
#pragma HLS UNROLL
      ap_int<G::kSlotBits> slot_sum[kCycleLanes];
#pragma HLS ARRAY_PARTITION variable=slot_sum complete
    MULTIPLY_SUBGROUP:
      for (int s = 0; s < G::kSubgroupsPerSlot; ++s) {
#pragma HLS UNROLL
        const int subgroup = slot * G::kSubgroupsPerSlot + s;
        const int half = subgroup / (G::kSubgroups / 2);
        const int of_half = subgroup % (G::kSubgroups / 2);
        signed char activations[kCycleLanes][G::kSubgroup] = {};
#pragma HLS ARRAY_PARTITION variable=activations complete dim=0
      MULTIPLY_TAKE:
        for (int lane = 0; lane < kCycleLanes; ++lane) {
#pragma HLS UNROLL
          if (lane < active) {
          MULTIPLY_FIELD:
            for (int e = 0; e < G::kSubgroup; ++e) {
#pragma HLS UNROLL
              activations[lane][e] = lines[lane][half].value[of_half * G::kSubgroup + e];
            }
          }
        }
        int sums[kCycleLanes];
#pragma HLS ARRAY_PARTITION variable=sums complete
        subgroup_sums<Multiplier(C::kMultiplier), G::kSubgroup, kCycleLanes, C::kDspLanes>(
            fields + subgroup * G::kSubgroup, wide, activations, sums, active);
      MULTIPLY_SHIFT:
        for (int lane = 0; lane < kCycleLanes; ++lane) {
#pragma HLS UNROLL
          if (lane < active) {
            const ap_int<G::kShiftedBits> shifted = ap_int<G::kShiftedBits>(sums[lane])
                                                    << lines[lane][half].shift[of_half].to_int();
            slot_sum[lane] = s == 0 ? ap_int<G::kSlotBits>(shifted) : ap_int<G::kSlotBits>(slot_sum[lane] + shifted);
          }
        }
      }
    MULTIPLY_SCALE:
      for (int lane = 0; lane < kCycleLanes; ++lane) {
#pragma HLS UNROLL
        if (lane < active) {
          word_sum[lane] += slot_sum[lane].to_int64() * scale.slot[slot];
        }
      }
    }
  MULTIPLY_KEEP:
    for (int lane = 0; lane < kCycleLanes; ++lane) {
#pragma HLS UNROLL
      acc[pass][lane] = word_of_row == 0 ? word_sum[lane] : acc[pass][lane] + word_sum[lane];
    }
    if (pass < passes - 1) {
      ++pass;
    } else {
      pass = 0;
      word_of_scale = word_of_scale == words_per_scale - 1 ? 0 : word_of_scale + 1;
      if (word_of_row == row_words - 1) {
        RowProducts<C> product;
      MULTIPLY_END:
        for (int lane = 0; lane < C::kLanes; ++lane) {
#pragma HLS UNROLL
          product.acc[lane] = ap_int<kAccumulatorBits>(acc[lane / kCycleLanes][lane % kCycleLanes]);
        }
        products.write(product);
        word_of_row = 0;
        word_of_scale = 0;
      } else {
        ++word_of_row;
      }
    }
  }
}

/// Process: all products of a unit, every weight word used by all lanes of a step. One vector a lane serves the shared
/// and the channel rows, one the out rows, one the head.
template <typename C>
void multiply(hls::stream<Word>& vectors, hls::stream<Word>& weights, hls::stream<Mantissas<C> >& mantissas,
              hls::stream<VectorNorm>& norms, hls::stream<RowProducts<C> >& products, Run run) {
  typedef Schedule<C> S;
  constexpr int kModelLog2 = exact_log2(C::kActivationGroupModel);
  constexpr int kInnerLog2 = exact_log2(C::kActivationGroupInner);
  constexpr int kModelScaleLog2 = exact_log2(C::kWeightGroupModel);
  constexpr int kInnerScaleLog2 = exact_log2(C::kWeightGroupInner);
  const int steps = steps_of<C::kLanes>(run);
MULTIPLY_TOKEN:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int lanes = active_lanes<C::kLanes>(run, step);
    const int head_lanes = logit_lanes<C::kLanes>(run, step);
    const int segments = 2 * C::kLayers + (head_lanes > 0 ? 1 : 0);
  MULTIPLY_SEGMENT:
    for (int segment = 0; segment < segments; ++segment) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=2 max=129
      // One call, so that one array of multipliers serves all.
      const bool head = segment == 2 * C::kLayers;
      const bool out = !head && segment % 2 == 1;
      multiply_rows<C>(vectors, weights, mantissas, norms, products,
                       head ? S::kHeadRounds : (out ? S::kOutRounds : S::kInputRows), out ? C::kInner : C::kModel,
                       out ? kInnerLog2 : kModelLog2, out ? kInnerScaleLog2 : kModelScaleLog2,
                       head ? run.head_bits : run.weight_bits, head ? kHeadActivationBits : run.activation_bits,
                       head ? head_lanes : lanes);
    }
  }
}

}  // namespace lightmamba

#endif

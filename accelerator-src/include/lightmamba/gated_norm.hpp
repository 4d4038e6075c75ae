/// @file
/// The gated norm: its sum of squares, its weight and, with several groups, itself (numerics.md, section 3).
#ifndef LIGHTMAMBA_GATED_NORM_HPP
#define LIGHTMAMBA_GATED_NORM_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/lane_beat.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/run.hpp"

namespace lightmamba {

/// w = shift(v * g, sG, 24).
template <typename C>
ap_int<C::kGateBits> weigh(Wide v, Wide g, int gain_shift) {
#pragma HLS INLINE
  return shift<C::kGateBits>(v * g, gain_shift);
}

/// Fraction bits of a normalised value.
constexpr int kNormalisedFraction = 22;

/// Element of a beat of `gated`: v has kGateBits bits.
template <typename C>
Wide gated_value(const Word& values, int index) {
#pragma HLS INLINE
  return ap_int<C::kGateBits>(element<32>(values, index)).to_int64();
}

/// g of element `index` of a beat.
inline Wide gain_of(const Word* gains, int beat, int index) {
#pragma HLS INLINE
  const Word word = gains[beat / 2];
  const int at = 16 * (beat % 2 * kBeatValues + index);
  return ap_int<16>(word.range(at + 15, at)).to_int64();
}

/// One norm over the whole width: the weighted vectors of all lanes, and the norms themselves for after out_proj.
/// Tail: a constant and a cycle a lane.
/// @param epsilon epsilon2; @param gains g, two beats a word
template <typename C>
void weigh_vectors(const Word* gains, hls::stream<ValueBeat>& gated, hls::stream<LaneBeat<C::kGateBits> >& weighted,
                   hls::stream<Norm>& norms, SquareSum epsilon, int gain_shift, const int* table, int lanes) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  LIGHTMAMBA_MEMORY(SquareSum, sums, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=sums complete
  clear_counts<C::kLanes>(count);
GATED_CLEAR:
  for (int lane = 0; lane < C::kLanes; ++lane) {
#pragma HLS UNROLL
    sums[lane] = epsilon;
  }
GATED_BEAT:
  for (int i = 0; i < lanes * S::kInnerBeats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=2 max=4096
    const ValueBeat beat = gated.read();
    const int lane = beat.lane.to_int();
    const int at = count[lane];
    ++count[lane];
    ap_uint<72> squares = 0;
    LaneBeat<C::kGateBits> product;
    product.lane = beat.lane;
  GATED_VALUE:
    for (int i16 = 0; i16 < kBeatValues; ++i16) {
#pragma HLS UNROLL
      const Wide v = gated_value<C>(beat.values, i16);
      squares = ap_uint<72>(squares + ap_uint<64>(v * v));
      // A product behind the vector's end would only have to be 0, and v is 0 there.
      set_element<C::kGateBits>(product.values, i16, weigh<C>(v, gain_of(gains, at, i16), gain_shift));
    }
    sums[lane] = SquareSum(sums[lane] + squares);
    weighted.write(product);
  }
GATED_LANE:
  for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
    norms.write(rsqrt<C>(sums[lane], table));
  }
}

/// A norm a group of channels, which has to come before the Hadamard transform; what is left for after out_proj is 1.
/// Sums while the vectors arrive, normalises when all have come. Tail: inner / 16 cycles a lane, a cycle a group and a
/// constant; where the length of a group is no multiple of 16 as many times that as a beat has parts of one group.
template <typename C>
void weigh_groups(const Word* gains, hls::stream<ValueBeat>& gated, hls::stream<LaneBeat<C::kGateBits> >& weighted,
                  hls::stream<Norm>& norms, SquareSum epsilon, int gain_shift, const int* table, int lanes) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  constexpr int kLength = C::kInner / C::kNormGroups;
  // Values of a part: the largest power of two that divides both a beat and a group.
  constexpr int kPart = min_of(kLength & -kLength, kBeatValues);
  constexpr int kParts = kBeatValues / kPart;
  LIGHTMAMBA_MEMORY(Word, values, [C::kLanes * S::kInnerBeats]);
#pragma HLS BIND_STORAGE variable=values type=ram_s2p impl=bram
  LIGHTMAMBA_MEMORY(SquareSum, group_sums, [C::kLanes * C::kNormGroups]);
#pragma HLS BIND_STORAGE variable=group_sums type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(Norm, group_norms, [C::kLanes * C::kNormGroups]);
#pragma HLS AGGREGATE variable=group_norms compact=bit
#pragma HLS BIND_STORAGE variable=group_norms type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);   // parts of a lane
#pragma HLS ARRAY_PARTITION variable=count complete
  LIGHTMAMBA_MEMORY(short, group, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=group complete
  LIGHTMAMBA_MEMORY(short, within, [C::kLanes]);  // parts of the group
#pragma HLS ARRAY_PARTITION variable=within complete
  LIGHTMAMBA_MEMORY(SquareSum, open, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=open complete
  clear_counts<C::kLanes>(count);
  clear_counts<C::kLanes>(group);
  clear_counts<C::kLanes>(within);
  ValueBeat beat;
  beat.values = 0;
  beat.lane = 0;
GROUPS_TAKE:
  for (int i = 0; i < lanes * S::kInnerBeats * kParts; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=2 max=4096
    if (i % kParts == 0) {
      beat = gated.read();
    }
    const int lane = beat.lane.to_int();
    const int at = count[lane];
    ++count[lane];
    values[lane * S::kInnerBeats + at / kParts] = beat.values;
    if (group[lane] < C::kNormGroups) {
      ap_uint<72> squares = 0;
    GROUPS_SQUARE:
      for (int v = 0; v < kPart; ++v) {
#pragma HLS UNROLL
        const Wide value = gated_value<C>(beat.values, at % kParts * kPart + v);
        squares = ap_uint<72>(squares + ap_uint<64>(value * value));
      }
      const SquareSum sum = SquareSum((within[lane] == 0 ? epsilon : open[lane]) + squares);
      open[lane] = sum;
      if (within[lane] == kLength / kPart - 1) {
        group_sums[lane * C::kNormGroups + group[lane]] = sum;
        within[lane] = 0;
        ++group[lane];
      } else {
        ++within[lane];
      }
    }
  }
GROUPS_NORM:
  for (int i = 0; i < lanes * C::kNormGroups; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=2 max=64
    group_norms[i] = rsqrt<C>(group_sums[i], table);
  }
GROUPS_LANE:
  for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
    int in_group = 0;
    int of_lane = 0;
    LaneBeat<C::kGateBits> product;
    product.lane = static_cast<unsigned>(lane);
    product.values = 0;
  GROUPS_NORMALISE:
    for (int part = 0; part < S::kInnerBeats * kParts; ++part) {
#pragma HLS PIPELINE II=1
      const int at = part / kParts;
      if (of_lane < C::kNormGroups) {
        const Norm norm = group_norms[lane * C::kNormGroups + of_lane];
      GROUPS_VALUE:
        for (int v = 0; v < kPart; ++v) {
#pragma HLS UNROLL
          const int index = part % kParts * kPart + v;
          const Wide value = gated_value<C>(values[lane * S::kInnerBeats + at], index);
          const Wide normalised = shift<C::kGateBits>(value * norm.u.to_int64(),
                                                      norm.j.to_int() + kNormFraction - kNormalisedFraction)
                                      .to_int64();
          set_element<C::kGateBits>(product.values, index,
                                    weigh<C>(normalised, gain_of(gains, at, index), gain_shift));
        }
        if (in_group == kLength / kPart - 1) {
          in_group = 0;
          ++of_lane;
        } else {
          ++in_group;
        }
      }
      if (part % kParts == kParts - 1) {
        weighted.write(product);
        product.values = 0;
      }
    }
  }
  Norm one;
  one.u = ap_uint<17>(1 << kNormFraction);
  one.j = 0;
  // After all lanes: the norms are taken when all vectors have been.
GROUPS_ONE:
  for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
    norms.write(one);
  }
}

/// Process: the weighted vectors of every layer and the norms that their messages carry.
/// @param constants the RSQRT table; then for each step and layer the layer word and g
/// @param gated v of every channel
template <typename C>
void gated_norm(hls::stream<Word>& constants, hls::stream<ValueBeat>& gated,
                hls::stream<LaneBeat<C::kGateBits> >& weighted, hls::stream<Norm>& norms, const Run run) {
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(int, table, [C::kRsqrtEntries]);
#pragma HLS BIND_STORAGE variable=table type=ram_2p impl=bram
  LIGHTMAMBA_MEMORY(Word, gains, [S::kGainWords]);
#pragma HLS BIND_STORAGE variable=gains type=ram_s2p impl=bram
  load_table<C>(constants, C::kRsqrtEntries, table);
  const int steps = steps_of<C::kLanes>(run);
GATED_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
  GATED_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const Word layer_word = constants.read();
      const int gain_shift = signed_bytes_at<8>(layer_word, C::kGainShiftByte).to_int();
      const SquareSum epsilon = bytes_at<64>(layer_word, C::kEpsilonByte);
    GATED_GAIN:
      for (int i = 0; i < S::kGainWords; ++i) {
#pragma HLS PIPELINE II=1
        gains[i] = constants.read();
      }
      if (C::kNormGroups == 1) {
        weigh_vectors<C>(gains, gated, weighted, norms, epsilon, gain_shift, table, active);
      } else {
        weigh_groups<C>(gains, gated, weighted, norms, epsilon, gain_shift, table, active);
      }
    }
  }
}

}  // namespace lightmamba

#endif

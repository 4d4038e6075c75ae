/// @file
/// How vectors move in the core: kBeatValues elements of one token lane a beat.
#ifndef LIGHTMAMBA_LANE_BEAT_HPP
#define LIGHTMAMBA_LANE_BEAT_HPP

#include "lightmamba/types.hpp"

namespace lightmamba {

/// Elements [16 n, 16 n + 16) of a vector of one lane. The beats of a lane come in the order of the vector; the beats
/// of several lanes may be mixed, so every process counts the beats of each lane. Behind the vector's end the values
/// are 0.
/// @tparam Bits bits of an element
template <int Bits>
struct LaneBeat {
  ap_uint<kBeatValues * Bits> values;  ///< element i at bits i * Bits
  ap_uint<4> lane;                     ///< 0 .. kLanes - 1
};

/// Two beats of one lane side by side, 2 n and 2 n + 1; where the vector has no beat 2 n + 1 that one is 0.
template <int Bits>
struct LanePair {
  ap_uint<kBeatValues * Bits> even;
  ap_uint<kBeatValues * Bits> odd;
  ap_uint<4> lane;
};

/// A beat of results, residuals or logits.
typedef LaneBeat<32> ValueBeat;

/// Element `index` of a beat.
template <int Bits>
inline ap_int<Bits> element(const ap_uint<kBeatValues * Bits>& values, int index) {
#pragma HLS INLINE
  return ap_int<Bits>(values.range(index * Bits + Bits - 1, index * Bits));
}

template <int Bits>
inline void set_element(ap_uint<kBeatValues * Bits>& values, int index, ap_int<Bits> value) {
#pragma HLS INLINE
  values.range(index * Bits + Bits - 1, index * Bits) = value;
}

/// Beats seen of every lane.
template <int Lanes>
void clear_counts(short (&count)[Lanes]) {
#pragma HLS INLINE
CLEAR_COUNT:
  for (int lane = 0; lane < Lanes; ++lane) {
#pragma HLS UNROLL
    count[lane] = 0;
  }
}

}  // namespace lightmamba

#endif

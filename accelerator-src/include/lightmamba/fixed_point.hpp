/// @file
/// The integer primitives of numerics.md, section 1. Nothing else in the accelerator rounds, scales or saturates.
#ifndef LIGHTMAMBA_FIXED_POINT_HPP
#define LIGHTMAMBA_FIXED_POINT_HPP

#include "lightmamba/types.hpp"

namespace lightmamba {

/// Number of bits of a magnitude: 0 for 0, 1 for 1, 8 for 255; a binary search, six levels of logic.
inline int bit_length_unsigned(unsigned long long magnitude) {
#pragma HLS INLINE
  int length = 0;
BIT_LENGTH:
  for (int step = 32; step > 0; step >>= 1) {
#pragma HLS UNROLL
    if ((magnitude >> step) != 0) {
      magnitude >>= step;
      length += step;
    }
  }
  return length + (magnitude != 0 ? 1 : 0);
}

/// |v|; v above -2^63.
inline Wide magnitude(Wide v) {
#pragma HLS INLINE
  return v < 0 ? -v : v;
}

/// bitlen(v): number of bits of |v|.
inline int bit_length(Wide v) {
#pragma HLS INLINE
  return bit_length_unsigned(static_cast<unsigned long long>(magnitude(v)));
}

/// v clamped to [-limit, limit].
inline Wide clip(Wide v, Wide limit) {
#pragma HLS INLINE
  return v > limit ? limit : (v < -limit ? -limit : v);
}

/// sat(v, Bits): v clamped to +-(2^(Bits-1) - 1), symmetric.
template <int Bits>
inline ap_int<Bits> sat(Wide v) {
#pragma HLS INLINE
  static_assert(Bits >= 2 && Bits <= 62, "sat is built for 2 to 62 bits");
  return ap_int<Bits>(clip(v, (1LL << (Bits - 1)) - 1));
}

/// rnd(v, s), 0 <= s <= 62, |v| < 2^62: v / 2^s to nearest, halves towards +infinity. The half is added behind the shift,
/// where it is a constant; in front of it, it needs a shift of its own and an adder as wide as v.
inline Wide rnd(Wide v, int s) {
#pragma HLS INLINE
  return (((v * 2) >> s) + 1) >> 1;
}

/// shift(v, Point - e, Bits) where e is 0 .. Most: one shift to the right, of v as far left as it may come.
/// |v| < 2^(61 - Most + Point).
template <int Bits, int Point, int Most>
inline ap_int<Bits> scale_up(Wide v, int e) {
#pragma HLS INLINE
  static_assert(Most >= Point && Most - Point < 62, "scale_up is built for shifts in both directions");
  return sat<Bits>((((v * (1LL << (Most - Point + 1))) >> (Most - e)) + 1) >> 1);
}

/// shift(v, s, Bits), |v| < 2^62, any s: v / 2^s rounded (s >= 0) or exact (s < 0), saturated to Bits.
template <int Bits>
inline ap_int<Bits> shift(Wide v, int s) {
#pragma HLS INLINE
  const Wide limit = (1LL << (Bits - 1)) - 1;
  if (s > 62 || v == 0) {
    return 0;
  }
  if (s >= 0) {
    return sat<Bits>(rnd(v, s));
  }
  if (bit_length(v) - s > Bits - 1) {
    return ap_int<Bits>(v < 0 ? -limit : limit);
  }
  // A left shift of a negative number is undefined before C++20; the product is the same bits.
  return ap_int<Bits>(static_cast<Wide>(static_cast<unsigned long long>(v) << -s));
}

/// interp(k, i, r, R): piecewise linear table between its neighbours low = k[i] and high = k[i+1]; r has R bits.
inline Wide interp(Wide low, Wide high, Wide r, int r_bits) {
#pragma HLS INLINE
  return low + rnd((high - low) * r, r_bits);
}

/// The largest of `Count` magnitudes, a power of two, by a tree: Vitis HLS balances sums by itself, comparisons it does
/// not. What a loop carries is compared with the result, so that one comparison stands between two iterations.
/// @param m overwritten
template <int Count>
inline Wide largest_of(Wide (&m)[Count]) {
#pragma HLS INLINE
  constexpr int kLevels = exact_log2(Count);
  static_assert(kLevels >= 0, "largest_of is built for powers of two");
LARGEST_LEVEL:
  for (int level = 0; level < kLevels; ++level) {
#pragma HLS UNROLL
  LARGEST_PAIR:
    for (int pair = 0; pair < Count / 2; ++pair) {
#pragma HLS UNROLL
      const int left = pair << (level + 1);
      const int right = left + (1 << level);
      if (right < Count) {
        m[left] = m[right % Count] > m[left % Count] ? m[right % Count] : m[left % Count];
      }
    }
  }
  return m[0];
}

/// exponent(max, C): the smallest e >= 0 with 16*max <= C*2^e. 0 <= max < 2^50, 16 <= C < 2^20.
inline int exponent(Wide max, int c) {
#pragma HLS INLINE
  const int excess = bit_length(max) - bit_length(c >> 4);
  const int e = excess > 0 ? excess : 0;
  return e + ((max << 4) > (static_cast<Wide>(c) << e) ? 1 : 0);
}

}  // namespace lightmamba

#endif

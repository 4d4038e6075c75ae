/// @file
/// SiLU by table (numerics.md, section 4).
#ifndef LIGHTMAMBA_SILU_HPP
#define LIGHTMAMBA_SILU_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Reads the SILU table from its words into on-chip memory; the last entry is 0 and is not stored.
/// @param words kTableWords words of 32 entries
/// @param table kSiluEntries + 1 entries
template <typename C>
void load_silu(hls::stream<Word>& words, short* table) {
  constexpr int kPerWord = kWordBytes / 2;
SILU_WORD:
  for (int w = 0; w < Schedule<C>::kTableWords; ++w) {
#pragma HLS LOOP_FLATTEN off
    const Word word = words.read();
  SILU_ENTRY:
    for (int i = 0; i < kPerWord; ++i) {
#pragma HLS PIPELINE II=1
      table[w * kPerWord + i] = static_cast<short>(signed_field<16>(word, i).to_int());
    }
  }
  table[C::kSiluEntries] = 0;
}

/// silu(v), Q16 to Q16: max(v, 0) plus an interpolated correction; exact (the correction is 0) from |v| = 16 on.
/// @param v in (-2^31, 2^31)
/// @param table kSiluEntries + 1 entries
template <typename C>
Value silu(Wide v, const short* table) {
#pragma HLS INLINE
  const Wide a = magnitude(v);
  const Wide positive = v > 0 ? v : 0;
  const int i = static_cast<int>(a >> C::kSiluStepBits);
  if (i >= C::kSiluEntries) {
    return Value(positive);
  }
  const Wide r = a & ((1LL << C::kSiluStepBits) - 1);
  return Value(positive + interp(table[i], table[i + 1], r, C::kSiluStepBits));
}

}  // namespace lightmamba

#endif

/// @file
/// Reciprocal square root of a sum of squares (numerics.md, section 3).
#ifndef LIGHTMAMBA_RSQRT_HPP
#define LIGHTMAMBA_RSQRT_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A sum of squares with its epsilon: below 2^77, at least 1.
typedef ap_uint<80> SquareSum;

/// Fraction bits of the mantissa of a norm.
constexpr int kNormFraction = 16;

/// 1/sqrt(S) = u * 2^(-16 - j).
struct Norm {
  ap_uint<17> u;  ///< mantissa, 2^15 .. 2^16
  ap_int<8> j;    ///< 4^j <= S < 4^(j+1)
};

/// Reads a table of int32 entries, padded to a word, into on-chip memory.
/// @param words ceil(entries / 16) words
/// @param table entries values
template <typename C>
void load_table(hls::stream<Word>& words, int entries, int* table) {
  constexpr int kPerWord = Schedule<C>::kEntriesPerWord;
TABLE_WORD:
  for (int base = 0; base < entries; base += kPerWord) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=49
    const Word word = words.read();
  TABLE_ENTRY:
    for (int i = 0; i < kPerWord; ++i) {
#pragma HLS PIPELINE II=1
      if (base + i < entries) {
        table[base + i] = signed_field<32>(word, i).to_int();
      }
    }
  }
}

/// rsqrt(S): M = S * 2^30 / 4^j truncated, table on its upper bits, relative error below 2^-15.
/// @param s 1 .. 2^77
/// @param table kRsqrtEntries entries
template <typename C>
Norm rsqrt(SquareSum s, const int* table) {
  const unsigned long long high = s.range(79, 64).to_uint64();
  const unsigned long long low = s.range(63, 0).to_uint64();
  const int length = high != 0 ? 64 + bit_length_unsigned(high) : bit_length_unsigned(low);
  const int j = (length - 1) / 2;
  const int left = C::kRsqrtMantissaBits - 2 * j;
  const SquareSum scaled = left >= 0 ? SquareSum(s << (left >= 0 ? left : 0)) : SquareSum(s >> (left >= 0 ? 0 : -left));
  const Wide m = static_cast<Wide>(scaled.range(C::kRsqrtMantissaBits + 1, 0).to_uint64());
  const int i = static_cast<int>(m >> C::kRsqrtStepBits) - C::kRsqrtBase;
  const Wide r = m & ((1LL << C::kRsqrtStepBits) - 1);
  Norm norm;
  norm.u = ap_uint<17>(interp(table[i], table[i + 1], r, C::kRsqrtStepBits));
  norm.j = ap_int<8>(j);
  return norm;
}

}  // namespace lightmamba

#endif

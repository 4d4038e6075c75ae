/// @file
/// dt = softplus(projection + bias) and the decay exp(dt * A) of a head (numerics.md, section 4).
#ifndef LIGHTMAMBA_SOFTPLUS_DECAY_HPP
#define LIGHTMAMBA_SOFTPLUS_DECAY_HPP

#include "lightmamba/fixed_point.hpp"

namespace lightmamba {

/// mantissa * 2^(-24 - shift).
struct Exponential {
  Wide mantissa;  ///< 2^23 .. 2^24
  Wide shift;     ///< at least 0
};

/// exp2neg(t): 2^(-t) of t >= 0 in Q20; only negative exponents exist.
/// @param table EXP2, kExp2Entries entries
template <typename C>
Exponential exp2neg(Wide t, const int* table) {
#pragma HLS INLINE
  const Wide f = t & ((1LL << C::kDecayFraction) - 1);
  const int i = static_cast<int>(f >> C::kExp2StepBits);
  const Wide r = f & ((1LL << C::kExp2StepBits) - 1);
  Exponential e;
  e.mantissa = interp(table[i], table[i + 1], r, C::kExp2StepBits);
  e.shift = t >> C::kDecayFraction;
  return e;
}

/// dt of a head in Q32, clamped to [low, high].
/// @param projection Q16, the dt row's result; @param bias Q16
/// @param low, high 0 .. 2^38 - 1
/// @param exp2 EXP2 table; @param log1p LOG1P table, kLog1pEntries entries
template <typename C>
Wide softplus(Wide projection, Wide bias, Wide low, Wide high, const int* exp2, const int* log1p) {
#pragma HLS INLINE
  const Wide v = sat<C::kResidualBits>(projection + bias).to_int64();
  // |v| * log2(e): Q16 * Q24 to Q20.
  const Exponential e =
      exp2neg<C>(rnd(magnitude(v) * C::kLogTwoE, C::kFixedFraction + C::kLogTwoEFraction - C::kDecayFraction), exp2);
  const Wide x = e.shift > C::kTableFraction ? 0 : rnd(e.mantissa, static_cast<int>(e.shift));
  const int index = static_cast<int>(x >> C::kLog1pStepBits);
  const int i = index < C::kLog1pEntries - 2 ? index : C::kLog1pEntries - 2;
  const Wide h = interp(log1p[i], log1p[i + 1], x - (static_cast<Wide>(i) << C::kLog1pStepBits), C::kLog1pStepBits);
  const int scale = 2 * C::kTableFraction - C::kDtFraction;
  const int s = e.shift > 62 ? 63 : scale + static_cast<int>(e.shift);
  const Wide linear = v > 0 ? v << (C::kDtFraction - C::kFixedFraction) : 0;
  const Wide dt = linear + shift<62>(e.mantissa * h, s).to_int64();
  return dt < low ? low : (dt > high ? high : dt);
}

/// Decay of a head: 2^(-dt * am * 2^(12-as)), 20 fraction bits, 0 .. 2^20.
/// @param dt Q32; @param am mantissa of -A*log2(e), 0 or 2^23 .. 2^24 - 1; @param as 1 .. 62
template <typename C>
Wide decay(Wide dt, Wide am, int as, const int* exp2) {
#pragma HLS INLINE
  const Wide limit = static_cast<Wide>(C::kDecayExponentMax) << C::kDecayFraction;
  const Wide scaled = shift<62>(dt * am, as).to_int64();
  const Exponential e = exp2neg<C>(scaled < limit ? scaled : limit, exp2);
  return shift<62>(e.mantissa, static_cast<int>(e.shift) + C::kTableFraction - C::kDecayFraction).to_int64();
}

}  // namespace lightmamba

#endif

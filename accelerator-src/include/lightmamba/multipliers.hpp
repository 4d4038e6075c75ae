/// @file
/// What multiplies: the kinds of multiplier, the ports of a DSP, and how LUTs of sums are estimated.
#ifndef LIGHTMAMBA_MULTIPLIERS_HPP
#define LIGHTMAMBA_MULTIPLIERS_HPP

#include "lightmamba/types.hpp"

namespace lightmamba {

/// How products of weights and activations are made. All kinds have the same results, bit for bit.
enum class Multiplier {
  kPacked,   ///< several products in a 27x18 multiplier (DSP48E2; a DSP58 holds it too)
  kDotMode,  ///< three products of 9x8 bits, summed in a DSP58
  kFabric    ///< LUTs
};

/// Ports of the multiplier of a DSP48E2 and its accumulator, signed (AMD UG579).
constexpr int kWidePortBits = 27;
constexpr int kNarrowPortBits = 18;
constexpr int kCascadeBits = 48;
/// Products that the dot-product mode of a DSP58 sums, and its operands (AMD AM004).
constexpr int kDotModeTerms = 3;
constexpr int kDotModeWideBits = 9;
constexpr int kDotModeNarrowBits = 8;

/// The accumulator of a DSP: several sums side by side.
typedef ap_int<kCascadeBits> Cascade;

/// Largest magnitude of a weight or an activation: 7 or 127; symmetric, -8 and -128 do not occur (numerics.md).
constexpr int largest_of(int bits) { return (1 << (bits - 1)) - 1; }

/// ceil(log2(n)), n >= 1.
constexpr int log2_up(int n) { return n <= 1 ? 0 : 1 + log2_up((n + 1) / 2); }

/// Largest power of two up to n; 0 for n < 1.
constexpr int power_of_two_below(long long n) {
  return n < 1 ? 0 : (n < 2 ? 1 : (n > 1024 ? 1024 : 2 * power_of_two_below(n / 2)));
}

/// LUTs (estimated) of a tree that adds n numbers of `bits` bits: one a bit of every sum.
constexpr int adder_tree_luts(int n, int bits) {
  return n <= 1 ? 0 : n / 2 * (bits + 1) + adder_tree_luts(n - n / 2, bits + 1);
}

/// LUTs (estimated) of a product of two magnitudes: up to 3x3 bits a table of six inputs a bit, else rows that are
/// added.
constexpr int magnitude_product_luts(int a, int b) {
  return a + b <= 6 ? a + b : (min_of(a, b) - 1) * (max_of(a, b) + 2);
}

/// LUTs (estimated) of a shift by 0 to 15 of a number of `bits` bits: two levels of 4:1 multiplexers, one a bit.
constexpr int shifter_luts(int bits) { return (bits + 3) + (bits + 15); }

}  // namespace lightmamba

#endif

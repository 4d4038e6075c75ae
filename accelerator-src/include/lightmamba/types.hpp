/// @file
/// Types that every stage shares: the memory word, the beats between kernels, the wide working integer.
#ifndef LIGHTMAMBA_TYPES_HPP
#define LIGHTMAMBA_TYPES_HPP

#include "ap_int.h"
#include "hls_stream.h"
#include "lightmamba/dataflow.hpp"

// Loop labels carry the names of the timing contract; no goto uses them.
#if defined(__GNUC__) && !defined(__SYNTHESIS__)
#pragma GCC diagnostic ignored "-Wunused-label"
#endif

namespace lightmamba {

/// Bits and bytes of a memory word (formats.md).
constexpr int kWordBits = 512;
constexpr int kWordBytes = kWordBits / 8;

/// One word of an image, of a memory port and of the activation chain.
typedef ap_uint<kWordBits> Word;
/// One value of a result, Q16 or in the binary point of its row.
typedef ap_int<32> Value;
// Beats between kernels are plain numbers of whole bytes, so that TDATA is all that a stream has beside its handshake
// (docs/decisions/0011-streams-of-plain-data.md).

/// A beat of the activation chain.
typedef Word ActivationBeat;
/// Values of a beat of the result chain, and elements of a vector that the core moves in a cycle.
constexpr int kBeatValues = 16;
/// A beat of the result chain: kBeatValues values.
typedef Word ResultBeat;
/// A beat of the words from a memory kernel to its unit: the word, and in the byte above it whether a piece ends.
typedef ap_uint<kWordBits + 8> WordBeat;
/// A beat of the new state from a unit to its memory kernel; a word takes kStateBeats of them, low bits first.
constexpr int kStateBeatBits = 128;
constexpr int kStateBeats = kWordBits / kStateBeatBits;
typedef ap_uint<kStateBeatBits> StateBeat;
/// The go and the done of a step: a number that depends on what the beat waits for.
typedef ap_uint<8> SignalBeat;
/// Working integer of the primitives: every operand is proven below 2^62 (numerics.md, section 6).
typedef long long Wide;

/// ceil(a / b) for b > 0.
constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }
constexpr int min_of(int a, int b) { return a < b ? a : b; }
constexpr int max_of(int a, int b) { return a > b ? a : b; }

/// log2(n) of a power of two; -1 where n is none.
constexpr int exact_log2(int n) {
  return n == 1 ? 0 : (n < 2 || n % 2 != 0 ? -1 : (exact_log2(n / 2) < 0 ? -1 : exact_log2(n / 2) + 1));
}

/// The bits of a number as a two's complement number, and the other way round. A conversion that changes a value is an
/// error in the checked simulation; these say that bits are meant.
template <int W>
inline ap_int<W> as_signed(const ap_uint<W>& bits) {
#pragma HLS INLINE
  return ap_int<W>(bits.range(W - 1, 0));
}
template <int W>
inline ap_uint<W> as_bits(const ap_int<W>& value) {
#pragma HLS INLINE
  return ap_uint<W>(value.range(W - 1, 0));
}

/// Bits [index*W, index*W + W) of a word, as an unsigned number.
template <int W>
inline ap_uint<W> field(const Word& word, int index) {
#pragma HLS INLINE
  static_assert(W <= 64, "a field has at most 64 bits");
  return ap_uint<W>(word.range(index * W + W - 1, index * W).to_uint64());
}

/// Bits [index*W, index*W + W) of a word, as a two's complement number.
template <int W>
inline ap_int<W> signed_field(const Word& word, int index) {
#pragma HLS INLINE
  return as_signed<W>(field<W>(word, index));
}

/// W bits of a word from a byte onwards, little-endian, as an unsigned number.
template <int W>
inline ap_uint<W> bytes_at(const Word& word, int byte) {
#pragma HLS INLINE
  static_assert(W <= 64, "a field has at most 64 bits");
  return ap_uint<W>(word.range(byte * 8 + W - 1, byte * 8).to_uint64());
}

/// W bits of a word from a byte onwards, little-endian, as a two's complement number.
template <int W>
inline ap_int<W> signed_bytes_at(const Word& word, int byte) {
#pragma HLS INLINE
  return as_signed<W>(bytes_at<W>(word, byte));
}

/// A beat of a word; `last` ends a piece (`RequestedRun` in image_reader.hpp).
inline WordBeat make_beat(const Word& word, bool last) {
#pragma HLS INLINE
  WordBeat beat = word;
  beat[kWordBits] = last ? 1 : 0;
  return beat;
}
inline Word beat_word(const WordBeat& beat) {
#pragma HLS INLINE
  return Word(beat.range(kWordBits - 1, 0));
}
inline bool beat_last(const WordBeat& beat) {
#pragma HLS INLINE
  return beat[kWordBits] == 1;
}

}  // namespace lightmamba

#endif

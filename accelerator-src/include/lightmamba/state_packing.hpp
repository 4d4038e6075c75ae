/// @file
/// State mantissas of 8, 12 or 16 bits, some of a channel at a time, in and out of words (formats.md, section 2).
#ifndef LIGHTMAMBA_STATE_PACKING_HPP
#define LIGHTMAMBA_STATE_PACKING_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Takes mantissas out of words.
/// @tparam Lanes mantissas a step
template <int Lanes>
class StateUnpacker {
 public:
  typedef ap_uint<Lanes * 16> Line;
  static constexpr int kUnitBits = Lanes * 4;  ///< every position is a multiple of it
  static constexpr int kWordUnits = kWordBits / kUnitBits;
  /// A place in a word, and a sum of places, whose top bit says that it lies in the next word.
  static constexpr int kPlaceBits = exact_log2(kWordUnits);
  typedef ap_uint<kPlaceBits> Place;
  typedef ap_uint<kPlaceBits + 1> Sum;

  /// Forgets the rest of a word: the next channel begins with a word.
  void begin() {
#pragma HLS INLINE
    taken_ = kWordUnits - 1;
  }
  /// Whether the next step takes a further word.
  bool needs(int bits) const {
#pragma HLS INLINE
    return end(bits)[kPlaceBits] == 1;
  }
  /// The next mantissas.
  /// @param high the further word, where it is needed
  void take(const Word& high, int bits, short* mantissas) {
#pragma HLS INLINE
    const bool crosses = needs(bits);
    const int at = taken_.to_int() + 1;
    const Word rest = at == kWordUnits ? Word(0) : Word(low_ >> (at * kUnitBits));
    const Word further = crosses ? Word(high << ((kWordUnits - at) * kUnitBits)) : Word(0);
    const Line line = Line(Word(rest | further).range(Lanes * 16 - 1, 0));
    taken_ = end(bits).range(kPlaceBits - 1, 0);
    if (crosses) {
      low_ = high;
    }
  UNPACK_MANTISSA:
    for (int e = 0; e < Lanes; ++e) {
#pragma HLS UNROLL
      const int narrow = ap_int<8>(line.range(8 * e + 7, 8 * e)).to_int();
      const int middle = ap_int<12>(line.range(12 * e + 11, 12 * e)).to_int();
      const int wide = ap_int<16>(line.range(16 * e + 15, 16 * e)).to_int();
      mantissas[e] = static_cast<short>(bits == 8 ? narrow : (bits == 12 ? middle : wide));
    }
  }

 private:
  /// Where the last unit of the next mantissas is.
  Sum end(int bits) const {
#pragma HLS INLINE
    return Sum(static_cast<unsigned>(taken_.to_int() + bits / 4));
  }

  Word low_ = 0;
  Place taken_ = kWordUnits - 1;  ///< the last unit of the word that has been taken
};

/// A word that is ready, with its index in the channel.
struct PackedWord {
  Word word;
  int index;
  bool valid;
};

/// Puts mantissas into words. One word a step: where the last step of a channel fills a word and begins another one,
/// that one is late: it comes with the next step, which never has a word of its own (it is the first of several).
/// @tparam Lanes mantissas a step
template <int Lanes>
class StatePacker {
 public:
  typedef typename StateUnpacker<Lanes>::Line Line;
  static constexpr int kUnitBits = StateUnpacker<Lanes>::kUnitBits;
  static constexpr int kWordUnits = StateUnpacker<Lanes>::kWordUnits;
  static constexpr int kPlaceBits = StateUnpacker<Lanes>::kPlaceBits;

  /// @param last whether the channel ends with these mantissas
  PackedWord put(const short* mantissas, int bits, bool last) {
#pragma HLS INLINE
    Line narrow = 0;
    Line middle = 0;
    Line wide = 0;
  PACK_MANTISSA:
    for (int e = 0; e < Lanes; ++e) {
#pragma HLS UNROLL
      const ap_int<16> bits_of_mantissa = mantissas[e];
      narrow.range(8 * e + 7, 8 * e) = bits_of_mantissa.range(7, 0);
      middle.range(12 * e + 11, 12 * e) = bits_of_mantissa.range(11, 0);
      wide.range(16 * e + 15, 16 * e) = bits_of_mantissa;
    }
    const Word line = Word(bits == 8 ? narrow : (bits == 12 ? middle : wide));
    const int at = at_.to_int();
    const typename StateUnpacker<Lanes>::Sum end = static_cast<unsigned>(at + bits / 4);
    const bool full = end[kPlaceBits] == 1;
    PackedWord packed;
    packed.word = partial_ | Word(line << (at * kUnitBits));
    packed.index = index_;
    packed.valid = full || last;
    const Word rest = full ? Word(line >> ((kWordUnits - at) * kUnitBits)) : Word(0);
    late_.word = rest;
    late_.index = index_ + 1;
    late_.valid = last && end.to_int() > kWordUnits;
    partial_ = last ? Word(0) : (full ? rest : Word(partial_ | Word(line << (at * kUnitBits))));
    at_ = last ? ap_uint<kPlaceBits>(0) : ap_uint<kPlaceBits>(end.range(kPlaceBits - 1, 0));
    index_ = last ? 0 : (full ? index_ + 1 : index_);
    return packed;
  }
  /// Whether a word came late; it is the last of its channel.
  bool is_late() const {
#pragma HLS INLINE
    return late_.valid;
  }
  PackedWord take_late() {
#pragma HLS INLINE
    const PackedWord packed = late_;
    late_.valid = false;
    return packed;
  }

 private:
  Word partial_ = 0;
  ap_uint<kPlaceBits> at_ = 0;
  int index_ = 0;
  PackedWord late_ = {0, 0, false};
};

}  // namespace lightmamba

#endif

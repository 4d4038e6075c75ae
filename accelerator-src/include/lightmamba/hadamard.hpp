/// @file
/// The online Hadamard transform H = F_m (x) S_k of the inner vectors (numerics.md, section 3), 16 elements a cycle.
///
/// Element i of a vector is value c of beat p, i = 16 p + c. With k >= 4, p = outer * R2 + row: H = G (x) S_R2 (x)
/// S_16, where G = F_m (x) S_R1 and R1 * R2 = 2^(k-4). S_16 is done in the beat, G by adding the beat with its signs
/// to one sum for every row of G at once, both as the beats arrive, S_R2 over R2 beats while the sums are sent. Every
/// factor is exact, so the order does not matter; 32 elements a cycle leave. With k < 4 a beat holds several blocks
/// of 2^k, and F_m works on these.
#ifndef LIGHTMAMBA_HADAMARD_HPP
#define LIGHTMAMBA_HADAMARD_HPP

#include "lightmamba/lane_beat.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// The R2 of 1, 2, 4 ... `beats` with the fewest adders: 16 (R2 - 1) while sending, 16 for each row of G while taking.
constexpr int transform_rows(int factor, int beats, int rows = 1) {
  return 2 * rows > beats || 2 * rows + factor * (beats / (2 * rows)) >= rows + factor * (beats / rows)
             ? rows
             : transform_rows(factor, beats, 2 * rows);
}

/// How the transform is cut.
template <typename C>
struct TransformShape {
  static constexpr int kBeatLog2 = min_of(C::kHadamardLog2, exact_log2(kBeatValues));  ///< levels inside a beat
  static constexpr int kBeatBlocks = kBeatValues >> kBeatLog2;                         ///< blocks of a beat, k < 4
  static constexpr int kBlockBeats = 1 << (C::kHadamardLog2 - kBeatLog2);              ///< R1 * R2
  static constexpr int kRows = transform_rows(C::kHadamardFactor, kBlockBeats);        ///< R2
  static constexpr int kSplit = kBlockBeats / kRows;                                   ///< R1
  /// Rows of G: sums that every beat is added to.
  static constexpr int kBanks = ceil_div(C::kHadamardFactor * kSplit, kBeatBlocks);
  static constexpr int kBeats = kBanks * kRows;
  /// Cycles a beat: a sum is not taken up again within four cycles.
  static constexpr int kPace = kRows >= 4 ? 1 : 4;
  static_assert(kBeats == Schedule<C>::kInnerBeats, "lightmamba: the transform covers the inner vector");
};

/// Sign with which block `block` of beat group `outer` counts in value c of bank `bank`: +-1, or 0.
template <typename C>
int transform_sign(int bank, int c, int outer, int block) {
#pragma HLS INLINE
  typedef TransformShape<C> Shape;
  if (Shape::kBeatBlocks == 1) {
    const int common = (bank % Shape::kSplit) & (outer % Shape::kSplit);
    int parity = 0;
  TRANSFORM_PARITY:
    for (int bit = 0; bit < 14; ++bit) {
#pragma HLS UNROLL
      parity ^= (common >> bit) & 1;
    }
    const int sign = C::kHadamardSigns[bank / Shape::kSplit][outer / Shape::kSplit];
    return parity != 0 ? -sign : sign;
  }
  const int to = bank * Shape::kBeatBlocks + (c >> Shape::kBeatLog2);
  const int from = outer * Shape::kBeatBlocks + block;
  return to < C::kHadamardFactor && from < C::kHadamardFactor ? C::kHadamardSigns[to][from] : 0;
}

/// S inside a beat: butterflies with stride 1, 2, 4, 8 (fewer with k < 4).
template <typename C>
void transform_beat(ap_int<C::kTransformedBits> (&z)[kBeatValues]) {
#pragma HLS INLINE
  typedef ap_int<C::kTransformedBits> Element;
TRANSFORM_LEVEL:
  for (int level = 0; level < TransformShape<C>::kBeatLog2; ++level) {
#pragma HLS UNROLL
  TRANSFORM_BUTTERFLY:
    for (int i = 0; i < kBeatValues / 2; ++i) {
#pragma HLS UNROLL
      const int low = ((i >> level) << (level + 1)) + (i & ((1 << level) - 1));
      const int high = low + (1 << level);
      const Element a = z[low];
      const Element b = z[high];
      z[low] = Element(a + b);
      z[high] = Element(a - b);
    }
  }
}

/// sum + sign * term; the sign is +-1, or 0. One adder behind a choice: a sum and a difference to choose from are two.
/// @param minus -term, which many sums share
template <int Bits>
ap_int<Bits> add_signed(const ap_int<Bits>& sum, const ap_int<Bits>& term, const ap_int<Bits>& minus, int sign) {
#pragma HLS INLINE
  const ap_int<Bits> chosen = sign > 0 ? term : (sign < 0 ? minus : ap_int<Bits>(0));
  return ap_int<Bits>(sum + chosen);
}

/// Adds the beats of all lanes, as they arrive, to all sums.
/// @param sums a lane has kRows places in every bank
template <typename C>
void add_beats(hls::stream<LaneBeat<C::kGateBits> >& in,
               ap_int<C::kTransformedBits> (&sums)[TransformShape<C>::kBanks][C::kLanes * TransformShape<C>::kRows]
                                                  [kBeatValues],
               int lanes) {
#pragma HLS INLINE off
  typedef TransformShape<C> Shape;
  typedef ap_int<C::kTransformedBits> Element;
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  clear_counts<C::kLanes>(count);
TRANSFORM_ADD:
  for (int i = 0; i < lanes * Shape::kBeats * Shape::kPace; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=2 max=4096
    // A lane comes back to a sum after kRows of its beats, or kPace cycles: never within four.
#pragma HLS DEPENDENCE variable=sums type=inter direction=RAW distance=4 dependent=true
    if (i % Shape::kPace == 0) {
      const LaneBeat<C::kGateBits> beat = in.read();
      const int lane = beat.lane.to_int();
      const int at = count[lane];
      ++count[lane];
      const int outer = at / Shape::kRows;
      const int place = lane * Shape::kRows + at % Shape::kRows;
      Element z[kBeatValues];
#pragma HLS ARRAY_PARTITION variable=z complete
    TRANSFORM_TAKE:
      for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
        z[c] = Element(element<C::kGateBits>(beat.values, c));
      }
      transform_beat<C>(z);
      Element minus[kBeatValues];
#pragma HLS ARRAY_PARTITION variable=minus complete
    TRANSFORM_NEGATE:
      for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
        minus[c] = Element(-z[c].to_int64());
      }
    TRANSFORM_BANK:
      for (int bank = 0; bank < Shape::kBanks; ++bank) {
#pragma HLS UNROLL
      TRANSFORM_VALUE:
        for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
          const int in_block = c & ((1 << Shape::kBeatLog2) - 1);
          // The blocks behind the first one by themselves: a sum passes through two adders, with one block through one.
          Element rest = 0;
        TRANSFORM_BLOCK:
          for (int block = 1; block < Shape::kBeatBlocks; ++block) {
#pragma HLS UNROLL
            const int sign = transform_sign<C>(bank, c, outer, block);
            const int from = (block << Shape::kBeatLog2) + in_block;
            rest = add_signed(rest, z[from], minus[from], sign);
          }
          const Element before = outer == 0 ? Element(0) : sums[bank][place][c];
          sums[bank][place][c] = add_signed(Element(before + rest), z[in_block], minus[in_block],
                                            transform_sign<C>(bank, c, outer, 0));
        }
      }
    }
  }
}

/// Sends the sums of all lanes, lane after lane, through S_R2, two beats a cycle: R2 beats are taken while the R2
/// before them are sent. The first level of S_R2 is done when the two beats of a pair are taken.
template <typename C>
void send_sums(const ap_int<C::kTransformedBits> (&sums)[TransformShape<C>::kBanks]
                                                        [C::kLanes * TransformShape<C>::kRows][kBeatValues],
               hls::stream<LanePair<C::kTransformedBits> >& out, int lanes) {
#pragma HLS INLINE off
  typedef TransformShape<C> Shape;
  typedef ap_int<C::kTransformedBits> Element;
  constexpr int kPairs = max_of(Shape::kRows / 2, 1);  // of a bank
  LIGHTMAMBA_MEMORY(Element, taken, [2][kPairs][kBeatValues]);  // sums and differences of pairs
#pragma HLS ARRAY_PARTITION variable=taken complete dim=0
  LIGHTMAMBA_MEMORY(Element, sent, [2][kPairs][kBeatValues]);
#pragma HLS ARRAY_PARTITION variable=sent complete dim=0
  int pair = 0;
  int bank = 0;
  int lane = 0;
  int sent_lane = 0;
  const int pairs = lanes * Shape::kBeats / 2;
TRANSFORM_SEND:
  for (int i = 0; i < pairs + kPairs; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=3 max=4096
    if (i >= kPairs) {
      LanePair<C::kTransformedBits> beats;
      beats.lane = static_cast<unsigned>(sent_lane);
    TRANSFORM_SUM:
      for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
        // -s is ~s + 1: what a sign costs is a bit in front of the adder, and the ones together one number.
        Wide even = 0;
        Wide odd = 0;
        int ones = 0;
      TRANSFORM_ROW:
        for (int r = 0; r < kPairs; ++r) {
#pragma HLS UNROLL
          const int common = r & pair;
          int parity = 0;
        TRANSFORM_ROW_PARITY:
          for (int bit = 0; bit < 7; ++bit) {
#pragma HLS UNROLL
            parity ^= (common >> bit) & 1;
          }
          const Wide flip = parity != 0 ? -1 : 0;
          even += sent[0][r][c].to_int64() ^ flip;
          odd += sent[1][r][c].to_int64() ^ flip;
          ones += parity;
        }
        set_element<C::kTransformedBits>(beats.even, c, Element(even + ones));
        set_element<C::kTransformedBits>(beats.odd, c, Element(odd + ones));
      }
      out.write(beats);
    }
    if (i < pairs) {
    TRANSFORM_LOAD:
      for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
        const Element even = sums[bank][lane * Shape::kRows + 2 * pair][c];
        const Element odd = sums[bank][lane * Shape::kRows + 2 * pair + 1][c];
        taken[0][pair][c] = Element(even + odd);
        taken[1][pair][c] = Element(even - odd);
      }
    }
    if (pair == kPairs - 1) {
      pair = 0;
      sent_lane = lane;
      if (bank == Shape::kBanks - 1) {
        bank = 0;
        ++lane;
      } else {
        ++bank;
      }
    TRANSFORM_SWAP:
      for (int r = 0; r < kPairs; ++r) {
#pragma HLS UNROLL
      TRANSFORM_SWAP_VALUE:
        for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
          sent[0][r][c] = taken[0][r][c];
          sent[1][r][c] = taken[1][r][c];
        }
      }
    } else {
      ++pair;
    }
  }
}

/// Sends the sums of all lanes where S_R2 is 1 (small orders only): a bank has one beat of a lane.
template <typename C>
void send_single_sums(const ap_int<C::kTransformedBits> (&sums)[TransformShape<C>::kBanks]
                                                               [C::kLanes * TransformShape<C>::kRows][kBeatValues],
                      hls::stream<LanePair<C::kTransformedBits> >& out, int lanes) {
#pragma HLS INLINE off
  typedef TransformShape<C> Shape;
SINGLE_LANE:
  for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
    LanePair<C::kTransformedBits> beats;
    beats.lane = static_cast<unsigned>(lane);
    beats.even = 0;
    // All sums are there.
  SINGLE_SEND:
    for (int bank = 0; bank < Shape::kBanks; ++bank) {
#pragma HLS PIPELINE II=1
      ap_uint<kBeatValues * C::kTransformedBits> values = 0;
    SINGLE_VALUE:
      for (int c = 0; c < kBeatValues; ++c) {
#pragma HLS UNROLL
        set_element<C::kTransformedBits>(values, c, sums[bank][lane * Shape::kRows][c]);
      }
      if (bank % 2 == 0) {
        beats.even = values;
        beats.odd = 0;
      } else {
        beats.odd = values;
      }
      if (bank % 2 == 1 || bank == Shape::kBanks - 1) {
        out.write(beats);
      }
    }
  }
}

/// y = H * x of one vector of every lane, exact and unnormalised. Tail: R2 / 2 + lanes * inner / 32 cycles and a
/// constant; the quantizer works beside it.
template <typename C>
void transform_vectors(hls::stream<LaneBeat<C::kGateBits> >& in, hls::stream<LanePair<C::kTransformedBits> >& out,
                       int lanes) {
#pragma HLS INLINE off
  typedef TransformShape<C> Shape;
  typedef ap_int<C::kTransformedBits> Element;
  LIGHTMAMBA_MEMORY(Element, sums, [Shape::kBanks][C::kLanes * Shape::kRows][kBeatValues]);
#pragma HLS ARRAY_PARTITION variable=sums complete dim=1
#pragma HLS ARRAY_PARTITION variable=sums cyclic factor=2 dim=2
#pragma HLS ARRAY_PARTITION variable=sums complete dim=3
#pragma HLS BIND_STORAGE variable=sums type=ram_s2p impl=lutram
  add_beats<C>(in, sums, lanes);
  if (Shape::kRows >= 2) {
    send_sums<C>(sums, out, lanes);
  } else {
    send_single_sums<C>(sums, out, lanes);
  }
}

/// Process: transforms the weighted vectors of every layer and step.
template <typename C>
void hadamard(hls::stream<LaneBeat<C::kGateBits> >& in, hls::stream<LanePair<C::kTransformedBits> >& out,
              const Run run) {
  const int steps = steps_of<C::kLanes>(run);
HADAMARD_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
  HADAMARD_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      transform_vectors<C>(in, out, active);
    }
  }
}

}  // namespace lightmamba

#endif

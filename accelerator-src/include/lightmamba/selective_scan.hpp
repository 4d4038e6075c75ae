/// @file
/// The selective scan with a quantized state (numerics.md, section 5, steps 3 to 5).
#ifndef LIGHTMAMBA_SELECTIVE_SCAN_HPP
#define LIGHTMAMBA_SELECTIVE_SCAN_HPP

#include "lightmamba/depths.hpp"
#include "lightmamba/scan_input.hpp"
#include "lightmamba/state_packing.hpp"
#include "lightmamba/state_sender.hpp"

namespace lightmamba {

/// How the state is cut into steps, and how far the store of a step stands behind its update.
template <typename C>
struct ScanGeometry {
  static_assert(C::kSlots == C::kLanes, "lightmamba: there is a state slot a lane (kSlots)");
  /// State elements a step.
  static constexpr int kLanes = min_of(C::kScanLanes, C::kStateGroup);
  /// Steps of a state group, and of a channel.
  static constexpr int kGroupSteps = C::kStateGroup / kLanes;
  static constexpr int kSteps = C::kState / kLanes;
  static constexpr int kGroups = Schedule<C>::kStateGroups;
  /// Steps from the last update of a group to its first store: the largest element, then the exponent.
  static constexpr int kExponentLatency = 24;
  static constexpr int kSkew = kGroupSteps - 1 + kExponentLatency;
  /// Steps from the store of a mantissa to the update that takes it, one token later.
  static constexpr int kStoreLatency = 16;
  /// Steps that are under way between update and store: a power of two.
  static constexpr int kRing = kSkew < 32 ? 32 : (kSkew < 64 ? 64 : 128);
  static_assert(kSkew < 128, "lightmamba: the ring holds the steps between update and store");
  /// Blocks whose inputs are all taken when the last store of a block comes, counted from that block.
  static constexpr int kLagBlocks = ceil_div(kSkew, Schedule<C>::kChannelBlockRounds * kSteps);
  static_assert(kLagBlocks * Schedule<C>::kChannelBlockRounds <= kChannelDepth,
                "lightmamba: the gate's z wait for y in the FIFO gates");
  static_assert(kLagBlocks < kPlaceBlocks, "lightmamba: the places of these blocks wait for the new state");

  /// State on chip: channels whose exponents are a line of 72 bits, a power of two; lines of a block.
  static constexpr int kExponentsOfLine = kStateExponentBits * kGroups > 36
                                              ? 1
                                              : min_of(power_of_two_from(72 / (kStateExponentBits * kGroups) + 1) / 2,
                                                       Schedule<C>::kChannelBlockRounds);
  static constexpr int kExponentLines = Schedule<C>::kChannelBlockRounds / kExponentsOfLine;

  /// Steps of a lane and a block of `rounds` channels; a token that takes the state of the one before in the same block
  /// comes late enough for it.
  static int period(int rounds, bool chained) {
#pragma HLS INLINE
    return chained ? max_of(rounds * kSteps, kSkew + kStoreLatency) : rounds * kSteps;
  }
};

/// A step between its update and its store.
template <typename C>
struct ScanStep {
  bool valid;        ///< false: a gap between two tokens
  bool padding;      ///< no channel
  bool stored;       ///< the state leaves the block
  bool first;        ///< first step of a lane's block
  bool last;         ///< last step of a lane's block
  bool last_lane;    ///< last lane of the block
  unsigned char lane;
  unsigned char channel;  ///< of the block
  unsigned char step;     ///< of the channel
  unsigned char operand;
  unsigned char bits;
  ap_int<C::kStateWorkBits> skip;
  ap_uint<8 * Schedule<C>::kHistoryBytes> history;  ///< of the convolution, for the channel's new context
};

/// dx of a step: its exponent and that of B, taken apart. Within `kLeast` .. kLeast + 63 they say all: a product is 0
/// below and saturates above.
template <typename C>
struct ScaledOperand {
  static constexpr int kPoint = 2 * C::kFixedFraction + C::kDtFraction - C::kStateFraction;
  /// An exponent with which every product of 15 bits rounds to 0.
  static constexpr int kLeast = kPoint - 16;
  static_assert(kLeast + 63 - kPoint >= C::kStateWorkBits - 1, "lightmamba: the largest exponent saturates");
  int value;         ///< dx * 2^(e mod 16): the shifts by less than 16 are one for all elements of a step
  unsigned quarter;  ///< e / 16

  ScaledOperand(signed char dx, int e) {
#pragma HLS INLINE
    const ap_uint<6> within = ap_uint<6>(min_of(max_of(e - kLeast, 0), 63));
    value = dx * (1 << (within.to_int() & 15));
    quarter = within.to_uint() >> 4;
  }

  /// sat(dx * b * 2^e / 2^kPoint, kStateWorkBits), rounded to nearest.
  ap_int<C::kStateWorkBits> times(signed char b) const {
#pragma HLS INLINE
    const Wide product = value * b;
    const Wide least = (product + (1 << 15)) >> 16;
    const Wide scaled = quarter == 0 ? least : (quarter == 1 ? product : product * (quarter == 2 ? 1LL << 16 : 1LL << 32));
    return sat<C::kStateWorkBits>(scaled);
  }
};

/// One state element: h = sat(shift(m * decay, 20 - es) + shift(dx * b, 36 - ex - eb)) (step 3).
/// @param es 0 .. kExponentMost
template <typename C>
ap_int<C::kStateWorkBits> scan_element(short m, int es, ap_uint<C::kDecayFraction + 1> decay,
                                       const ScaledOperand<C>& dx, signed char b) {
#pragma HLS INLINE
  constexpr int kExponentMost = 46;  // m * decay is at most 2^35, and a stored exponent at most 41
  const Wide kept =
      scale_up<C::kStateWorkBits, C::kDecayFraction, kExponentMost>(m * decay.to_int64(), min_of(es, kExponentMost))
          .to_int64();
  return sat<C::kStateWorkBits>(kept + dx.times(b).to_int64());
}

/// Process: the recurrence of the unit's channels. One loop a layer, a step a cycle: it updates the elements of one
/// step and stores those of the step kSkew before, whose exponent is known by then. Between blocks and lanes nothing
/// drains.
/// @param operands header, B and C of every lane; @param channels a block's, lane by lane
/// @param state_words the mantissas of layers whose state is in the memory; their exponents come with the channels
/// @param new_words the new mantissas, and the end of a step; @param new_contexts of the channels of these
/// @param y scan output with the skip connection, Q16; 0 for padding; a block's, lane by lane
template <typename C>
void selective_scan(hls::stream<Word>& operands, hls::stream<ChannelInput<C> >& channels,
                    hls::stream<Word>& state_words, hls::stream<Value>& y, hls::stream<StateWord>& new_words,
                    hls::stream<NewContext<C> >& new_contexts, Run run) {
  typedef Schedule<C> S;
  typedef ScanGeometry<C> G;
  constexpr int kOperandSteps = S::kOperandRows / G::kLanes;
  constexpr int kOperandGroups = C::kGroups * G::kGroups;
  constexpr int kStepsPerWord = kWordBytes / G::kLanes;
  // The state of the first layers of the sequence in slot 0, as far as it stays on chip.
  LIGHTMAMBA_PERSISTENT_MEMORY(Word, lines, [max_of(1, C::kStateLines)]);
#pragma HLS BIND_STORAGE variable=lines type=ram_2p impl=uram
  constexpr int kExponentsBits = kStateExponentBits * G::kGroups;
  typedef ap_uint<kExponentsBits> Exponents;
  typedef ap_uint<kExponentsBits * G::kExponentsOfLine> ExponentLine;
  constexpr int kLayerExponentLines = S::kChannelBlocks * G::kExponentLines;
  LIGHTMAMBA_PERSISTENT_MEMORY(ExponentLine, exponents, [max_of(1, C::kKeptLayers * kLayerExponentLines)]);
#pragma HLS BIND_STORAGE variable=exponents type=ram_2p impl=uram
  // Of B and of C, of what the headers of the messages say.
  LIGHTMAMBA_MEMORY(unsigned char, b_exponents, [C::kLanes][kOperandGroups]);
#pragma HLS ARRAY_PARTITION variable=b_exponents complete dim=0
  LIGHTMAMBA_MEMORY(unsigned char, c_exponents, [C::kLanes][kOperandGroups]);
#pragma HLS ARRAY_PARTITION variable=c_exponents complete dim=0
  LIGHTMAMBA_MEMORY(signed char, b, [C::kLanes * kOperandSteps][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=b complete dim=2
#pragma HLS BIND_STORAGE variable=b type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(signed char, c, [C::kLanes * kOperandSteps][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=c complete dim=2
#pragma HLS BIND_STORAGE variable=c type=ram_s2p impl=lutram
  // Steps between update and store: what is to be done, the elements, and the exponent of the group.
  LIGHTMAMBA_MEMORY(ScanStep<C>, ring, [G::kRing]);
#pragma HLS AGGREGATE variable=ring compact=bit
#pragma HLS BIND_STORAGE variable=ring type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(ap_int<C::kStateWorkBits>, h, [G::kRing][G::kLanes]);
#pragma HLS ARRAY_PARTITION variable=h complete dim=2
#pragma HLS BIND_STORAGE variable=h type=ram_s2p impl=lutram
  LIGHTMAMBA_MEMORY(unsigned char, next_exponents, [G::kRing]);
#pragma HLS BIND_STORAGE variable=next_exponents type=ram_s2p impl=lutram
  // The state of the block after a token, for the next token of the same sequence.
  LIGHTMAMBA_MEMORY(short, carried, [S::kChannelBlockRounds * G::kSteps][G::kLanes]);
#pragma HLS ARRAY_RESHAPE variable=carried complete dim=2
#pragma HLS BIND_STORAGE variable=carried type=ram_s2p impl=bram
  LIGHTMAMBA_MEMORY(unsigned char, carried_exponents, [S::kChannelBlockRounds * G::kGroups]);
#pragma HLS BIND_STORAGE variable=carried_exponents type=ram_s2p impl=lutram

  const int steps = steps_of<C::kLanes>(run);
  const bool many = run.sequences > 1;
SCAN_STEP:
  for (int step_of_start = 0; step_of_start < steps; ++step_of_start) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const bool fresh = is_fresh(run, step_of_start);
    const int lanes = active_lanes<C::kLanes>(run, step_of_start);
    const bool chained = !many && lanes > 1;
    // Words on chip before the block that is read, and before the one that is written.
    int read_block = 0;
    int write_block = 0;
  SCAN_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const bool stored = is_stored<C>(run, layer);
    SCAN_MESSAGE:
      for (int lane = 0; lane < lanes; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
        const Word header = operands.read();
      LOAD_EXPONENT:
        for (int g = 0; g < kOperandGroups; ++g) {
#pragma HLS UNROLL
          b_exponents[lane][g] = static_cast<unsigned char>(bytes_at<8>(header, 1 + g).to_uint());
          c_exponents[lane][g] = static_cast<unsigned char>(bytes_at<8>(header, C::kStateExponentByte + g).to_uint());
        }
      LOAD_OPERAND:
        for (int w = 0; w < 2 * S::kOperandWords; ++w) {
#pragma HLS LOOP_FLATTEN off
          const Word word = operands.read();
        LOAD_STEP:
          for (int step = 0; step < kStepsPerWord; ++step) {
#pragma HLS PIPELINE II=1
            const bool second = w >= S::kOperandWords;
            const int row = (second ? w - S::kOperandWords : w) * kStepsPerWord + step;
          LOAD_LANE:
            for (int e = 0; e < G::kLanes; ++e) {
#pragma HLS UNROLL
              const signed char value = static_cast<signed char>(signed_field<8>(word, step * G::kLanes + e).to_int());
              if (row < kOperandSteps) {
                if (second) {
                  c[lane * kOperandSteps + row][e] = value;
                } else {
                  b[lane * kOperandSteps + row][e] = value;
                }
              }
            }
          }
        }
      }

      constexpr int kLastRounds = S::kChannelRounds - (S::kChannelBlocks - 1) * S::kChannelBlockRounds;
      const int whole_period = G::period(S::kChannelBlockRounds, chained);
      const int last_period = G::period(kLastRounds, chained);
      const int whole_end = whole_period - 1;
      const int last_end = last_period - 1;
      const int total = ((S::kChannelBlocks - 1) * whole_period + last_period) * lanes;
      StateUnpacker<G::kLanes> unpacker;
      StatePacker<G::kLanes> packer;
      ChannelInput<C> input = ChannelInput<C>();
      // Where the update stands.
      int block = 0;
      int first_round = 0;
      bool last_block = S::kChannelBlocks == 1;
      int lane = 0;
      int position = 0;
      int channel = 0;
      int step = 0;
      int read_channel = 0;
      int read_index = 0;
      int es = 0;
      Exponents old_exponents = 0;
      ExponentLine old_line = 0;
      Wide largest = 0;
      // Where the store stands.
      int write_channel = 0;
      int late_channel = 0;
      Exponents new_exponents = 0;
      ExponentLine new_line = 0;
      int write_round = 0;
      Wide sum = 0;
      Wide total_sum = 0;
    SCAN_CHANNELS:
      for (int i = 0; i < total + G::kSkew + 1; ++i) {
  // A step waits for x, for y's place and for the state: the pipeline flushes.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=64 max=20000
#pragma HLS DEPENDENCE variable=lines type=inter dependent=false
#pragma HLS DEPENDENCE variable=exponents type=inter dependent=false
#pragma HLS DEPENDENCE variable=ring type=inter direction=RAW distance=24 dependent=true
#pragma HLS DEPENDENCE variable=h type=inter direction=RAW distance=24 dependent=true
#pragma HLS DEPENDENCE variable=next_exponents type=inter direction=RAW distance=24 dependent=true
#pragma HLS DEPENDENCE variable=carried type=inter direction=RAW distance=16 dependent=true
#pragma HLS DEPENDENCE variable=carried_exponents type=inter direction=RAW distance=16 dependent=true
        const int rounds = last_block ? kLastRounds : S::kChannelBlockRounds;
        // The update of step i.
        ScanStep<C> begun = ScanStep<C>();
        if (i < total && channel < rounds) {
          const bool loaded = many || lane == 0;
          const int group = step / G::kGroupSteps;
          const int round = first_round + channel;
          if (step == 0) {
            input = channels.read();
            read_channel = channel == 0 ? read_block : read_channel;
            read_index = 0;
            unpacker.begin();
            const int of_line = channel % G::kExponentsOfLine;
            if (!stored && of_line == 0) {
              old_line = exponents[layer * kLayerExponentLines + round / G::kExponentsOfLine];
            }
            const int at = of_line * kExponentsBits;
            old_exponents = stored ? input.context.exponents : Exponents(old_line.range(at + kExponentsBits - 1, at));
          }
          const bool begins = step % G::kGroupSteps == 0;
          if (begins) {
            const int at = group * kStateExponentBits;
            const ap_uint<kStateExponentBits> old = old_exponents.range(at + kStateExponentBits - 1, at);
            const int kept = fresh ? 0 : old.to_int();
            es = loaded ? kept : carried_exponents[channel * G::kGroups + group];
          }
          short mantissa[G::kLanes];
#pragma HLS ARRAY_PARTITION variable=mantissa complete
          if (loaded && !fresh && !input.padding) {
            Word word = 0;
            if (unpacker.needs(input.bits)) {
              if (stored) {
                word = state_words.read();
              } else {
                word = lines[read_channel + read_index];
              }
              ++read_index;
            }
            unpacker.take(word, input.bits, mantissa);
          } else {
          UPDATE_CARRIED:
            for (int e = 0; e < G::kLanes; ++e) {
#pragma HLS UNROLL
              const short kept = loaded ? static_cast<short>(0) : carried[channel * G::kSteps + step][e];
              mantissa[e] = input.padding ? static_cast<short>(0) : kept;
            }
          }
          const int operand = input.operand * G::kGroups + group;
          const int eb = b_exponents[lane][operand];
          const int row = lane * kOperandSteps + input.operand * G::kSteps + step;
          const ScaledOperand<C> dx(input.dx, input.exponent + eb);
          Wide sizes[G::kLanes];
#pragma HLS ARRAY_PARTITION variable=sizes complete
        UPDATE_LANE:
          for (int e = 0; e < G::kLanes; ++e) {
#pragma HLS UNROLL
            const ap_int<C::kStateWorkBits> element = scan_element<C>(mantissa[e], es, input.decay, dx, b[row][e]);
            h[i % G::kRing][e] = element;
            sizes[e] = magnitude(element.to_int64());
          }
          const Wide step_largest = largest_of(sizes);
          largest = (begins || step_largest > largest) ? step_largest : largest;
          if (step % G::kGroupSteps == G::kGroupSteps - 1) {
            const int mantissa_max = (1 << (input.bits - 1)) - 1;
            next_exponents[(i - (G::kGroupSteps - 1)) % G::kRing] =
                static_cast<unsigned char>(exponent(largest, mantissa_max << 4));
          }
          begun.valid = true;
          begun.padding = input.padding;
          begun.last_lane = lane == lanes - 1;
          begun.stored = many || begun.last_lane;
          begun.first = channel == 0 && step == 0;
          begun.last = channel == rounds - 1 && step == G::kSteps - 1;
          begun.lane = static_cast<unsigned char>(lane);
          begun.channel = static_cast<unsigned char>(channel);
          begun.step = static_cast<unsigned char>(step);
          begun.operand = input.operand;
          begun.bits = input.bits;
          begun.skip = input.skip;
          begun.history = input.context.history;
          if (step == G::kSteps - 1) {
            read_channel += input.padding ? 0 : S::state_words(input.bits);
            if (channel == rounds - 1 && begun.last_lane) {
              read_block = read_channel;
            }
          }
          channel = step == G::kSteps - 1 ? channel + 1 : channel;
          step = step == G::kSteps - 1 ? 0 : step + 1;
        }
        ring[i % G::kRing] = begun;
        if (position == (last_block ? last_end : whole_end)) {
          position = 0;
          channel = 0;
          if (lane == lanes - 1) {
            lane = 0;
            first_round += S::kChannelBlockRounds;
            ++block;
            last_block = block == S::kChannelBlocks - 1;
          } else {
            ++lane;
          }
        } else {
          ++position;
        }

        // The store of step i - kSkew.
        PackedWord packed = {0, 0, false};
        int packed_channel = late_channel;
        if (packer.is_late()) {
          packed = packer.take_late();
        }
        const int stored_at = i - G::kSkew;
        ScanStep<C> done = ScanStep<C>();
        if (stored_at >= 0) {
          done = ring[stored_at % G::kRing];
        }
        if (done.valid) {
          const int group = done.step / G::kGroupSteps;
          const bool channel_ends = done.step == G::kSteps - 1;
          const bool group_ends = done.step % G::kGroupSteps == G::kGroupSteps - 1;
          const int next = next_exponents[(stored_at - done.step % G::kGroupSteps) % G::kRing];
          const int operand = done.operand * G::kGroups + group;
          const int ec = c_exponents[done.lane][operand];
          const int row = done.lane * kOperandSteps + done.operand * G::kSteps + done.step;
          const Wide mantissa_max = (1LL << (done.bits - 1)) - 1;
          short mantissa[G::kLanes];
#pragma HLS ARRAY_PARTITION variable=mantissa complete
          Wide step_sum = 0;
        STORE_LANE:
          for (int e = 0; e < G::kLanes; ++e) {
#pragma HLS UNROLL
            // The exponent is that of the group's largest element, so that 18 bits hold every mantissa.
            const ap_int<18> rounded = ap_int<18>(rnd(h[stored_at % G::kRing][e].to_int64(), next));
            mantissa[e] = static_cast<short>(clip(rounded.to_int64(), mantissa_max));
            step_sum += mantissa[e] * c[row][e];
            carried[done.channel * G::kSteps + done.step][e] = mantissa[e];
          }
          sum = done.step % G::kGroupSteps == 0 ? step_sum : sum + step_sum;
          if (done.step % G::kGroupSteps == 0) {
            // With the group's first step: the next token may take it kStoreLatency iterations later.
            carried_exponents[done.channel * G::kGroups + group] = static_cast<unsigned char>(next);
          }
          if (group_ends) {
            new_exponents = (group == 0 ? Exponents(0) : new_exponents) |
                            Exponents(Exponents(next) << (group * kStateExponentBits));
            const Wide part = shift<C::kStateWorkBits>(sum, C::kStateFraction - next - ec).to_int64();
            total_sum = group == 0 ? part : total_sum + part;
          }
          if (channel_ends) {
            y.write(done.padding ? Value(0) : Value(sat<C::kResidualBits>(total_sum + done.skip.to_int64())));
          }
          if (done.stored && channel_ends) {
            if (stored) {
              NewContext<C> item;
              item.words = static_cast<unsigned char>(done.padding ? 0 : S::state_words(done.bits));
              item.context.history = done.history;
              item.context.exponents = new_exponents;
              new_contexts.write(item);
            } else {
              const int of_line = done.channel % G::kExponentsOfLine;
              new_line = (of_line == 0 ? ExponentLine(0) : new_line) |
                         ExponentLine(ExponentLine(new_exponents) << (of_line * kExponentsBits));
              if (of_line == G::kExponentsOfLine - 1 || done.last) {
                exponents[layer * kLayerExponentLines + (write_round + done.channel) / G::kExponentsOfLine] = new_line;
              }
            }
          }
          if (done.last && done.last_lane) {
            write_round += S::kChannelBlockRounds;
          }
          if (done.stored) {
            write_channel = done.first ? write_block : write_channel;
            if (!done.padding) {
              const PackedWord now = packer.put(mantissa, done.bits, channel_ends);
              if (!packed.valid) {
                packed = now;
                packed_channel = write_channel;
              }
              late_channel = write_channel;
              write_channel += channel_ends ? S::state_words(done.bits) : 0;
            }
            if (done.last && done.last_lane) {
              write_block = write_channel;
            }
          }
        }
        if (packed.valid) {
          if (stored) {
            StateWord item;
            item.word = packed.word;
            item.closing = false;
            new_words.write(item);
          } else {
            lines[packed_channel + packed.index] = packed.word;
          }
        }
      }
    }
    StateWord closing;
    closing.word = 0;
    closing.closing = true;
    new_words.write(closing);
  }
}

}  // namespace lightmamba

#endif

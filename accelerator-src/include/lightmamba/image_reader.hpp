/// @file
/// The read process of a memory kernel: the unit image in order, with the state in its place (formats.md, section 2).
#ifndef LIGHTMAMBA_IMAGE_READER_HPP
#define LIGHTMAMBA_IMAGE_READER_HPP

#include "hls_burst_maxi.h"

#include "lightmamba/depths.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A memory port with requests of its own: they run ahead of the words, so that no latency shows between two runs.
typedef hls::burst_maxi<Word> MemoryPort;

/// Where the piece of a block and a sequence lies: contexts and mantissas.
struct StatePlace {
  int first;  ///< word of the buffer
  int count;  ///< words; 0 where the block has no channel
};

/// A run of words that has been requested and not yet been handed on.
struct RequestedRun {
  int count;
  int piece;  ///< words up to one that is marked as last: 1, or those of a block's state and one sequence
};

/// Hands `run.count` words on.
/// @return words that went out
inline int deliver_run(MemoryPort port, hls::stream<WordBeat>& words, RequestedRun run) {
#pragma HLS INLINE off
  int left = run.piece;
  int delivered = 0;
DELIVER_WORD:
  for (int i = 0; i < run.count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=1000000
    words.write(make_beat(port.read(), left == 1));
    left = left == 1 ? run.piece : left - 1;
    ++delivered;
  }
  return delivered;
}

/// Waits for `count` beats.
/// @return beats that came
inline int await_signals(hls::stream<SignalBeat>& signals, int count) {
#pragma HLS INLINE off
  int come = 0;
AWAIT_SIGNAL:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=0 max=1
    come += signals.read().to_int();
  }
  return come;
}

/// The two youngest requests. The next one is made before the older of them is handed on.
struct ReadAhead {
  RequestedRun older;
  RequestedRun newer;
};

/// Hands the older run on; the one that was requested last takes its place in the queue.
/// @return words that should have gone out and have not: 0, which nobody knows before they have
inline int advance(MemoryPort port, hls::stream<WordBeat>& words, ReadAhead& ahead, int count, int piece) {
#pragma HLS INLINE
  const int missing = ahead.older.count - deliver_run(port, words, ahead.older);
  ahead.older = ahead.newer;
  ahead.newer.count = count;
  ahead.newer.piece = piece;
  return missing;
}

/// What word 0 of an image says.
struct ImageHeader {
  int slot_words;   ///< of the state of one slot
  int state_first;  ///< word of the buffer at which the state region begins
};

/// Most words of the state of a block and a sequence, and the bits that count them.
template <typename C> struct BlockWords {
  typedef Schedule<C> S;
  static constexpr int kMost = S::kContextWords + S::kBlockStateWords;
  typedef ap_uint<bits_of(kMost)> Count;
};

/// Reads the header and the widths of the state and counts the words of the state of every block of channels. The
/// widths of the heads that a unit has follow each other in the image, so that a word of them is read when its first
/// one is needed and nothing else is kept.
/// @param counts contexts and mantissas of one sequence, [layer][block]; 0 where the block has no channel
template <typename C>
ImageHeader count_state(MemoryPort port, typename BlockWords<C>::Count* counts, int unit_index) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  port.read_request(0, S::kHeaderWords);
  const Word first = port.read();
  ImageHeader header;
  header.slot_words = signed_bytes_at<32>(first, 0).to_int();
  header.state_first = signed_bytes_at<32>(first, 4).to_int();
  Word widths = 0;
  int widths_read = 0;
COUNT_LAYER:
  for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
    int count = 0;
  COUNT_ROUND:
    for (int round = 0; round < S::kChannelRounds; ++round) {
#pragma HLS PIPELINE II=1
      const int channel = round * C::kUnits + unit_index;
      // Where the unit has no channel the last head stands for it, so that no word is left out.
      const int head = layer * C::kHeads + min_of(channel, C::kInner - 1) / C::kHeadDim;
      if (head / kWordBytes == widths_read) {
        widths = port.read();
        ++widths_read;
      }
      if (channel < C::kInner) {
        count += S::state_words(field<8>(widths, head % kWordBytes).to_int());
      }
      if (round % S::kChannelBlockRounds == S::kChannelBlockRounds - 1 || round == S::kChannelRounds - 1) {
        counts[layer * S::kChannelBlocks + round / S::kChannelBlockRounds] = count > 0 ? S::kContextWords + count : 0;
        count = 0;
      }
    }
  }
  const int left = S::kWidthWords - widths_read;
DROP_WIDTHS:
  for (int i = 0; i < left; ++i) {
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=0 max=1
    port.read();
  }
  return header;
}

/// Process: the only reader of the port, one linear walk a step. Behind the weights of every block of channels stands
/// the state of its channels, sequence by sequence; where it stays on chip, and in the first step after a reset, there
/// is none.
/// @param places where the new state of every block and sequence goes
template <typename C>
void read_image(MemoryPort port, hls::stream<SignalBeat>& go, hls::stream<WordBeat>& words,
                hls::stream<StatePlace>& places, int unit_index, Run run) {
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(typename BlockWords<C>::Count, counts, [C::kLayers * S::kChannelBlocks]);
#pragma HLS BIND_STORAGE variable=counts type=ram_1p impl=bram
  const int steps = steps_of<C::kLanes>(run);
  const ImageHeader header = count_state<C>(port, counts, unit_index);
  const int slot_words = header.slot_words;
  const int layer_words = S::layer_words(run.weight_bits);
  const int shared_words = S::shared_words(run.weight_bits);
  const int head_words = S::head_words(run.head_bits);
  const int block_words = S::channel_words(S::kChannelBlockRounds, run.weight_bits);
  const int last_words = S::channel_words(S::kChannelRounds - (S::kChannelBlocks - 1) * S::kChannelBlockRounds,
                                          run.weight_bits);
  const int state_first = header.state_first + run.slot * slot_words;
  ReadAhead ahead = {{0, 1}, {S::kTableWords, 1}};
  port.read_request(S::kHeaderWords, S::kTableWords);
READ_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const bool fresh = is_fresh(run, step);
    bool waits = step > 0;
    int from = S::kLayersFirst;
    int state_at = state_first;
  READ_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const bool stored = is_stored<C>(run, layer);
      int to = S::kLayersFirst + layer * layer_words + shared_words;
    READ_BLOCK:
      for (int block = 0; block < S::kChannelBlocks; ++block) {
#pragma HLS LOOP_FLATTEN off
        to += block == S::kChannelBlocks - 1 ? last_words : block_words;
        port.read_request(from, to - from);
        advance(port, words, ahead, to - from, 1);
        from = to;
        const int count = counts[layer * S::kChannelBlocks + block].to_int();
        if (stored && count > 0 && !fresh) {
          int behind_go = 0;
          if (waits) {
            // What the step before still needs goes out first: the go comes after it. How often it is read depends on
            // the words, and the address on the beat, so that no scheduler reads or requests earlier.
            const int older = advance(port, words, ahead, 0, 1);
            const int newer = advance(port, words, ahead, 0, 1);
            behind_go = 1 - await_signals(go, 1 - older - newer);
            waits = false;
          }
        REQUEST_STATE:
          for (int sequence = 0; sequence < run.sequences; ++sequence) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
            port.read_request(state_at + behind_go + sequence * slot_words, count);
          }
          advance(port, words, ahead, count * run.sequences, count);
        }
      PLACE_STATE:
        for (int sequence = 0; stored && sequence < run.sequences; ++sequence) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
          StatePlace place;
          place.first = state_at + sequence * slot_words;
          place.count = count;
          places.write(place);
        }
        state_at += count;
      }
    }
    const int end = S::kLayersFirst + C::kLayers * layer_words +
                    (logit_lanes<C::kLanes>(run, step) > 0 ? head_words : 0);
    port.read_request(from, end - from);
    const int missing = advance(port, words, ahead, end - from, 1);
    if (waits) {
      await_signals(go, 1 - missing);  // no state to wait for
    }
  }
  advance(port, words, ahead, 0, 1);
  advance(port, words, ahead, 0, 1);
}

}  // namespace lightmamba

#endif

/// @file
/// The new state of a unit, in beats, to its memory kernel.
#ifndef LIGHTMAMBA_STATE_SENDER_HPP
#define LIGHTMAMBA_STATE_SENDER_HPP

#include "lightmamba/context.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A word of new mantissas, or the mark that closes a step.
struct StateWord {
  Word word;
  bool closing;
};

/// The new context of a channel.
template <typename C>
struct NewContext {
  ChannelContext<C> context;
  unsigned char words;  ///< words of the channel's mantissas; 0: padding
};

/// Takes the contexts of a block and a sequence and packs them into words; those of padding become zero.
/// @param rounds of the block
/// @return words of the block's mantissas
template <typename C>
int pack_contexts(hls::stream<NewContext<C> >& contexts, Word* packed, int rounds) {
#pragma HLS INLINE off
  typedef ContextParts<C> P;
  typedef typename P::Record Record;
  int count = 0;
  Record record = 0;
  Word word = 0;
PACK_CONTEXT:
  for (int i = 0; i < P::kOfBlock; ++i) {
#pragma HLS PIPELINE II=1
    if (i % P::kOfContext == 0) {
      record = 0;
      if (i / P::kOfContext < rounds) {
        const NewContext<C> item = contexts.read();
        count += item.words;
        record = item.words == 0 ? Record(0) : pack_context<C>(item.context);
      }
    }
    const Word part = Word(record.range(P::kBits - 1, 0));
    record = record >> P::kBits;
    const int of_word = i % P::kInWord;
    word = of_word == 0 ? part : Word((part << (of_word * P::kBits)) | word);
    packed[i / P::kInWord] = word;
  }
  return count;
}

/// Sends the contexts and the mantissas of a block and a sequence, four beats a word.
template <typename C>
void send_piece(hls::stream<StateWord>& words, hls::stream<StateBeat>& out, const Word* packed, int count) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  Word word = 0;
STATE_BEAT:
  for (int i = 0; i < (S::kContextWords + count) * kStateBeats; ++i) {
  // A last word may come with the next block's first step: the pipeline flushes, so that no state waits for it.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=8 max=256
    if (i % kStateBeats == 0) {
      if (i / kStateBeats < S::kContextWords) {
        word = packed[i / kStateBeats];
      } else {
        word = words.read().word;
      }
    }
    out.write(StateBeat(word.range(kStateBeatBits - 1, 0)));
    word = word >> kStateBeatBits;
  }
}

/// Process: layer by layer of those in the memory, block by block and sequence by sequence the new contexts, then the
/// new mantissas, which wait in their FIFO until the last exponent of the block is known. Four beats a word, low bits
/// first, and one closing beat a step.
template <typename C>
void send_state(hls::stream<StateWord>& words, hls::stream<NewContext<C> >& contexts, hls::stream<StateBeat>& out,
                Run run) {
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(Word, packed, [S::kContextWords]);
#pragma HLS BIND_STORAGE variable=packed type=ram_s2p impl=lutram
  const int steps = steps_of<C::kLanes>(run);
SEND_STATE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  SEND_STATE_LAYER:
    for (int layer = run.kept_layers; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=0 max=64
    SEND_STATE_BLOCK:
      for (int first = 0; first < S::kChannelRounds; first += S::kChannelBlockRounds) {
#pragma HLS LOOP_FLATTEN off
      SEND_STATE_PIECE:
        for (int sequence = 0; sequence < run.sequences; ++sequence) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
          const int rounds = min_of(S::kChannelBlockRounds, S::kChannelRounds - first);
          const int count = pack_contexts<C>(contexts, packed, rounds);
          if (count > 0) {
            send_piece<C>(words, out, packed, count);
          }
        }
      }
    }
    const StateWord closing = words.read();
    out.write(StateBeat(closing.closing ? 0 : 1));
  }
}

}  // namespace lightmamba

#endif

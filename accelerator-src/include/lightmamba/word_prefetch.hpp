/// @file
/// Takes a unit's words off the link (docs/accelerator.md).
#ifndef LIGHTMAMBA_WORD_PREFETCH_HPP
#define LIGHTMAMBA_WORD_PREFETCH_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// A word that waits.
struct UnitWord {
  Word data;
  ap_uint<1> last;  ///< 1 but on state words, where only the last one of a block and a sequence has it
};

/// Moves words until `lasts` of them were marked as last: a unit does not know how many words a state has.
template <typename C>
void prefetch_step(hls::stream<WordBeat>& words, hls::stream<UnitWord>& prefetched, int lasts) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  constexpr int kMostWords = S::kTableWords + C::kLayers * S::layer_words(8) + S::head_words(8) +
                             S::kMaxSlotWords * C::kSlots;
  int left = lasts;
PREFETCH_WORD:
  for (int i = 0; i < kMostWords && left > 0; ++i) {
  // Over all barriers of a step: the pipeline flushes, so that no word waits for the next one.
#pragma HLS PIPELINE II=1 style=flp
    const WordBeat beat = words.read();
    UnitWord word;
    word.data = beat_word(beat);
    word.last = beat_last(beat) ? 1 : 0;
    prefetched.write(word);
    left -= beat_last(beat) ? 1 : 0;
  }
}

/// Process: takes the words off the link as they come.
template <typename C>
void prefetch_words(hls::stream<WordBeat>& words, hls::stream<UnitWord>& prefetched, int unit_index, Run run) {
  typedef Schedule<C> S;
  const int steps = steps_of<C::kLanes>(run);
  const int layers = C::kLayers * S::layer_words(run.weight_bits);
  const int head = S::head_words(run.head_bits);
  const int blocks = ceil_div(channels_of<C>(unit_index), S::kChannelBlockRounds);
PREFETCH_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int stored = is_fresh(run, step) ? 0 : C::kLayers - run.kept_layers;
    prefetch_step<C>(words, prefetched,
                     (step == 0 ? S::kTableWords : 0) + layers + stored * blocks * run.sequences +
                         (logit_lanes<C::kLanes>(run, step) > 0 ? head : 0));
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The split of a unit's words by kind (formats.md, section 2).
#ifndef LIGHTMAMBA_WORD_ROUTER_HPP
#define LIGHTMAMBA_WORD_ROUTER_HPP

#include "lightmamba/run.hpp"
#include "lightmamba/schedule.hpp"
#include "lightmamba/word_prefetch.hpp"

namespace lightmamba {

/// Moves `count` words from one stream to another.
inline void move_words(hls::stream<UnitWord>& from, hls::stream<Word>& to, int count) {
#pragma HLS INLINE off
MOVE_WORD:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=1280
    to.write(from.read().data);
  }
}

/// Moves the mantissas of a block and a sequence, up to the word that is marked as last.
template <typename C>
void move_state(hls::stream<UnitWord>& from, hls::stream<Word>& to) {
#pragma HLS INLINE off
  bool more = true;
MOVE_STATE:
  for (int i = 0; i < Schedule<C>::kBlockStateWords && more; ++i) {
#pragma HLS PIPELINE II=1
    const UnitWord word = from.read();
    to.write(word.data);
    more = word.last == 0;
  }
}

/// Splits one segment, block by block: records, scales, weights, and for every sequence contexts and mantissas.
/// @param rows rows of the segment; @param rows_per_record 0 (no records), 1 or 2
/// @param row_bytes scale bytes of a row; @param row_words weight words of a row
/// @param channels channels of this unit whose state follows, block by block; 0: none
/// @param sequences of the step
template <typename C>
void route_segment(hls::stream<UnitWord>& words, hls::stream<Word>& records, hls::stream<Word>& scales,
                   hls::stream<Word>& weights, hls::stream<Word>& contexts, hls::stream<Word>& state_words, int rows,
                   int rows_per_record, int row_bytes, int row_words, int channels, int sequences) {
#pragma HLS INLINE off
ROUTE_BLOCK:
  for (int row = 0; row < rows; row += C::kBlockRows) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=2000
    const int in_block = min_of(C::kBlockRows, rows - row);
    const int record_count = rows_per_record == 2 ? in_block / 2 : (rows_per_record == 1 ? in_block : 0);
    move_words(words, records, ceil_div(record_count, Schedule<C>::kRecordsPerWord));
    move_words(words, scales, scale_words(in_block, row_bytes));
    move_words(words, weights, in_block * row_words);
    const int pieces = row / 2 < channels ? sequences : 0;
  ROUTE_PIECE:
    for (int piece = 0; piece < pieces; ++piece) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
      move_words(words, contexts, Schedule<C>::kContextWords);
      move_state<C>(words, state_words);
    }
  }
}

/// Process: splits the words into the SiLU table (to the convolution, in front of its records, and to the gate),
/// convolution records, scales, weights, contexts (to the convolution) and mantissas of the state (to the scan).
template <typename C>
void route_words(hls::stream<UnitWord>& words, hls::stream<Word>& records, hls::stream<Word>& gate_table,
                 hls::stream<Word>& scales, hls::stream<Word>& weights, hls::stream<Word>& contexts,
                 hls::stream<Word>& state_words, int unit_index, Run run) {
  typedef Schedule<C> S;
  const int steps = steps_of<C::kLanes>(run);
  const int model_row_words = packed_words(C::kModel, run.weight_bits);
  const int inner_row_words = packed_words(C::kInner, run.weight_bits);
  const int head_row_words = packed_words(C::kModel, run.head_bits);
  const int channels = channels_of<C>(unit_index);
ROUTE_TABLE:
  for (int i = 0; i < S::kTableWords; ++i) {
#pragma HLS PIPELINE II=1
    const Word word = words.read().data;
    records.write(word);
    gate_table.write(word);
  }
ROUTE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  ROUTE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      const bool stored = is_stored<C>(run, layer) && !is_fresh(run, step);
      route_segment<C>(words, records, scales, weights, contexts, state_words, S::kSharedRounds, 1,
                       S::kModelScaleBytes, model_row_words, 0, 0);
      route_segment<C>(words, records, scales, weights, contexts, state_words, 2 * S::kChannelRounds, 2,
                       S::kModelScaleBytes, model_row_words, stored ? channels : 0, run.sequences);
      route_segment<C>(words, records, scales, weights, contexts, state_words, S::kOutRounds, 0, S::kInnerScaleBytes,
                       inner_row_words, 0, 0);
    }
    if (logit_lanes<C::kLanes>(run, step) > 0) {
      route_segment<C>(words, records, scales, weights, contexts, state_words, S::kHeadRounds, 0, S::kHeadScaleBytes,
                       head_row_words, 0, 0);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The memory side of a unit: one linear read of the image and its split by kind (formats.md, section 2).
#ifndef LIGHTMAMBA_WEIGHT_READER_HPP
#define LIGHTMAMBA_WEIGHT_READER_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Copies `count` consecutive words of a memory port into a stream: one long burst.
inline void read_words(const Word* port, int first, int count, hls::stream<Word>& words) {
#pragma HLS INLINE off
READ_WORD:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=16 max=1000000
    words.write(port[first + i]);
  }
}

/// Process: the only reader of the port `weights`. The tables once, then the layers of every token, and the head where
/// the token has logits: the head follows the layers in the image, so a token is one run of addresses.
template <typename C>
void read_weights(const Word* weights, hls::stream<Word>& words, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
  read_words(weights, 0, S::kTableWords, words);
READ_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int head = has_logits(token, tokens, logits_for_all) ? S::kHeadWords : 0;
    read_words(weights, S::kTableWords, S::kLayersWords + head, words);
  }
}

/// Moves `count` words from one stream to another.
inline void route_words(hls::stream<Word>& from, hls::stream<Word>& to, int count) {
#pragma HLS INLINE off
ROUTE_WORD:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=1 max=1280
    to.write(from.read());
  }
}

/// Splits one segment, block by block: records, scales, weights.
/// @param rows rows of the segment; @param rows_per_record 0 (no records), 1 or 2
/// @param row_bytes scale bytes of a row; @param row_words weight words of a row
template <typename C>
void route_segment(hls::stream<Word>& words, hls::stream<Word>& records, hls::stream<Word>& scales,
                   hls::stream<Word>& weights, int rows, int rows_per_record, int row_bytes, int row_words) {
#pragma HLS INLINE off
ROUTE_BLOCK:
  for (int row = 0; row < rows; row += C::kBlockRows) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=2000
    const int in_block = min_of(C::kBlockRows, rows - row);
    const int record_count = rows_per_record == 2 ? in_block / 2 : (rows_per_record == 1 ? in_block : 0);
    route_words(words, records, ceil_div(record_count, Schedule<C>::kRecordsPerWord));
    route_words(words, scales, scale_words(in_block, row_bytes));
    route_words(words, weights, in_block * row_words);
  }
}

/// Process: splits the image into the SiLU table (to the convolution, in front of its records, and to the gate),
/// convolution records, scales and weights.
template <typename C>
void route_weights(hls::stream<Word>& words, hls::stream<Word>& records, hls::stream<Word>& gate_table,
                   hls::stream<Word>& scales, hls::stream<Word>& weights, int tokens, int logits_for_all) {
  typedef Schedule<C> S;
ROUTE_TABLE:
  for (int i = 0; i < S::kTableWords; ++i) {
#pragma HLS PIPELINE II=1
    const Word word = words.read();
    records.write(word);
    gate_table.write(word);
  }
ROUTE_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  ROUTE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      route_segment<C>(words, records, scales, weights, S::kSharedRounds, 1, S::kModelScaleBytes, S::kModelRowWords);
      route_segment<C>(words, records, scales, weights, 2 * S::kChannelRounds, 2, S::kModelScaleBytes,
                       S::kModelRowWords);
      route_segment<C>(words, records, scales, weights, S::kOutRounds, 0, S::kInnerScaleBytes, S::kInnerRowWords);
    }
    if (has_logits(token, tokens, logits_for_all)) {
      route_segment<C>(words, records, scales, weights, S::kHeadRounds, 0, S::kHeadScaleBytes, S::kHeadRowWords);
    }
  }
}

}  // namespace lightmamba

#endif

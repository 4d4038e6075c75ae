/// @file
/// Every trip count and word count, derived from the configuration (formats.md, sections 1 to 5).
#ifndef LIGHTMAMBA_SCHEDULE_HPP
#define LIGHTMAMBA_SCHEDULE_HPP

#include "lightmamba/types.hpp"

namespace lightmamba {

/// Bits of an activation of the LM head, whatever the scheme (numerics.md, section 2).
constexpr int kHeadActivationBits = 8;

/// Words of `length` values of 4 or 8 bits; the bits are known at run time only.
constexpr int packed_words(int length, int bits) {
  return bits == 4 ? ceil_div(length * 4, kWordBits) : ceil_div(length * 8, kWordBits);
}

/// Words of the scales of `rows` rows with `row_bytes` bytes each.
constexpr int scale_words(int rows, int row_bytes) { return ceil_div(rows * row_bytes, kWordBytes); }

/// Convolution records of `rows` rows; rows_per_record is 0 where there are none.
constexpr int records_of(int rows, int rows_per_record) {
  return rows_per_record == 0 ? 0 : rows / max_of(rows_per_record, 1);
}

/// Words of a block (formats.md, section 2): records, scales, weights.
constexpr int block_words(int rows, int records, int records_per_word, int row_bytes, int row_words) {
  return ceil_div(records, records_per_word) + scale_words(rows, row_bytes) + rows * row_words;
}

/// Words of a segment of `rows` rows in blocks of block_rows.
constexpr int segment_words(int rows, int block_rows, int rows_per_record, int records_per_word, int row_bytes,
                            int row_words) {
  return rows / block_rows *
             block_words(block_rows, records_of(block_rows, rows_per_record), records_per_word, row_bytes, row_words) +
         block_words(rows % block_rows, records_of(rows % block_rows, rows_per_record), records_per_word, row_bytes,
                     row_words);
}

/// The smallest power of two that is at least n.
constexpr int power_of_two_from(int n) { return n <= 1 ? 1 : 2 * power_of_two_from((n + 1) / 2); }

/// Bits of an unsigned number up to `most`.
constexpr int bits_of(int most) { return most == 0 ? 0 : 1 + bits_of(most / 2); }

/// The order and the sizes that images, units and core agree on.
/// @tparam C the generated configuration
template <typename C>
struct Schedule {
  static_assert(C::kLanes == 1 || C::kLanes == 4 || C::kLanes == 8, "lightmamba: 1, 4 or 8 token lanes (kLanes)");
  static_assert(C::kActivationMax4 <= 7 && C::kActivationMax8 <= 127,
                "lightmamba: kActivationMax4 and kActivationMax8 fit the bits of an activation");
  static_assert(C::kUnits >= 1 && C::kUnits <= 32, "lightmamba: an accelerator has 1 to 32 units (kUnits)");
  static_assert(C::kBlockRows == 16, "lightmamba: a block has 16 rows (kBlockRows)");
  static_assert(C::kKeptLayers >= 0 && C::kKeptLayers <= C::kLayers && (C::kKeptLayers > 0) == (C::kStateLines > 0),
                "lightmamba: kKeptLayers layers have their state in kStateLines words on chip");
  static_assert(exact_log2(C::kScanLanes) >= 0 && C::kScanLanes <= 16,
                "lightmamba: the scan takes 1, 2, 4, 8 or 16 state elements a cycle (kScanLanes)");
  static_assert(C::kConv >= 2 && C::kConv <= 29, "lightmamba: a convolution has 2 to 29 taps (kConv)");
  static_assert(C::kBias == 0 || C::kBias == 1, "lightmamba: kBias is 0 or 1");
  static_assert(C::kNormGroups >= 1 && C::kInner % C::kNormGroups == 0, "lightmamba: kNormGroups divides kInner");
  static_assert(C::kInner == C::kHeads * C::kHeadDim, "lightmamba: kInner is kHeads * kHeadDim");
  static_assert(C::kHeads % C::kGroups == 0, "lightmamba: kGroups divides kHeads");
  static_assert(C::kState % C::kStateGroup == 0, "lightmamba: kStateGroup divides kState");
  static_assert(C::kGroups * (C::kState / C::kStateGroup) <= 31,
                "lightmamba: an SSM message has at most 31 state groups");
  static_assert(C::kModel % C::kActivationGroupModel == 0, "lightmamba: kActivationGroupModel divides kModel");
  static_assert(C::kInner % C::kActivationGroupInner == 0, "lightmamba: kActivationGroupInner divides kInner");
  static_assert(C::kModel % C::kWeightGroupModel == 0, "lightmamba: kWeightGroupModel divides kModel");
  static_assert(C::kInner % C::kWeightGroupInner == 0, "lightmamba: kWeightGroupInner divides kInner");
  static_assert(exact_log2(C::kActivationGroupModel) >= 0 && exact_log2(C::kActivationGroupInner) >= 0,
                "lightmamba: activation groups are powers of two");
  static_assert(exact_log2(C::kWeightGroupModel) >= 0 && exact_log2(C::kWeightGroupInner) >= 0,
                "lightmamba: weight groups are powers of two");
  static_assert(min_of(C::kWeightGroupModel, C::kWeightGroupInner) >= 4,
                "lightmamba: a weight group has at least 4 elements, so that a weight word has at most 32 mantissas");
  static_assert(max_of(C::kActivationGroupModel, C::kActivationGroupInner) <= 32 &&
                    max_of(C::kWeightGroupModel, C::kWeightGroupInner) <= 128,
                "lightmamba: the sums are proven for activation groups up to 32 and weight groups up to 128");
  static_assert(exact_log2(C::kStateGroup) >= 0, "lightmamba: the state group is a power of two");
  static_assert(C::kModel <= (1 << 14) && C::kInner <= (1 << 14), "lightmamba: a vector has at most 2^14 elements");
  static_assert(C::kHadamardFactor >= 1 && C::kHadamardFactor <= 256 && C::kHadamardLog2 >= 0,
                "lightmamba: the factor of a Hadamard matrix has order 1 to 256 (kHadamardFactor)");
  static_assert(C::kHadamardFactor << C::kHadamardLog2 == C::kInner,
                "lightmamba: kInner is kHadamardFactor * 2^kHadamardLog2");

  // Rows, pairs and rounds (section 1).
  static constexpr int kOperandRows = C::kGroups * C::kState;
  static constexpr int kConvolvedRows = 2 * kOperandRows;
  static constexpr int kSharedRows = kConvolvedRows + C::kHeads;
  static constexpr int kSharedRounds = ceil_div(kSharedRows, C::kUnits);
  /// Rounds with a B or C row; behind them are only rows of dt.
  static constexpr int kConvolvedRounds = ceil_div(kConvolvedRows, C::kUnits);
  static constexpr int kChannelRounds = ceil_div(C::kInner, C::kUnits);
  static constexpr int kOutRounds = ceil_div(C::kModel, C::kUnits);
  static constexpr int kHeadRounds = ceil_div(C::kVocabulary, C::kUnits);
  static constexpr int kInputRows = kSharedRounds + 2 * kChannelRounds;

  // Blocks (section 2): 16 rows, or 8 channel pairs.
  static constexpr int kChannelBlockRounds = C::kBlockRows / 2;
  static constexpr int kChannelBlocks = ceil_div(kChannelRounds, kChannelBlockRounds);

  // Blocks of the unit image (section 2).
  static constexpr int kRecordBytes = 2 * C::kConv + 5 <= 16 ? 16 : (2 * C::kConv + 5 <= 32 ? 32 : 64);
  static constexpr int kRecordsPerWord = kWordBytes / kRecordBytes;
  static constexpr int kTableWords = C::kSiluEntries * 2 / kWordBytes;
  static constexpr int kModelWeightGroups = C::kModel / C::kWeightGroupModel;
  static constexpr int kInnerWeightGroups = C::kInner / C::kWeightGroupInner;
  static constexpr int kBiasBytes = C::kBias != 0 ? 4 : 0;
  static constexpr int kModelScaleBytes = kModelWeightGroups + 1 + kBiasBytes;
  static constexpr int kInnerScaleBytes = kInnerWeightGroups + 1 + kBiasBytes;
  static constexpr int kHeadScaleBytes = kModelWeightGroups + 1;

  /// Words of the first `rounds` rounds of the segment `channels`; blocks but the last are whole.
  static constexpr int channel_words(int rounds, int weight_bits) {
    return segment_words(2 * rounds, C::kBlockRows, 2, kRecordsPerWord, kModelScaleBytes,
                         packed_words(C::kModel, weight_bits));
  }
  static constexpr int shared_words(int weight_bits) {
    return segment_words(kSharedRounds, C::kBlockRows, 1, kRecordsPerWord, kModelScaleBytes,
                         packed_words(C::kModel, weight_bits));
  }
  static constexpr int out_words(int weight_bits) {
    return segment_words(kOutRounds, C::kBlockRows, 0, kRecordsPerWord, kInnerScaleBytes,
                         packed_words(C::kInner, weight_bits));
  }
  static constexpr int layer_words(int weight_bits) {
    return shared_words(weight_bits) + channel_words(kChannelRounds, weight_bits) + out_words(weight_bits);
  }
  static constexpr int head_words(int head_bits) {
    return segment_words(kHeadRounds, C::kBlockRows, 0, kRecordsPerWord, kHeadScaleBytes,
                         packed_words(C::kModel, head_bits));
  }
  /// The header and the widths of the state, a byte a head.
  static constexpr int kWidthWords = ceil_div(C::kLayers * C::kHeads, kWordBytes);
  static constexpr int kHeaderWords = 1 + kWidthWords;
  static constexpr int kLayersFirst = kHeaderWords + kTableWords;
  /// Words of a unit image without the state region, which follows.
  static constexpr int unit_words(int weight_bits, int head_bits) {
    return kLayersFirst + C::kLayers * layer_words(weight_bits) + head_words(head_bits);
  }

  // State of a channel (section 2): mantissas of 8, 12 or 16 bits, padded to a word.
  static constexpr int state_words(int bits) {
    return bits == 8 ? ceil_div(C::kState * 8, kWordBits)
                     : (bits == 12 ? ceil_div(C::kState * 12, kWordBits) : ceil_div(C::kState * 16, kWordBits));
  }
  // Context of a channel (section 2): the inputs of its convolution and the exponents of its state groups.
  static constexpr int kStateGroups = C::kState / C::kStateGroup;
  static constexpr int kHistoryBytes = 2 * (C::kConv - 1);
  static constexpr int kContextBytes = power_of_two_from(kHistoryBytes + kStateGroups);
  static constexpr int kContextWords = ceil_div(kChannelBlockRounds * kContextBytes, kWordBytes);

  /// Most state words of a block, of one sequence; with contexts of a unit's layers, of one sequence.
  static constexpr int kBlockStateWords = kChannelBlockRounds * state_words(16);
  static constexpr int kMaxSlotWords =
      C::kLayers * (kChannelRounds * state_words(16) + kChannelBlocks * kContextWords);

  // FIFO depths of a unit, see docs/accelerator.md.
  static constexpr int kConvolvedDepth = 2 * kChannelBlockRounds * C::kLanes;
  static constexpr int kContextDepth = max_of(2, kContextWords * C::kSlots);
  static constexpr int kStateDepth = 2 * kBlockStateWords * C::kSlots;
  static constexpr int kNewStateDepth = max_of(16, kBlockStateWords);
  static constexpr int kRecordDepth = 2 * ceil_div(C::kBlockRows, kRecordsPerWord);
  static constexpr int kScaleDepth = 2 * scale_words(C::kBlockRows, max_of(kModelScaleBytes, kInnerScaleBytes));

  // Core image (section 3).
  static constexpr int kEntriesPerWord = kWordBytes / 4;
  static constexpr int kRsqrtWords = ceil_div(C::kRsqrtEntries, kEntriesPerWord);
  static constexpr int kExp2Words = ceil_div(C::kExp2Entries, kEntriesPerWord);
  static constexpr int kLog1pWords = ceil_div(C::kLog1pEntries, kEntriesPerWord);
  static constexpr int kHeadRecordBytes = 16;
  static constexpr int kHeadsPerWord = kWordBytes / kHeadRecordBytes;
  static constexpr int kHeadRecordWords = ceil_div(C::kHeads, kHeadsPerWord);
  static constexpr int kGainsPerWord = kWordBytes / 2;
  static constexpr int kGainWords = ceil_div(C::kInner, kGainsPerWord);
  static constexpr int kCoreTableWords = kRsqrtWords + kExp2Words + kLog1pWords + 1;
  static constexpr int kCoreLayerWords = 1 + kHeadRecordWords + kGainWords;
  /// Words of the core image.
  static constexpr int kCoreWords = kCoreTableWords + C::kLayers * kCoreLayerWords;

  // Embedding image (section 4).
  static constexpr int kEmbeddingRowWords = ceil_div(2 * C::kModel, kWordBytes);
  static constexpr int kEmbeddingWords = C::kVocabulary * kEmbeddingRowWords;

  // Messages (section 5).
  static constexpr int kExponentsPerWord = kWordBits / 4;
  static constexpr int kModelActivationGroups = C::kModel / C::kActivationGroupModel;
  static constexpr int kInnerActivationGroups = C::kInner / C::kActivationGroupInner;
  static constexpr int kModelExponentWords = ceil_div(kModelActivationGroups, kExponentsPerWord);
  static constexpr int kInnerExponentWords = ceil_div(kInnerActivationGroups, kExponentsPerWord);
  static constexpr int kHeadValueWords = ceil_div(C::kModel * kHeadActivationBits, kWordBits);
  static constexpr int kHeadMessageWords = 1 + kModelExponentWords + kHeadValueWords;
  static constexpr int kOperandWords = ceil_div(kOperandRows, kWordBytes);
  static constexpr int kStateMessageWords = 1 + 2 * kOperandWords + kHeadRecordWords;

  // Trace (section 6).
  static constexpr int kResidualTraceWords = ceil_div(C::kModel, kEntriesPerWord);
  static constexpr int kLogitTraceWords = ceil_div(C::kVocabulary, kEntriesPerWord);

  // Vectors in the core, in beats of kBeatValues; the values behind a vector's end are 0.
  static constexpr int kModelBeats = ceil_div(C::kModel, kBeatValues);
  static constexpr int kInnerBeats = ceil_div(C::kInner, kBeatValues);
  static constexpr int kSharedBeats = ceil_div(kSharedRows, kBeatValues);
  static constexpr int kLogitBeats = ceil_div(C::kVocabulary, kBeatValues);
  /// Beats of a round of one lane on the result chain.
  static constexpr int kRoundBeats = ceil_div(C::kUnits, kBeatValues);

  /// Words of an ACTIVATION message whose values have `bits` bits (4 or 8).
  static constexpr int model_message_words(int bits) { return 1 + kModelExponentWords + packed_words(C::kModel, bits); }
  static constexpr int inner_message_words(int bits) { return 1 + kInnerExponentWords + packed_words(C::kInner, bits); }
};

/// Rounds of a unit's channels that are no padding.
template <typename C>
inline int channels_of(int unit_index) {
#pragma HLS INLINE
  return unit_index < C::kInner % C::kUnits ? C::kInner / C::kUnits + 1 : C::kInner / C::kUnits;
}

}  // namespace lightmamba

#endif

/// @file
/// Depthwise causal convolution and SiLU of the x, B and C rows (numerics.md, section 4).
#ifndef LIGHTMAMBA_CONV1D_HPP
#define LIGHTMAMBA_CONV1D_HPP

#include "lightmamba/context.hpp"
#include "lightmamba/run.hpp"
#include "lightmamba/silu.hpp"

namespace lightmamba {

/// The convolution record of one channel (formats.md, section 2).
template <typename C>
struct ConvolutionRecord {
  ap_int<16> weight[C::kConv];  ///< oldest tap first
  ap_int<32> bias;              ///< in units of the products
  ap_int<8> scale;              ///< fx + fw - 16
};

/// Unpacks record `index` of a word.
template <typename C>
ConvolutionRecord<C> unpack_record(const Word& word, int index) {
#pragma HLS INLINE
  const int base = index * Schedule<C>::kRecordBytes;
  ConvolutionRecord<C> record;
RECORD_TAP:
  for (int k = 0; k < C::kConv; ++k) {
#pragma HLS UNROLL
    record.weight[k] = signed_bytes_at<16>(word, base + 2 * k);
  }
  record.bias = signed_bytes_at<32>(word, base + 2 * C::kConv);
  record.scale = signed_bytes_at<8>(word, base + 2 * C::kConv + 4);
  return record;
}

/// One step of a channel's convolution: Q16, before SiLU.
/// @param history x[t-K+1] .. x[t-1], oldest first; becomes x[t-K+2] .. x[t]
template <typename C>
Wide convolve_step(const ConvolutionRecord<C>& record, short* history, ap_int<16> x) {
#pragma HLS INLINE
  Wide sum = record.bias.to_int64() + record.weight[C::kConv - 1].to_int64() * x.to_int64();
CONVOLVE_TAP:
  for (int k = 0; k < C::kConv - 1; ++k) {
#pragma HLS UNROLL
    sum += record.weight[k].to_int64() * history[k];
  }
CONVOLVE_SHIFT:
  for (int k = 0; k < C::kConv - 2; ++k) {
#pragma HLS UNROLL
    history[k] = history[k + 1];
  }
  history[C::kConv - 2] = static_cast<short>(x.to_int());
  return shift<C::kResidualBits>(sum, record.scale.to_int()).to_int64();
}

/// An x row after the convolution, and the context of its channel with it.
template <typename C>
struct ConvolvedChannel {
  Value x;                    ///< after SiLU, Q16
  ChannelContext<C> context;  ///< the history that this token leaves; the exponents that the step began with
};

/// Rows that follow each other: the shared ones of a layer, or the x rows of a block.
struct ConvolvedRows {
  int first;      ///< round of the first row in its list
  int count;      ///< rounds
  bool channels;  ///< whether they are x rows
  int layer;
  int lanes;
  bool many;   ///< every lane is a sequence of its own
  bool fresh;  ///< the histories are zero
  bool stored;  ///< those of x rows come with the contexts of their channels
  int slot;    ///< of the sequence where there is one
  int unit_index;
};

/// Convolution and SiLU of some rows, row by row and lane by lane.
/// @param histories those that stay on chip: of the shared rows, [slot][layer][row], then of the x rows of the layers
///        whose state stays there, [layer][row]
/// @param contexts those of the block that came from the memory, [sequence][round]
template <typename C>
void convolve_rows(hls::stream<Value>& rows, hls::stream<Word>& records, hls::stream<Value>& shared,
                   hls::stream<ConvolvedChannel<C> >& x, const short* table,
                   ap_uint<8 * Schedule<C>::kHistoryBytes>* histories, const ChannelContext<C>* contexts,
                   ConvolvedRows of) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  constexpr int kSharedHistories = C::kSlots * C::kLayers * S::kConvolvedRounds;
  const int block_records = of.channels ? S::kChannelBlockRounds : C::kBlockRows;
  Word word = 0;
  int record_index = 0;
  int record_of_block = 0;
  int round = 0;
  int lane = 0;
  ConvolutionRecord<C> record = ConvolutionRecord<C>();
  ChannelContext<C> context = ChannelContext<C>();
  short history[C::kConv - 1] = {};
#pragma HLS ARRAY_PARTITION variable=history complete
CONVOLVE_ENTRY:
  for (int i = 0; i < of.count * of.lanes; ++i) {
  // Records are not read in every iteration: the pipeline flushes, so that no row is kept back.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=1 max=3000
#pragma HLS DEPENDENCE variable=histories type=inter dependent=false
    if (lane == 0) {
      if (record_of_block == block_records) {
        record_of_block = 0;
        record_index = 0;
      }
      if (record_index == 0) {
        word = records.read();
      }
      record = unpack_record<C>(word, record_index);
      record_index = record_index == S::kRecordsPerWord - 1 ? 0 : record_index + 1;
      ++record_of_block;
    }

    const Value p = rows.read();
    const int entry = of.first + round;
    const bool kept = of.channels ? !of.stored : entry < S::kConvolvedRounds;
    const int slot = of.many ? lane : of.slot;
    const int place = of.channels ? kSharedHistories + of.layer * S::kChannelRounds + entry
                                  : (slot * C::kLayers + of.layer) * S::kConvolvedRounds + entry;
    const int at = kept ? place : 0;
    if (of.many || lane == 0) {
      context.history = 0;
      context.exponents = 0;
      if (!of.fresh) {
        if (kept) {
          context.history = histories[at];
        } else if (of.channels) {
          context = contexts[(of.many ? lane : 0) * S::kChannelBlockRounds + round];
        }
      }
    }
  LOAD_HISTORY:
    for (int k = 0; k < C::kConv - 1; ++k) {
#pragma HLS UNROLL
      history[k] = static_cast<short>(as_signed<16>(ap_uint<16>(context.history.range(16 * k + 15, 16 * k))).to_int());
    }
    const Wide pre = convolve_step<C>(record, history, sat<16>(p.to_int64()));
  STORE_HISTORY:
    for (int k = 0; k < C::kConv - 1; ++k) {
#pragma HLS UNROLL
      context.history.range(16 * k + 15, 16 * k) = as_bits<16>(ap_int<16>(history[k]));
    }
    if (kept && (of.many || lane == of.lanes - 1)) {
      histories[at] = context.history;
    }
    const Value active = silu<C>(pre, table);
    if (of.channels) {
      ConvolvedChannel<C> channel;
      channel.x = active;
      channel.context = context;
      x.write(channel);
    } else {
      const bool operand = entry * C::kUnits + of.unit_index < S::kConvolvedRows;
      shared.write(operand ? active : p);
    }
    round = lane == of.lanes - 1 ? round + 1 : round;
    lane = lane == of.lanes - 1 ? 0 : lane + 1;
  }
}

/// Process: convolution and SiLU of the shared rows (to the result chain; dt and padding pass unchanged) and of the
/// x rows (to the scan), row by row and lane by lane. The histories of K-1 inputs stay on chip, one a state slot; those
/// of the x rows come with the state of the layer where that is in the memory. Lanes that are consecutive tokens share
/// one, lanes that are sequences have one each.
/// @param records the SiLU table first, then the records in the order of the rows
/// @param contexts of the channels of the layers whose state is in the memory, block by block, sequence by sequence
template <typename C>
void convolve(hls::stream<Value>& rows, hls::stream<Word>& records, hls::stream<Word>& contexts,
              hls::stream<Value>& shared, hls::stream<ConvolvedChannel<C> >& x, int unit_index, Run run) {
  typedef Schedule<C> S;
  typedef ap_uint<8 * S::kHistoryBytes> History;
  LIGHTMAMBA_MEMORY(short, table, [C::kSiluEntries + 1]);
#pragma HLS BIND_STORAGE variable=table type=ram_2p impl=bram
  LIGHTMAMBA_PERSISTENT_MEMORY(History, histories,
                               [C::kSlots * C::kLayers * S::kConvolvedRounds + C::kKeptLayers * S::kChannelRounds]);
#pragma HLS BIND_STORAGE variable=histories type=ram_2p impl=uram
  LIGHTMAMBA_MEMORY(ChannelContext<C>, block, [C::kSlots * S::kChannelBlockRounds]);
#pragma HLS AGGREGATE variable=block compact=bit
#pragma HLS BIND_STORAGE variable=block type=ram_s2p impl=lutram
  load_silu<C>(records, table);
  const int steps = steps_of<C::kLanes>(run);
  const int channels = channels_of<C>(unit_index);
  ConvolvedRows of = {};
  of.many = run.sequences > 1;
  of.slot = run.slot;
  of.unit_index = unit_index;
CONVOLVE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    of.fresh = is_fresh(run, step);
    of.lanes = active_lanes<C::kLanes>(run, step);
  CONVOLVE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      of.layer = layer;
      of.stored = is_stored<C>(run, layer);
      of.channels = false;
      of.first = 0;
      of.count = S::kSharedRounds;
      convolve_rows<C>(rows, records, shared, x, table, histories, block, of);
      of.channels = true;
    CONVOLVE_BLOCK:
      for (int first = 0; first < S::kChannelRounds; first += S::kChannelBlockRounds) {
#pragma HLS LOOP_FLATTEN off
        of.first = first;
        of.count = min_of(S::kChannelBlockRounds, S::kChannelRounds - first);
        if (of.stored && !of.fresh && first < channels) {
          load_contexts<C>(contexts, block, run.sequences);
        }
        convolve_rows<C>(rows, records, shared, x, table, histories, block, of);
      }
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// Depthwise causal convolution and SiLU of the x, B and C rows (numerics.md, section 4).
#ifndef LIGHTMAMBA_CONV1D_HPP
#define LIGHTMAMBA_CONV1D_HPP

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

/// Process: convolution and SiLU of the shared rows (to the result chain; dt and padding pass unchanged) and of the
/// x rows (to the scan), row by row and lane by lane. The histories of K-1 inputs stay on chip, one a state slot: lanes
/// that are consecutive tokens share one, lanes that are sequences have one each.
/// @param records the SiLU table first, then the records in the order of the rows
template <typename C>
void convolve(hls::stream<Value>& rows, hls::stream<Word>& records, hls::stream<Value>& shared, hls::stream<Value>& x,
              int unit_index, Run run) {
  typedef Schedule<C> S;
  constexpr int kEntries = S::kSharedRounds + S::kChannelRounds;
  LIGHTMAMBA_MEMORY(short, table, [C::kSiluEntries + 1]);
  LIGHTMAMBA_PERSISTENT_MEMORY(short, histories, [C::kSlots * C::kLayers * kEntries][C::kConv - 1]);
#pragma HLS ARRAY_RESHAPE variable=histories complete dim=2
  load_silu<C>(records, table);
  const int steps = steps_of<C::kLanes>(run);
  const bool many = run.sequences > 1;
CONVOLVE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const bool fresh = run.reset != 0 && step == 0;
    const int lanes = active_lanes<C::kLanes>(run, step);
  CONVOLVE_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      Word word = 0;
      int record_index = 0;
      int record_of_block = 0;
      int entry = 0;
      int lane = 0;
      ConvolutionRecord<C> record = {};
      short history[C::kConv - 1] = {};
#pragma HLS ARRAY_PARTITION variable=history complete
    CONVOLVE_ENTRY:
      for (int i = 0; i < kEntries * lanes; ++i) {
  // Over two segments whose second waits for the SSM message: the pipeline flushes, so that no shared row is kept back.
#pragma HLS PIPELINE II=1 style=flp
#pragma HLS LOOP_TRIPCOUNT min=2 max=20000
#pragma HLS DEPENDENCE variable=histories type=inter dependent=false
        const bool channel = entry >= S::kSharedRounds;
        if (lane == 0) {
          const int block_records = channel ? C::kBlockRows / 2 : C::kBlockRows;
          if (entry == S::kSharedRounds || record_of_block == block_records) {
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
        const int slot = many ? lane : run.slot;
        const int at = (slot * C::kLayers + layer) * kEntries + entry;
        const bool loads = many || lane == 0;
      LOAD_HISTORY:
        for (int k = 0; k < C::kConv - 1; ++k) {
#pragma HLS UNROLL
          if (loads) {
            history[k] = fresh ? static_cast<short>(0) : histories[at][k];
          }
        }
        const Wide pre = convolve_step<C>(record, history, sat<16>(p.to_int64()));
        if (many || lane == lanes - 1) {
        STORE_HISTORY:
          for (int k = 0; k < C::kConv - 1; ++k) {
#pragma HLS UNROLL
            histories[at][k] = history[k];
          }
        }
        const Value active = silu<C>(pre, table);
        if (channel) {
          x.write(active);
        } else {
          const bool operand = entry * C::kUnits + unit_index < S::kConvolvedRows;
          shared.write(operand ? active : p);
        }
        entry = lane == lanes - 1 ? entry + 1 : entry;
        lane = lane == lanes - 1 ? 0 : lane + 1;
      }
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The residual streams of all lanes (numerics.md, section 3).
#ifndef LIGHTMAMBA_RESIDUAL_HPP
#define LIGHTMAMBA_RESIDUAL_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/lane_beat.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/run.hpp"

namespace lightmamba {

/// Starts the residual of one lane from its embedding row.
template <typename C>
void embed_lane(hls::stream<Word>& embeddings, hls::stream<ValueBeat>& vectors, Word* residuals, int lane,
                int embedding_shift) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  Word row = 0;
RESIDUAL_EMBED:
  for (int beat = 0; beat < S::kModelBeats; ++beat) {
#pragma HLS PIPELINE II=1
    if (beat % 2 == 0) {
      row = embeddings.read();
    }
    const Word half = beat % 2 == 0 ? row : Word(row >> (kWordBits / 2));
    ValueBeat vector;
    vector.lane = static_cast<unsigned>(lane);
  RESIDUAL_SCALE:
    for (int i = 0; i < kBeatValues; ++i) {
#pragma HLS UNROLL
      set_element<32>(vector.values, i,
                      shift<C::kResidualBits>(signed_field<16>(half, i).to_int64(), embedding_shift));
    }
    residuals[lane * S::kModelBeats + beat] = vector.values;
    vectors.write(vector);
  }
}

/// Adds the out rows of a layer to the residuals of all lanes.
/// @param used first lane whose vector is used after this layer; @param trace whether the trace takes it
template <typename C>
void add_layer(hls::stream<ValueBeat>& projected, hls::stream<ValueBeat>& vectors, hls::stream<ValueBeat>& traced,
               Word* residuals, int lanes, int used, bool trace) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(short, count, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=count complete
  clear_counts<C::kLanes>(count);
  // No barrier: the loop is one layer, and the out rows of a layer do not wait for each other.
RESIDUAL_ADD:
  for (int i = 0; i < lanes * S::kModelBeats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=2 max=2048
    // A place is read and written once a loop.
#pragma HLS DEPENDENCE variable=residuals type=inter dependent=false
    const ValueBeat rows = projected.read();
    const int lane = rows.lane.to_int();
    const int at = lane * S::kModelBeats + count[lane];
    ++count[lane];
    const Word before = residuals[at];
    ValueBeat vector;
    vector.lane = rows.lane;
  RESIDUAL_SUM:
    for (int v = 0; v < kBeatValues; ++v) {
#pragma HLS UNROLL
      set_element<32>(vector.values, v, sat<C::kResidualBits>(element<32>(before, v).to_int64() +
                                                              element<32>(rows.values, v).to_int64()));
    }
    residuals[at] = vector.values;
    if (lane >= used) {
      vectors.write(vector);
    }
    if (trace) {
      traced.write(vector);
    }
  }
}

/// Process: the owner of the residuals. Starts them from the embedding rows, adds every layer's out rows, hands them
/// on in front of every layer and of the head, and to the trace after every layer. Tail: a constant, every beat goes
/// on at once.
/// @param constants one word: fE - fR at kEmbeddingShiftByte
/// @param embeddings rows of the embedding image; @param projected out rows, int32
template <typename C>
void residual(hls::stream<Word>& constants, hls::stream<Word>& embeddings, hls::stream<ValueBeat>& projected,
              hls::stream<ValueBeat>& vectors, hls::stream<ValueBeat>& traced, const Run run, int trace_layers) {
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(Word, residuals, [C::kLanes * S::kModelBeats]);
#pragma HLS BIND_STORAGE variable=residuals type=ram_s2p impl=bram
  const int embedding_shift = signed_bytes_at<8>(constants.read(), C::kEmbeddingShiftByte).to_int();
  const int steps = steps_of<C::kLanes>(run);
RESIDUAL_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    const int first_logit = first_logit_lane<C::kLanes>(run, step);
  RESIDUAL_LANE:
    for (int lane = 0; lane < active; ++lane) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=8
      embed_lane<C>(embeddings, vectors, residuals, lane, embedding_shift);
    }
  RESIDUAL_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      add_layer<C>(projected, vectors, traced, residuals, active, layer < C::kLayers - 1 ? 0 : first_logit,
                   trace_layers != 0);
    }
  }
}

/// S = sum of r^2 + epsilon of `last - first` lanes, whose vectors pass through; then their norms, lane after lane.
/// Tail: a constant and a cycle a lane.
template <typename C>
void norm_lanes(hls::stream<ValueBeat>& vectors, hls::stream<ValueBeat>& values, hls::stream<Norm>& norms,
                ap_uint<64> epsilon, const int* table, int first, int last) {
#pragma HLS INLINE off
  typedef Schedule<C> S;
  LIGHTMAMBA_MEMORY(SquareSum, sums, [C::kLanes]);
#pragma HLS ARRAY_PARTITION variable=sums complete
NORM_CLEAR:
  for (int lane = 0; lane < C::kLanes; ++lane) {
#pragma HLS UNROLL
    sums[lane] = SquareSum(epsilon);
  }
NORM_SQUARE:
  for (int i = 0; i < (last - first) * S::kModelBeats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=2048
    const ValueBeat vector = vectors.read();
    ap_uint<72> squares = 0;
  NORM_VALUE:
    for (int v = 0; v < kBeatValues; ++v) {
#pragma HLS UNROLL
      const Wide r = element<32>(vector.values, v).to_int64();
      squares = ap_uint<72>(squares + ap_uint<64>(r * r));
    }
    sums[vector.lane.to_int()] = SquareSum(sums[vector.lane.to_int()] + squares);
    values.write(vector);
  }
NORM_LANE:
  for (int lane = first; lane < last; ++lane) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=0 max=8
    norms.write(rsqrt<C>(sums[lane], table));
  }
}

/// Process: the norms of the residual vectors in front of every layer and of the head; the vectors pass through.
/// @param constants the RSQRT table, then one word: epsilon at byte 0
template <typename C>
void norm_residual(hls::stream<Word>& constants, hls::stream<ValueBeat>& vectors, hls::stream<ValueBeat>& values,
                   hls::stream<Norm>& norms, const Run run) {
  LIGHTMAMBA_MEMORY(int, table, [C::kRsqrtEntries]);
#pragma HLS BIND_STORAGE variable=table type=ram_2p impl=bram
  load_table<C>(constants, C::kRsqrtEntries, table);
  const ap_uint<64> epsilon = bytes_at<64>(constants.read(), C::kEpsilonByte);
  const int steps = steps_of<C::kLanes>(run);
NORM_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int active = active_lanes<C::kLanes>(run, step);
    const int first_logit = first_logit_lane<C::kLanes>(run, step);
  NORM_VECTOR:
    for (int vector = 0; vector <= C::kLayers; ++vector) {
#pragma HLS LOOP_FLATTEN off
      norm_lanes<C>(vectors, values, norms, epsilon, table, vector == C::kLayers ? first_logit : 0, active);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The core: the dataflow region of everything that exists once (docs/accelerator.md has the drawing).
#ifndef LIGHTMAMBA_CORE_HPP
#define LIGHTMAMBA_CORE_HPP

#include "lightmamba/argmax.hpp"
#include "lightmamba/core_activation_chain.hpp"
#include "lightmamba/core_parameters.hpp"
#include "lightmamba/core_result_chain.hpp"
#include "lightmamba/depths.hpp"
#include "lightmamba/embedding.hpp"
#include "lightmamba/gated_norm.hpp"
#include "lightmamba/hadamard.hpp"
#include "lightmamba/quantizer.hpp"
#include "lightmamba/residual.hpp"
#include "lightmamba/state_message.hpp"
#include "lightmamba/trace.hpp"

namespace lightmamba {

/// One start of the core; entered once a run. The graph is acyclic: the ring closes over the units only.
/// @param parameters the core image, @param embedding the embedding image (formats.md, sections 3 and 4)
/// @param token_in ids; @param token_out argmax of every lane and step with logits; @param trace section 6
/// @param activation_out, result_in the chains; @param result_out, activation_in their far ends (section 5)
template <typename C>
void core(const Word* parameters, const Word* embedding, const int* token_in, int* token_out, Word* trace,
          const Run run, int trace_layers, int trace_logits, hls::stream<ActivationBeat>& activation_out,
          hls::stream<ActivationBeat>& activation_in, hls::stream<ResultBeat>& result_out,
          hls::stream<ResultBeat>& result_in) {
#pragma HLS DATAFLOW
  typedef LaneBeat<C::kGateBits> GatedBeat;
  typedef LanePair<C::kTransformedBits> TransformedPair;
  typedef ap_uint<2> Fence;
  LIGHTMAMBA_STREAM(Word, parameter_words, kParameterDepth);
#pragma HLS BIND_STORAGE variable=parameter_words type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, residual_constants, 2);
#pragma HLS BIND_STORAGE variable=residual_constants type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, norm_constants, 2);
#pragma HLS BIND_STORAGE variable=norm_constants type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, state_constants, kMessageDepth);
#pragma HLS BIND_STORAGE variable=state_constants type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, gated_constants, kMessageDepth);
#pragma HLS BIND_STORAGE variable=gated_constants type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Value, given_ids, kLaneDepth);
  LIGHTMAMBA_STREAM(Value, decoded_ids, kLaneDepth);
  LIGHTMAMBA_STREAM(Value, ids, kLaneDepth);
  LIGHTMAMBA_STREAM(Value, output_ids, kLaneDepth);
  LIGHTMAMBA_STREAM(Word, embedding_rows, kMessageDepth);
#pragma HLS BIND_STORAGE variable=embedding_rows type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, shared, kBeatDepth);
#pragma HLS BIND_STORAGE variable=shared type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, gated, kBeatDepth);
#pragma HLS BIND_STORAGE variable=gated type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, projected, kBeatDepth);
#pragma HLS BIND_STORAGE variable=projected type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, logits, kBeatDepth);
#pragma HLS BIND_STORAGE variable=logits type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Fence, fences, 2);
  LIGHTMAMBA_STREAM(ValueBeat, vectors, kBeatDepth);
#pragma HLS BIND_STORAGE variable=vectors type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, normed, kBeatDepth);
#pragma HLS BIND_STORAGE variable=normed type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Norm, model_norms, kLaneDepth);
  LIGHTMAMBA_STREAM(Norm, inner_norms, kLaneDepth);
  LIGHTMAMBA_STREAM(GatedBeat, weighted, kBeatDepth);
#pragma HLS BIND_STORAGE variable=weighted type=fifo impl=lutram
  LIGHTMAMBA_STREAM(TransformedPair, transformed, kBeatDepth);
#pragma HLS BIND_STORAGE variable=transformed type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, model_message, kMessageDepth);
#pragma HLS BIND_STORAGE variable=model_message type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, state_message, kMessageDepth);
#pragma HLS BIND_STORAGE variable=state_message type=fifo impl=lutram
  LIGHTMAMBA_STREAM(Word, inner_message, kMessageDepth);
#pragma HLS BIND_STORAGE variable=inner_message type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, traced_residuals, kBeatDepth);
#pragma HLS BIND_STORAGE variable=traced_residuals type=fifo impl=lutram
  LIGHTMAMBA_STREAM(ValueBeat, traced_logits, kBeatDepth);
#pragma HLS BIND_STORAGE variable=traced_logits type=fifo impl=lutram

  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(open_results, result_out);
  LIGHTMAMBA_PROCESS(read_parameters<C>, parameters, parameter_words, run);
  LIGHTMAMBA_PROCESS(route_parameters<C>, parameter_words, residual_constants, norm_constants, state_constants,
                     gated_constants, run);
  LIGHTMAMBA_PROCESS(read_tokens, token_in, given_ids, run);
  LIGHTMAMBA_PROCESS(distribute_results<C>, result_in, shared, gated, projected, logits, fences, run);
  LIGHTMAMBA_PROCESS(argmax<C>, logits, decoded_ids, output_ids, traced_logits, run, trace_logits);
  LIGHTMAMBA_PROCESS(write_tokens<C>, output_ids, token_out, run);
  LIGHTMAMBA_PROCESS(select_tokens<C>, given_ids, decoded_ids, ids, run);
  LIGHTMAMBA_PROCESS(read_embeddings<C>, embedding, ids, embedding_rows, run);
  LIGHTMAMBA_PROCESS(residual<C>, residual_constants, embedding_rows, projected, vectors, traced_residuals, run,
                     trace_layers);
  LIGHTMAMBA_PROCESS(norm_residual<C>, norm_constants, vectors, normed, model_norms, run);
  LIGHTMAMBA_PROCESS(quantize_model<C>, normed, model_norms, model_message, run);
  LIGHTMAMBA_PROCESS(prepare_state<C>, state_constants, shared, state_message, run);
  LIGHTMAMBA_PROCESS(gated_norm<C>, gated_constants, gated, weighted, inner_norms, run);
  LIGHTMAMBA_PROCESS(hadamard<C>, weighted, transformed, run);
  LIGHTMAMBA_PROCESS(quantize_inner<C>, transformed, inner_norms, inner_message, run);
  LIGHTMAMBA_PROCESS(merge_activations<C>, model_message, state_message, inner_message, fences, activation_out, run);
  LIGHTMAMBA_PROCESS(write_trace<C>, traced_residuals, traced_logits, trace, run, trace_layers, trace_logits);
  LIGHTMAMBA_PROCESS(close_activations, activation_in);
}

}  // namespace lightmamba

#endif

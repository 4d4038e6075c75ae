/// @file
/// One start: how many tokens of how many sequences, and which lanes of a step work (formats.md, section 6).
#ifndef LIGHTMAMBA_RUN_HPP
#define LIGHTMAMBA_RUN_HPP

namespace lightmamba {

/// The scalars that every kernel gets.
struct Run {
  int tokens;           ///< N of every sequence, at least 1
  int sequences;        ///< S, 1 .. kLanes: independent sequences side by side
  int slot;             ///< state slot of the sequence, 0 .. kSlots - 1; 0 where S > 1
  int logits_for_all;   ///< 1: every token has logits; 0: only the last of a sequence
  int reset;            ///< 1: the state starts as zero
  int decode;           ///< 1: ids come from argmax; then logits_for_all is 1
  int weight_bits;      ///< of in_proj and out_proj, 4 or 8
  int activation_bits;  ///< of their inputs, 4 or 8
  int head_bits;        ///< weights of the LM head, 4 or 8
  int kept_layers;      ///< first layers whose state stays on chip, 0 .. kKeptLayers; 0 but for one sequence in slot 0
};

/// Whether a step begins with a state of zero.
inline bool is_fresh(const Run& run, int step) {
#pragma HLS INLINE
  return run.reset != 0 && step == 0;
}

/// Whether the state of a layer lies in the unit's memory: it is read in every step that is not fresh, and written.
template <typename C>
bool is_stored(const Run& run, int layer) {
#pragma HLS INLINE
  return C::kKeptLayers == 0 || layer >= run.kept_layers;
}

/// Whether the lanes of a step are consecutive tokens of one sequence.
inline bool is_chunked(const Run& run) {
#pragma HLS INLINE
  return run.sequences == 1 && run.decode == 0;
}

/// Steps of a start: passes over the weights.
/// @tparam Lanes token lanes of the accelerator
template <int Lanes>
int steps_of(const Run& run) {
#pragma HLS INLINE
  return is_chunked(run) ? (run.tokens + Lanes - 1) / Lanes : run.tokens;
}

/// Lanes at work in a step, 1 .. Lanes.
template <int Lanes>
int active_lanes(const Run& run, int step) {
#pragma HLS INLINE
  if (!is_chunked(run)) {
    return run.sequences;
  }
  const int left = run.tokens - step * Lanes;
  return left < Lanes ? left : Lanes;
}

/// First lane of a step that has logits; active_lanes() where none has.
template <int Lanes>
int first_logit_lane(const Run& run, int step) {
#pragma HLS INLINE
  if (run.logits_for_all != 0) {
    return 0;
  }
  const int active = active_lanes<Lanes>(run, step);
  if (step != steps_of<Lanes>(run) - 1) {
    return active;
  }
  return run.sequences > 1 ? 0 : active - 1;
}

/// Lanes of a step that have logits: the last ones.
template <int Lanes>
int logit_lanes(const Run& run, int step) {
#pragma HLS INLINE
  return active_lanes<Lanes>(run, step) - first_logit_lane<Lanes>(run, step);
}

}  // namespace lightmamba

#endif

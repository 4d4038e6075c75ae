/// @file
/// A memory kernel: what stands between the memory of a unit and the unit (docs/accelerator.md has the drawing).
#ifndef LIGHTMAMBA_MEMORY_KERNEL_HPP
#define LIGHTMAMBA_MEMORY_KERNEL_HPP

#include "lightmamba/image_reader.hpp"
#include "lightmamba/state_writer.hpp"

namespace lightmamba {

/// One start of a memory kernel; entered once a run.
/// @param weights, state the buffer of the unit: its image and its state region (formats.md, section 2), twice, for the
///        read and for the write process
/// @param words to the unit; @param state_in the new state, from the unit
/// @param go the step's first message has come; @param done the step's state is in the memory
template <typename C>
void memory(MemoryPort weights, MemoryPort state, int unit_index, Run run, hls::stream<WordBeat>& words,
            hls::stream<StateBeat>& state_in, hls::stream<SignalBeat>& go, hls::stream<SignalBeat>& done) {
#pragma HLS DATAFLOW
  LIGHTMAMBA_STREAM(StatePlace, places, kPlaceBlocks * C::kSlots);
#pragma HLS BIND_STORAGE variable=places type=fifo impl=lutram

  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(read_image<C>, weights, go, words, places, unit_index, run);
  LIGHTMAMBA_PROCESS(write_state<C>, state, state_in, done, places, run);
}

}  // namespace lightmamba

#endif

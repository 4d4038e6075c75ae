/// @file
/// The write process of a memory kernel: the new state goes where the old one was (formats.md, section 2).
#ifndef LIGHTMAMBA_STATE_WRITER_HPP
#define LIGHTMAMBA_STATE_WRITER_HPP

#include "lightmamba/image_reader.hpp"

namespace lightmamba {

/// Pieces of state whose responses may be outstanding. With two the estimate loses 2 % of decode where a layer is short.
constexpr int kWritesAhead = 3;

/// Writes `count` words, four beats each.
inline void write_words(MemoryPort port, hls::stream<StateBeat>& state_in, int count) {
#pragma HLS INLINE off
  Word word = 0;
WRITE_BEAT:
  for (int i = 0; i < count * kStateBeats; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=4 max=1024
    word = (Word(state_in.read()) << (kWordBits - kStateBeatBits)) | (word >> kStateBeatBits);
    if (i % kStateBeats == kStateBeats - 1) {
      port.write(word);
    }
  }
}

/// Waits for `count` write responses.
/// @return responses that came
inline int await_responses(MemoryPort port, int count) {
#pragma HLS INLINE off
  int come = 0;
AWAIT_RESPONSE:
  for (int i = 0; i < count; ++i) {
#pragma HLS PIPELINE off
#pragma HLS LOOP_TRIPCOUNT min=0 max=3
    port.write_response();
    ++come;
  }
  return come;
}

/// Process: the only writer of the port. At the end of a step, when all its writes have been acknowledged: done.
template <typename C>
void write_state(MemoryPort port, hls::stream<StateBeat>& state_in, hls::stream<SignalBeat>& done,
                 hls::stream<StatePlace>& places, Run run) {
  typedef Schedule<C> S;
  const int steps = steps_of<C::kLanes>(run);
  const int places_of_step = (C::kLayers - run.kept_layers) * S::kChannelBlocks * run.sequences;
WRITE_STEP:
  for (int step = 0; step < steps; ++step) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    int pending = 0;
  WRITE_BLOCK:
    for (int i = 0; i < places_of_step; ++i) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=0 max=100000
      const StatePlace place = places.read();
      if (place.count > 0) {
        if (pending == kWritesAhead) {
          pending -= await_responses(port, 1);
        }
        port.write_request(place.first, place.count);
        write_words(port, state_in, place.count);
        ++pending;
      }
    }
    const int closing = state_in.read().to_int();
    // The beat depends on the responses, so that no scheduler sends it earlier.
    done.write(SignalBeat(await_responses(port, pending) + closing));
  }
}

}  // namespace lightmamba

#endif

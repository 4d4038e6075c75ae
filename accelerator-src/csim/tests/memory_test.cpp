// A state in device memory: one process reads it, one writes it, and the reader waits for a word of the writer before
// it reads again. argv[1] names how. Prints the sum of the state.

#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "hls_burst_maxi.h"
#include "lightmamba/dataflow.hpp"
#include "lightmamba_csim.hpp"

constexpr int kTokens = 4;
constexpr int kWords = 8;

static void add(hls::stream<int>& before, hls::stream<int>& after) {
ADD:
  for (int i = 0; i < kTokens * kWords; ++i) {
    after.write(before.read() + 1);
  }
}

static void read_state(hls::burst_maxi<int> state, hls::stream<int>& before, hls::stream<int>& done, int segment) {
READ_TOKEN:
  for (int token = 0; token < kTokens; ++token) {
    if (token > 0) {
      done.read();
    }
    state.read_request(0, kWords);
    if (segment != 0) {
      state.read_request(kWords, kWords);
    }
  READ:
    for (int i = 0; i < kWords; ++i) {
      before.write(state.read());
    }
  READ_SEGMENT:
    for (int i = 0; i < segment * kWords; ++i) {
      state.read();
    }
  }
  done.read();
}

// At `token` the completion is said before the response, which hardware may give later; `place` is where a write goes.
static void write_state(hls::burst_maxi<int> state, hls::stream<int>& after, hls::stream<int>& done, bool early,
                        int place) {
WRITE_TOKEN:
  for (int token = 0; token < kTokens; ++token) {
    state.write_request(size_t(place), kWords);
  WRITE:
    for (int i = 0; i < kWords; ++i) {
      state.write(after.read());
    }
    if (early) {
      done.write(token);
    }
    state.write_response();
    if (!early) {
      done.write(token);
    }
  }
}

static void burst(hls::burst_maxi<int> in, hls::burst_maxi<int> out, bool early, int place, int segment) {
  LIGHTMAMBA_STREAM(int, before, 2);
  LIGHTMAMBA_STREAM(int, after, 2);
  LIGHTMAMBA_STREAM(int, done, 1);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(read_state, in, before, done, segment);
  LIGHTMAMBA_PROCESS(add, before, after);
  LIGHTMAMBA_PROCESS(write_state, out, after, done, early, place);
}

static void read_words(const int* memory_in, hls::stream<int>& before, hls::stream<int>& done) {
POINTER_READ:
  for (int i = 0; i < kTokens * kWords; ++i) {
    if (i >= kWords && i % kWords == 0) {
      done.read();
    }
    before.write(memory_in[i % kWords]);
  }
  done.read();
}

// Nothing in these lines waits for a response.
static void write_words(int* memory_out, hls::stream<int>& after, hls::stream<int>& done) {
POINTER_WRITE:
  for (int i = 0; i < kTokens * kWords; ++i) {
    memory_out[i % kWords] = after.read();
    if (i % kWords == kWords - 1) {
      done.write(i);
    }
  }
}

static void pointers(const int* memory_in, int* memory_out) {
#pragma HLS INTERFACE mode=m_axi port=memory_in bundle=memory
#pragma HLS INTERFACE mode=m_axi port=memory_out bundle=memory
  LIGHTMAMBA_STREAM(int, before, 2);
  LIGHTMAMBA_STREAM(int, after, 2);
  LIGHTMAMBA_STREAM(int, done, 1);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(read_words, memory_in, before, done);
  LIGHTMAMBA_PROCESS(add, before, after);
  LIGHTMAMBA_PROCESS(write_words, memory_out, after, done);
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string name = argv[1];
  if (name == "own") {
    // As if all of the address space had been a buffer of an earlier start.
    csim::device_memory().name("old", reinterpret_cast<const char*>(4096), size_t(1) << 47);
    csim::Memory<int[kWords]> own;
    std::printf("%d\n", csim::device_memory().holds(own.get()) ? 1 : 0);
    return 0;
  }
  std::vector<int> memory(2 * kWords, 0);
  csim::device_memory().name("state", memory.data(), memory.size());
  csim::Simulation simulation;
  simulation.start("unit_0", [&] {
    if (name == "waits") burst(memory.data(), memory.data(), false, 0, 0);
    if (name == "early") burst(memory.data(), memory.data(), true, 0, 0);
    if (name == "overtakes") burst(memory.data(), memory.data(), false, kWords, 1);
    if (name == "pointers") pointers(memory.data(), memory.data());
    if (name == "unanswered") {
      hls::burst_maxi<int> port(memory.data());
      port.write_request(0, 2);
      port.write(1);
      port.write_response();
    }
  });
  simulation.run();
  int sum = 0;
  for (int word : memory) sum += word;
  std::printf("%d\n", sum);
  return 0;
}

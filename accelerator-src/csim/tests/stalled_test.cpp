// A ring of two processes: each layer's vector depends on the answers to the layer before. argv[1] names how the owner
// of the ring walks it, argv[2] is what its pipeline keeps back. Compiled after the pipelines have been put in.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "lightmamba/dataflow.hpp"
#include "lightmamba_csim.hpp"

constexpr int kLayers = 3;
constexpr int kLength = 20;

// The vector of a layer is complete before the first answer comes.
static void answer(hls::stream<int>& questions, hls::stream<int>& answers) {
ANSWER_LAYER:
  for (int layer = 0; layer < kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
    int sum = 0;
  ANSWER_TAKE:
    for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
      sum += questions.read();
    }
  ANSWER_GIVE:
    for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
      answers.write(sum + i);
    }
  }
}

static void first_vector(hls::stream<int>& questions) {
FIRST:
  for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
    questions.write(i);
  }
}

static void step(hls::stream<int>& answers, hls::stream<int>& questions, bool last, int* result) {
  const int value = answers.read();
  if (!last) {
    questions.write(value);
  }
  *result += value;
}

static void apart(hls::stream<int>& answers, hls::stream<int>& questions, int* result) {
  first_vector(questions);
APART_LAYER:
  for (int layer = 0; layer < kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
  APART_VALUE:
    for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
      step(answers, questions, layer == kLayers - 1, result);
    }
  }
}

static void flattened(hls::stream<int>& answers, hls::stream<int>& questions, int* result) {
  first_vector(questions);
FLAT_LAYER:
  for (int layer = 0; layer < kLayers; ++layer) {
    const bool last = layer == kLayers - 1;
  FLAT_VALUE:
    for (int i = 0; i < kLength; ++i) {
#pragma HLS PIPELINE II=1
      step(answers, questions, last, result);
    }
  }
}

static void flushing(hls::stream<int>& answers, hls::stream<int>& questions, int* result) {
  first_vector(questions);
FLUSHING_VALUE:
  for (int i = 0; i < kLayers * kLength; ++i) {
#pragma HLS PIPELINE II=1 style=flp
    step(answers, questions, i >= (kLayers - 1) * kLength, result);
  }
}

// Vitis pipelines this loop although nothing says so.
static void unmarked(hls::stream<int>& answers, hls::stream<int>& questions, int* result) {
  first_vector(questions);
UNMARKED_VALUE:
  for (int i = 0; i < kLayers * kLength; ++i) {
    step(answers, questions, i >= (kLayers - 1) * kLength, result);
  }
}

typedef void (*Owner)(hls::stream<int>&, hls::stream<int>&, int*);

template <Owner owner> static void ring(int* result) {
  LIGHTMAMBA_STREAM(int, questions, kLength);
  LIGHTMAMBA_STREAM(int, answers, 2);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(owner, answers, questions, result);
  LIGHTMAMBA_PROCESS(answer, questions, answers);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const char* name = argv[1];
#ifdef LIGHTMAMBA_CSIM_STALL
  lightmamba::csim::held_iterations = static_cast<uint64_t>(std::atoll(argv[2]));
#endif
  int result = 0;
  csim::Simulation simulation;
  simulation.start("unit_0", [&] {
    if (std::strcmp(name, "apart") == 0) ring<apart>(&result);
    if (std::strcmp(name, "flattened") == 0) ring<flattened>(&result);
    if (std::strcmp(name, "flushing") == 0) ring<flushing>(&result);
    if (std::strcmp(name, "unmarked") == 0) ring<unmarked>(&result);
  });
  simulation.run();
  std::printf("%d\n", result);
  return 0;
}

// The scan's walk over blocks, lanes and steps, with blocks of every length. Compiled from a copy of the headers in
// which the loops with DEPENDENCE pragmas check what these promise; the contents do not matter. argv[1] is the most
// tokens of a start.

#include <cstdio>
#include <cstdlib>

#include "lightmamba_csim.hpp"
#include "lightmamba_config.hpp"
#include "lightmamba/selective_scan.hpp"

using namespace lightmamba;

/// A unit that has a whole block of channels and one of `Rest`. Every inner width and number of units has such a last
/// block, and the distances depend on nothing else of them.
template <int Rest, int State, int Group, int ScanLanes>
struct Sized : Config {
  static constexpr int kModel = 4;
  static constexpr int kUnits = 4;
  static constexpr int kInner = kUnits * (8 + Rest);
  static constexpr int kHeads = kInner / 4;
  static constexpr int kHeadDim = 4;
  static constexpr int kGroups = 1;
  static constexpr int kState = State;
  static constexpr int kStateGroup = Group;
  static constexpr int kScanLanes = ScanLanes;
  static constexpr int kLanes = 8;
  static constexpr int kSlots = 8;
  static constexpr int kLayers = 2;
  static constexpr int kKeptLayers = 1;  // the other one's state is in the memory
  static constexpr int kStateLines = 16 * ceil_div(State * 16, kWordBits);
  static constexpr int kActivationGroupModel = 4;
  static constexpr int kActivationGroupInner = 4;
  static constexpr int kWeightGroupModel = 4;
  static constexpr int kWeightGroupInner = 4;
  static constexpr int kHadamardFactor = kInner;
  static constexpr int kHadamardLog2 = 0;
};

template <typename C>
static void scan(int tokens, bool fresh, int bits) {
  typedef Schedule<C> S;
  constexpr size_t kMost = 4096;
  hls::stream<Word, kMost> operands("operands"), state_words("state_words");
  hls::stream<ChannelInput<C>, kMost> channels("channels");
  hls::stream<Value, kMost> y("y");
  hls::stream<StateWord, kMost> new_words("new_words");
  hls::stream<NewContext<C>, kMost> new_contexts("new_contexts");
  Run run = {};
  run.tokens = tokens;
  run.sequences = 1;
  run.reset = fresh ? 1 : 0;
  run.kept_layers = 1;
  for (int layer = 0; layer < C::kLayers; ++layer) {
    for (int w = 0; w < tokens * (1 + 2 * S::kOperandWords); ++w) operands.write(Word(0));
    for (int i = 0; i < tokens * S::kChannelRounds; ++i) {
      ChannelInput<C> input = {};
      input.context.history = 0;
      input.context.exponents = 0;
      input.decay = 0;
      input.skip = 0;
      input.bits = static_cast<unsigned char>(bits);
      channels.write(input);
    }
    const int stored = fresh || layer == 0 ? 0 : S::kChannelRounds * S::state_words(bits);
    for (int w = 0; w < stored; ++w) state_words.write(Word(0));
  }
  selective_scan<C>(operands, channels, state_words, y, new_words, new_contexts, run);
  for (int i = 0; i < C::kLayers * tokens * S::kChannelRounds; ++i) y.read();
  for (int i = 0; i < S::kChannelRounds; ++i) new_contexts.read();
  for (int w = 0; w < S::kChannelRounds * S::state_words(bits) + 1; ++w) new_words.read();
}

template <int Rest, int State, int Group, int ScanLanes>
static void sized(int most) {
  for (int tokens = 1; tokens <= most; ++tokens) {
    for (int bits = 8; bits <= 16; bits += 4) {
      csim::Simulation simulation(static_cast<uint64_t>(tokens));
      simulation.start("unit", [=] {
        scan<Sized<Rest, State, Group, ScanLanes> >(tokens, true, bits);
        scan<Sized<Rest, State, Group, ScanLanes> >(tokens, false, bits);
      });
      simulation.run();
    }
  }
}

template <int State, int Group, int ScanLanes>
static void rests(int most) {
  sized<1, State, Group, ScanLanes>(most);
  sized<2, State, Group, ScanLanes>(most);
  sized<3, State, Group, ScanLanes>(most);
  sized<4, State, Group, ScanLanes>(most);
  sized<5, State, Group, ScanLanes>(most);
  sized<6, State, Group, ScanLanes>(most);
  sized<7, State, Group, ScanLanes>(most);
}

int main(int, char** argv) {
  const int most = std::atoi(argv[1]);
  // The published sizes have states of 128 in groups of 64, the sample's and the tests' models smaller ones.
  rests<128, 64, 8>(most);
  rests<128, 64, 16>(most);
  sized<1, 64, 64, 16>(most);
  sized<1, 16, 16, 8>(most);
  sized<1, 32, 32, 1>(most);
  std::puts("kept");
  return 0;
}

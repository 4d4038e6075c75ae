// Units and memory kernels without a core: seeded messages in the order of the chains go in, every result, the state
// and the images are compared with a scalar reference. usage: unit_network [SEED]; exit 0: everything agrees.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "lightmamba_csim.hpp"

#include "lightmamba/memory.hpp"
#include "lightmamba/unit.hpp"

#include "unit_images.hpp"

using namespace lightmamba;
namespace ref = reference;

namespace {

Word word_of(const std::vector<uint8_t>& bytes, size_t index) {
  Word word = 0;
  for (size_t part = 0; part < 8; ++part) {
    uint64_t bits = 0;
    for (size_t i = 0; i < 8; ++i) bits |= uint64_t(bytes[64 * index + 8 * part + i]) << (8 * i);
    word.range(int(64 * part + 63), int(64 * part)) = ap_uint<64>(bits);
  }
  return word;
}

[[noreturn]] void differs(const std::string& what) {
  std::fprintf(stderr, "DIFFERS %s\n", what.c_str());
  std::_Exit(1);
}

/// Where a lane of a step stands: the sequence's slot and the number of its token in the start.
struct Place {
  int slot;
  int token;
};

/// One accelerator without a core, and the reference beside it.
class Network {
 public:
  Network(uint64_t seed, int weight_bits, int activation_bits, int head_bits)
      : seed_(seed), model_(ref::random_model(seed, weight_bits, activation_bits, head_bits)), simulation_(seed),
        sequences_(Config::kSlots) {
    ref::Random garbage(seed + 1);
    for (int u = 0; u < Config::kUnits; ++u) {
      const ref::Bytes image = ref::unit_image(model_, u);
      std::vector<Word> memory;
      for (size_t w = 0; w < image.bytes.size() / 64; ++w) memory.push_back(word_of(image.bytes, w));
      image_words_.push_back(memory.size());
      if (int(memory.size()) != Schedule<Config>::unit_words(weight_bits, head_bits)) differs("the size of the image");
      const int state = Config::kSlots * ref::slot_words(model_, u);
      // A guard behind the state.
      for (int w = 0; w < state + 8; ++w) {
        Word word = 0;
        for (int p = 0; p < 8; ++p) word.range(64 * p + 63, 64 * p) = ap_uint<64>(garbage.engine());
        memory.push_back(word);
      }
      memories_.push_back(memory);
    }
    expected_ = memories_;
  }

  /// One start: every result and all state afterwards.
  void start(const Run& run) {
    ++starts_;
    run_ = run;
    run_.weight_bits = model_.weight_bits;
    run_.activation_bits = model_.activation_bits;
    run_.head_bits = model_.head_bits;
    typedef hls::stream<ActivationBeat, kActivationLinkDepth> ActivationLink;
    typedef hls::stream<ResultBeat, kResultLinkDepth> ResultLink;
    std::vector<std::unique_ptr<ActivationLink> > activations;
    std::vector<std::unique_ptr<ResultLink> > results;
    std::vector<std::unique_ptr<hls::stream<WordBeat, kWordLinkDepth> > > words;
    std::vector<std::unique_ptr<hls::stream<StateBeat, kStateLinkDepth> > > states;
    std::vector<std::unique_ptr<hls::stream<SignalBeat, kSignalLinkDepth> > > go;
    std::vector<std::unique_ptr<hls::stream<SignalBeat, kSignalLinkDepth> > > done;
    for (int u = 0; u <= Config::kUnits; ++u) {
      const std::string link = std::to_string(u);
      activations.emplace_back(new ActivationLink(("activations" + link).c_str()));
      results.emplace_back(new ResultLink(("results" + link).c_str()));
      if (u < Config::kUnits) {
        words.emplace_back(new hls::stream<WordBeat, kWordLinkDepth>(("words" + link).c_str()));
        states.emplace_back(new hls::stream<StateBeat, kStateLinkDepth>(("state" + link).c_str()));
        go.emplace_back(new hls::stream<SignalBeat, kSignalLinkDepth>(("go" + link).c_str()));
        done.emplace_back(new hls::stream<SignalBeat, kSignalLinkDepth>(("done" + link).c_str()));
      }
    }
    simulation_.start("core", [&] {
      core(*activations.front(), *activations.back(), *results.front(), *results.back());
    });
    for (size_t u = 0; u < size_t(Config::kUnits); ++u) {
      simulation_.start("memory" + std::to_string(u), [&, u] {
        memory<Config>(MemoryPort(memories_[u].data()), MemoryPort(memories_[u].data()), int(u), run_, *words[u],
                       *states[u], *go[u], *done[u]);
      });
      simulation_.start("unit" + std::to_string(u), [&, u] {
        unit<Config>(int(u), run_, *words[u], *states[u], *go[u], *done[u], *activations[u], *activations[u + 1],
                     *results[u], *results[u + 1]);
      });
    }
    simulation_.run();
    check_memories();
  }

 private:
  uint64_t seed_;
  ref::Model model_;
  csim::Simulation simulation_;
  std::vector<ref::Sequence> sequences_;
  std::vector<size_t> image_words_;
  std::vector<std::vector<Word> > memories_;
  std::vector<std::vector<Word> > expected_;
  Run run_ = {};
  int starts_ = 0;

  uint64_t key(const Place& place, int layer, int kind) const {
    return seed_ + uint64_t(starts_) * 1000003 + uint64_t(place.slot) * 10007 + uint64_t(place.token) * 101 +
           uint64_t(layer) * 7 + uint64_t(kind) * 31337;
  }

  std::vector<Place> lanes_of(int step) const {
    std::vector<Place> lanes;
    if (run_.sequences > 1) {
      for (int s = 0; s < run_.sequences; ++s) lanes.push_back({s, step});
    } else if (run_.decode != 0) {
      lanes.push_back({run_.slot, step});
    } else {
      for (int t = step * Config::kLanes; t < run_.tokens && t < (step + 1) * Config::kLanes; ++t)
        lanes.push_back({run_.slot, t});
    }
    return lanes;
  }

  static void send(hls::stream<ActivationBeat>& out, const ref::Bytes& message) {
    for (size_t w = 0; w < message.bytes.size() / 64; ++w)
      out.write(word_of(message.bytes, w));
  }

  /// A round of one lane: the values of entries round * U .. round * U + U - 1; padding is not compared.
  void expect_round(hls::stream<ResultBeat>& in, const std::vector<long long>& values, int round, const char* kind) {
    for (int beat = 0; beat < (Config::kUnits + 15) / 16; ++beat) {
      const Word word = in.read();
      for (int slot = 0; slot < 16; ++slot) {
        const int u = 16 * beat + slot;
        const long long value = ap_int<32>(word.range(32 * slot + 31, 32 * slot).to_uint64()).to_int64();
        const size_t entry = size_t(round) * Config::kUnits + size_t(u);
        if (u >= Config::kUnits ? value != 0 : entry < values.size() && value != values[entry]) {
          differs(std::string(kind) + ": start " + std::to_string(starts_) + " round " + std::to_string(round) +
                  " unit " + std::to_string(u) + ": " + std::to_string(value) + ", not " +
                  (u >= Config::kUnits ? "0" : std::to_string(values[entry])));
        }
      }
    }
  }
  /// Rounds in blocks: for lane, for round of the block.
  void expect(hls::stream<ResultBeat>& in, const std::vector<std::vector<long long> >& lanes, int entries, int block,
              const char* kind) {
    const int rounds = (entries + Config::kUnits - 1) / Config::kUnits;
    for (int first = 0; first < rounds; first += block)
      for (const std::vector<long long>& values : lanes)
        for (int round = first; round < std::min(rounds, first + block); ++round) expect_round(in, values, round, kind);
  }

  /// The core's end of both chains.
  void core(hls::stream<ActivationBeat>& activation_out, hls::stream<ActivationBeat>& activation_in,
            hls::stream<ResultBeat>& result_out, hls::stream<ResultBeat>& result_in) {
    result_out.write(ResultBeat(0));
    result_in.read();
    for (int s = 0; s < Config::kSlots; ++s)
      if (run_.reset != 0 && (run_.sequences > 1 ? s < run_.sequences : s == run_.slot)) sequences_[size_t(s)].reset();
    const int steps = run_.sequences > 1 || run_.decode != 0 ? run_.tokens
                                                              : (run_.tokens + Config::kLanes - 1) / Config::kLanes;
    for (int step = 0; step < steps; ++step) {
      const std::vector<Place> lanes = lanes_of(step);
      for (int l = 0; l < Config::kLayers; ++l) layer(lanes, l, activation_out, result_in);
      result_in.read();  // the fence
      const bool all = run_.logits_for_all != 0;
      const bool last = step == steps - 1;
      const size_t first = all || (last && run_.sequences > 1) ? 0 : last ? lanes.size() - 1 : lanes.size();
      std::vector<std::vector<long long> > logits;
      for (size_t lane = first; lane < lanes.size(); ++lane) {
        const ref::Vector vector =
            ref::random_vector(key(lanes[lane], Config::kLayers, 3), Config::kModel, Config::kActivationGroupModel, 8);
        send(activation_out, ref::vector_message(vector));
        std::vector<long long> values;
        for (const ref::Row& row : model_.head) {
          ref::Row plain = row;
          plain.bias = 0;
          values.push_back(ref::product(plain, vector, Config::kWeightGroupModel));
        }
        logits.push_back(values);
      }
      if (!logits.empty()) expect(result_in, logits, Config::kVocabulary, 1, "head");
    }
    activation_out.write(ActivationBeat(0));
    activation_in.read();
  }

  void layer(const std::vector<Place>& lanes, int l, hls::stream<ActivationBeat>& activation_out,
             hls::stream<ResultBeat>& result_in) {
    const ref::Layer& layer = model_.layers[size_t(l)];
    std::vector<std::vector<long long> > shared, gated, projected;
    std::vector<ref::Vector> vectors;
    for (const Place& place : lanes) {
      vectors.push_back(ref::random_vector(key(place, l, 0), Config::kModel, Config::kActivationGroupModel,
                                           model_.activation_bits));
      send(activation_out, ref::vector_message(vectors.back()));
      ref::Sequence& sequence = sequences_[size_t(place.slot)];
      std::vector<long long> values;
      for (int k = 0; k < ref::kSharedRows; ++k) {
        const size_t i = size_t(k);
        const long long p = ref::product(layer.shared[i], vectors.back(), Config::kWeightGroupModel);
        values.push_back(k < 2 * ref::kOperandRows
                             ? ref::convolved(layer.shared_records[i], sequence.shared_history[size_t(l)][i], p)
                             : p);
      }
      shared.push_back(values);
    }
    expect(result_in, shared, ref::kSharedRows, 1, "shared");
    for (size_t lane = 0; lane < lanes.size(); ++lane) {
      const ref::Message message = ref::random_message(key(lanes[lane], l, 1), 17 + 2 * l);
      send(activation_out, ref::state_message(message, layer));
      ref::Sequence& sequence = sequences_[size_t(lanes[lane].slot)];
      std::vector<long long> values;
      for (int c = 0; c < Config::kInner; ++c) {
        const size_t i = size_t(c);
        const size_t at = size_t(l);
        const int head = c / Config::kHeadDim;
        const long long x = ref::convolved(layer.x_records[i], sequence.x_history[at][i],
                                       ref::product(layer.x[i], vectors[lane], Config::kWeightGroupModel));
        const long long z = ref::product(layer.z[i], vectors[lane], Config::kWeightGroupModel);
        const long long y = ref::scanned(message, head, layer.widths[size_t(head)], x, sequence.mantissas[at][i],
                                     sequence.exponents[at][i]);
        values.push_back(ref::shifted(ref::Big(y) * ref::silu_of(z), message.gate_shift, 24));
      }
      gated.push_back(values);
    }
    expect(result_in, gated, Config::kInner, 8, "channels");
    for (const Place& place : lanes) {
      const ref::Vector vector = ref::random_vector(key(place, l, 2), Config::kInner, Config::kActivationGroupInner,
                                                    model_.activation_bits);
      send(activation_out, ref::vector_message(vector));
      std::vector<long long> values;
      for (const ref::Row& row : layer.out) values.push_back(ref::product(row, vector, Config::kWeightGroupInner));
      projected.push_back(values);
    }
    expect(result_in, projected, Config::kModel, 1, "out");
  }

  /// Images, guards and the slots of other sequences are as before; the slots of this start hold the state.
  void check_memories() {
    for (int u = 0; u < Config::kUnits; ++u) {
      std::vector<Word>& expected = expected_[size_t(u)];
      for (int s = 0; s < Config::kSlots; ++s) {
        if (!(run_.sequences > 1 ? s < run_.sequences : s == run_.slot)) continue;
        const ref::Bytes slot = ref::slot_image(model_, sequences_[size_t(s)], u, model_.layers.size());
        // What stays on chip is not written here: the words of those layers are as before.
        const size_t layers = size_t(run_.kept_layers);
        const size_t kept = ref::slot_image(model_, sequences_[size_t(s)], u, layers).bytes.size() / 64;
        for (size_t w = kept; w < slot.bytes.size() / 64; ++w)
          expected[image_words_[size_t(u)] + size_t(s) * (slot.bytes.size() / 64) + w] = word_of(slot.bytes, w);
      }
      for (size_t w = 0; w < expected.size(); ++w) {
        if (expected[w] != memories_[size_t(u)][w]) {
          differs("memory of unit " + std::to_string(u) + " after start " + std::to_string(starts_) + ", word " +
                  std::to_string(w) + " (the image has " + std::to_string(image_words_[size_t(u)]) + ")");
        }
      }
    }
  }
};

Run run_of(int tokens, int sequences, int slot, int logits_for_all, int reset, int decode, int kept_layers = 0) {
  return {tokens, sequences, slot, logits_for_all, reset, decode, 0, 0, 0, kept_layers};
}

}  // namespace

int main(int argc, char** argv) {
  const uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  constexpr int T = Config::kLanes;
  const int schemes[][3] = {{4, 4, 8}, {4, 8, 4}, {8, 8, 8}, {4, 4, 4}, {8, 8, 4}};
  for (const auto& scheme : schemes) {
    Network network(seed + uint64_t(scheme[0] * 100 + scheme[1] * 10 + scheme[2]), scheme[0], scheme[1], scheme[2]);
    network.start(run_of(T + 2, 1, 0, 0, 1, 0));
    network.start(run_of(2, 1, 0, 1, 0, 1));
    if (T > 1) {
      network.start(run_of(2 * T + 1, 1, T - 1, 1, 1, 0));
      network.start(run_of(T, 1, 0, 0, 0, 0));
      network.start(run_of(2, T, 0, 0, 1, 0));
      network.start(run_of(2, 2, 0, 1, 0, 1));
      network.start(run_of(3, T, 0, 1, 0, 0));
      network.start(run_of(T + 1, 1, T - 1, 0, 0, 0));
    }
    network.start(run_of(1, 1, 0, 0, 1, 0));
    // The layers whose state stays on chip: all that can, then fewer; the state of a sequence goes on where it is.
    for (int kept = Config::kKeptLayers; kept > 0; --kept) {
      network.start(run_of(T + 2, 1, 0, 0, 1, 0, kept));
      if (T > 1) network.start(run_of(3, 1, T - 1, 0, 1, 0));
      network.start(run_of(2, 1, 0, 1, 0, 1, kept));
    }
  }
  return 0;
}

// The whole core between stand-ins for the units: they check every message of the activation chain against the scalar
// reference and answer with seeded results, in the order and the padding of the result chain. Trace and ids are
// checked at the end. Arguments: none. Prints one line a run; exit code 1 at the first difference, 3 at a deadlock.

#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <string>

#include "lightmamba_csim.hpp"

#include "lightmamba_config.hpp"

#include "core_reference.hpp"
#include "lightmamba/core.hpp"

using namespace lightmamba;

extern "C" void lightmamba_token_begins(int) {}

namespace {

/// Any factor will do: the kernels take what the configuration holds, zeros of a block-diagonal one included.
template <int M>
constexpr std::array<std::array<signed char, M>, M> signs_of() {
  std::array<std::array<signed char, M>, M> signs{};
  unsigned state = 12345u + M;
  for (int i = 0; i < M; ++i) {
    for (int j = 0; j < M; ++j) {
      state = state * 1664525u + 1013904223u;
      const unsigned kind = (state >> 16) % 7;
      signs[size_t(i)][size_t(j)] = M == 1 || kind > 3 ? 1 : (kind == 0 ? 0 : -1);
    }
  }
  return signs;
}

struct Sizes {
  int model, inner, heads, state, groups, vocabulary, units, lanes, layers, group_model, group_inner, state_group,
      norm_groups, log2;
};

template <int Model, int Inner, int Heads, int State, int Groups, int Vocabulary, int Units, int Lanes, int Layers,
          int GroupModel, int GroupInner, int StateGroup, int NormGroups, int Log2>
struct Shape : Config {
  static constexpr int kModel = Model;
  static constexpr int kInner = Inner;
  static constexpr int kHeads = Heads;
  static constexpr int kHeadDim = Inner / Heads;
  static constexpr int kState = State;
  static constexpr int kGroups = Groups;
  static constexpr int kVocabulary = Vocabulary;
  static constexpr int kUnits = Units;
  static constexpr int kLanes = Lanes;
  static constexpr int kLayers = Layers;
  static constexpr int kActivationGroupModel = GroupModel;
  static constexpr int kActivationGroupInner = GroupInner;
  static constexpr int kExponentLimit4Model = GroupModel <= 8 ? 132 : (GroupModel <= 16 ? 144 : 150);
  static constexpr int kExponentLimit4Inner = GroupInner <= 8 ? 132 : (GroupInner <= 16 ? 144 : 150);
  static constexpr int kWeightGroupModel = GroupModel < 4 ? 4 : GroupModel;
  static constexpr int kWeightGroupInner = GroupInner < 4 ? 4 : GroupInner;
  static constexpr int kStateGroup = StateGroup;
  static constexpr int kNormGroups = NormGroups;
  static constexpr int kHadamardLog2 = Log2;
  static constexpr int kHadamardFactor = Inner >> Log2;
  static constexpr std::array<std::array<signed char, kHadamardFactor>, kHadamardFactor> kHadamardSigns =
      signs_of<kHadamardFactor>();
};

[[noreturn]] void fail(const std::string& what) {
  std::fflush(stdout);
  std::fprintf(stderr, "DIFFERENCE %s\n", what.c_str());
  std::_Exit(1);
}

Word word_of(const uint8_t* bytes) {
  Word word = 0;
  for (int i = 0; i < 8; ++i) {
    uint64_t part;
    std::memcpy(&part, bytes + 8 * i, 8);
    word.range(64 * i + 63, 64 * i) = ap_uint<64>(part);
  }
  return word;
}

std::vector<Word> words_of(const reference::Bytes& bytes) {
  std::vector<Word> words;
  for (size_t i = 0; i < bytes.size(); i += 64) words.push_back(word_of(&bytes[i]));
  return words;
}

/// One start: images, units and expectations.
template <typename C>
class Trial {
  typedef Schedule<C> S;

 public:
  Trial(const char* name, const lightmamba::Run& run, unsigned seed, bool extreme)
      : name_(name), run_(run), random_(seed), extreme_(extreme) {
    make_images();
  }

  void run() {
    const int steps = steps_of<C::kLanes>(run_);
    const int ids = run_.decode != 0 ? run_.sequences : run_.tokens * run_.sequences;
    for (int i = 0; i < ids; ++i) given_.push_back(below(C::kVocabulary));
    size_t outputs = 0, trace_words = 0;
    for (int step = 0; step < steps; ++step) {
      const size_t logits = size_t(logit_lanes<C::kLanes>(run_, step));
      outputs += logits;
      trace_words += size_t(active_lanes<C::kLanes>(run_, step) * C::kLayers * S::kModelBeats) +
                     logits * size_t(S::kLogitBeats);
    }
    std::vector<int> token_out(outputs, -1);
    std::vector<Word> trace(trace_words, Word(0));
    csim::Simulation simulation(7);
    hls::stream<ActivationBeat, kActivationLinkDepth> activations("activations"), closing("closing");
    hls::stream<ResultBeat, kResultLinkDepth> opening("opening"), results("results");
    simulation.start("core", [&] {
      core<C>(parameters_.data(), embedding_.data(), given_.data(), token_out.data(), trace.data(), run_, 1, 1,
              activations, closing, opening, results);
    });
    simulation.start("units", [&] { units(activations, closing, opening, results, steps); });
    const int code = simulation.try_run();
    if (code != 0) std::_Exit(code);
    if (token_out != outputs_) fail(std::string(name_) + ": token_out");
    if (trace.size() != trace_.size()) fail(std::string(name_) + ": words of the trace");
    for (size_t i = 0; i < trace.size(); ++i)
      if (trace[i] != trace_[i]) fail(std::string(name_) + ": trace word " + std::to_string(i));
    std::printf("%s N=%d S=%d all=%d decode=%d bits=%d%s: %d messages\n", name_, run_.tokens, run_.sequences,
                run_.logits_for_all, run_.decode, run_.activation_bits, extreme_ ? " extreme" : "", messages_);
  }

 private:
  struct Layer {
    int64_t epsilon;
    int gate_shift, gain_shift;
    std::vector<reference::Head> heads;
    std::vector<int16_t> gains;
  };

  const char* name_;
  const lightmamba::Run run_;
  std::mt19937_64 random_;
  const bool extreme_;
  const reference::Tables tables_;
  std::vector<Word> parameters_, embedding_, trace_;
  std::vector<int> given_, outputs_;
  std::vector<std::vector<int16_t> > rows_;
  std::vector<Layer> layers_;
  int64_t epsilon_ = 12345, dt_low_ = 1 << 16, dt_high_ = (int64_t(1) << 38) - 1;
  int embedding_shift_ = -7;
  int messages_ = 0;

  int below(int n) { return int(random_() % uint64_t(n)); }
  /// At most `bits` bits with its sign, of any size; in an extreme trial the limits.
  int64_t value(int bits) {
    const int64_t limit = (int64_t(1) << (bits - 1)) - 1;
    if (extreme_) return below(3) == 0 ? limit : -limit;
    return (int64_t(random_() % uint64_t(2 * limit + 1)) - limit) >> below(bits);
  }

  static void append(reference::Bytes& bytes, uint64_t v, int count) {
    bytes.resize(bytes.size() + size_t(count));
    reference::put(bytes, bytes.size() - size_t(count), v, count);
  }
  static void pad(reference::Bytes& bytes) { bytes.resize(reference::padded(bytes.size()), 0); }

  void make_images() {
    reference::Bytes bytes;
    for (const auto* table : {&tables_.rsqrt, &tables_.exp2, &tables_.log1p}) {
      for (int entry : *table) append(bytes, uint64_t(entry), 4);
      pad(bytes);
    }
    append(bytes, uint64_t(epsilon_), 8);
    append(bytes, uint64_t(dt_low_), 8);
    append(bytes, uint64_t(dt_high_), 8);
    append(bytes, uint64_t(embedding_shift_), 1);
    pad(bytes);
    for (int l = 0; l < C::kLayers; ++l) {
      Layer layer;
      layer.epsilon = 1 + below(1 << 30);
      layer.gate_shift = below(40) - 10;
      layer.gain_shift = 8 + below(8);
      append(bytes, uint64_t(layer.epsilon), 8);
      append(bytes, uint64_t(layer.gate_shift), 1);
      append(bytes, uint64_t(layer.gain_shift), 1);
      pad(bytes);
      for (int h = 0; h < C::kHeads; ++h) {
        reference::Head head;
        head.bias = int32_t(value(20));
        head.am = uint32_t((1 << 23) + below(1 << 23));
        head.d = int32_t(random_());
        head.as = uint8_t(1 + below(62));
        head.bits = uint8_t(8 + 4 * below(3));
        append(bytes, uint64_t(head.bias), 4);
        append(bytes, head.am, 4);
        append(bytes, uint64_t(head.d), 4);
        append(bytes, head.as, 1);
        append(bytes, head.bits, 1);
        append(bytes, 0, 2);
        layer.heads.push_back(head);
      }
      pad(bytes);
      for (int i = 0; i < C::kInner; ++i) {
        layer.gains.push_back(int16_t(value(16)));
        append(bytes, uint64_t(layer.gains.back()), 2);
      }
      pad(bytes);
      layers_.push_back(layer);
    }
    parameters_ = words_of(bytes);
    if (parameters_.size() != size_t(S::kCoreWords)) fail("the test's core image");
    bytes.clear();
    for (int id = 0; id < C::kVocabulary; ++id) {
      rows_.emplace_back();
      for (int i = 0; i < C::kModel; ++i) {
        rows_.back().push_back(int16_t(value(16)));
        append(bytes, uint64_t(rows_.back().back()), 2);
      }
      pad(bytes);
    }
    embedding_ = words_of(bytes);
  }

  void expect(hls::stream<ActivationBeat>& in, const reference::Bytes& message, const std::string& what) {
    const std::vector<Word> words = words_of(message);
    for (size_t w = 0; w < words.size(); ++w) {
      if (in.read() != words[w])
        fail(std::string(name_) + ": " + what + ", word " + std::to_string(w) + " of " + std::to_string(words.size()));
    }
    ++messages_;
  }

  /// Sends `values` of every lane as the units do; padding is garbage.
  void send(hls::stream<ResultBeat>& out, const std::vector<reference::Vector>& values, int block_rounds) {
    const int entries = int(values[0].size());
    const int rounds = (entries + C::kUnits - 1) / C::kUnits;
    for (int block = 0; block < rounds; block += block_rounds) {
      for (const reference::Vector& lane : values) {
        for (int round = block; round < rounds && round < block + block_rounds; ++round) {
          for (int first = 0; first < C::kUnits; first += 16) {
            ResultBeat beat = 0;
            for (int u = first; u < C::kUnits && u < first + 16; ++u) {
              const int k = round * C::kUnits + u;
              const uint64_t v = k < entries ? uint64_t(lane[size_t(k)]) : random_();
              beat.range(32 * (u - first) + 31, 32 * (u - first)) = ap_uint<32>(v);
            }
            out.write(beat);
          }
        }
      }
    }
  }

  void trace(const reference::Vector& v) {
    reference::Bytes bytes;
    for (int64_t x : v) append(bytes, uint64_t(x), 4);
    pad(bytes);
    for (const Word& w : words_of(bytes)) trace_.push_back(w);
  }

  reference::Vector vector(int length, int bits) {
    reference::Vector v;
    for (int i = 0; i < length; ++i) v.push_back(value(bits));
    return v;
  }

  void units(hls::stream<ActivationBeat>& in, hls::stream<ActivationBeat>& closing, hls::stream<ResultBeat>& opening,
             hls::stream<ResultBeat>& out, int steps) {
    out.write(opening.read());
    std::vector<int> previous;
    size_t next_id = 0;
    for (int step = 0; step < steps; ++step) {
      const size_t lanes = size_t(active_lanes<C::kLanes>(run_, step));
      const size_t first_logit = size_t(first_logit_lane<C::kLanes>(run_, step));
      std::vector<reference::Vector> r(lanes);
      for (size_t lane = 0; lane < lanes; ++lane) {
        const int id = run_.decode != 0 && step > 0 ? previous[lane] : given_[next_id++];
        for (int16_t e : rows_[size_t(id)]) r[lane].push_back(reference::shift(e, embedding_shift_, 32));
      }
      for (int l = 0; l < C::kLayers; ++l) layer(in, out, r, l, step);
      if (first_logit == lanes && step < steps - 1) {  // nothing may come before the fence
        for (int i = 0; i < 2000; ++i)
          if (!in.empty()) fail(std::string(name_) + ": a message overtakes the fence");
      }
      out.write(ResultBeat(0));  // the fence
      previous.clear();
      if (first_logit < lanes) {
        for (size_t lane = first_logit; lane < lanes; ++lane)
          expect(in, reference::activation(r[lane], reference::norm_of(r[lane], epsilon_, tables_),
                                           C::kActivationGroupModel, 8),
                 "head message");
        std::vector<reference::Vector> logits;
        for (size_t lane = first_logit; lane < lanes; ++lane) {
          // Two small ranges, so that ties are common, also between beats; all negative in the second.
          const int range = 3 + below(C::kVocabulary);
          const int64_t base = below(2) == 0 ? 0 : -(int64_t(1) << 31) + 1;
          logits.emplace_back();
          for (int i = 0; i < C::kVocabulary; ++i) logits.back().push_back(base + below(range));
          outputs_.push_back(reference::argmax(logits.back()));
          previous.push_back(outputs_.back());
          trace(logits.back());
        }
        send(out, logits, 1);
      }
    }
    const ActivationBeat last = in.read();
    if (last != Word(0)) fail(std::string(name_) + ": closing word");
    closing.write(last);
  }

  void layer(hls::stream<ActivationBeat>& in, hls::stream<ResultBeat>& out, std::vector<reference::Vector>& r, int l,
             int step) {
    const Layer& layer = layers_[size_t(l)];
    const std::string where = " of step " + std::to_string(step) + ", layer " + std::to_string(l);
    for (const reference::Vector& lane : r)
      expect(in, reference::activation(lane, reference::norm_of(lane, epsilon_, tables_), C::kActivationGroupModel,
                                       run_.activation_bits),
             "model message" + where);
    std::vector<reference::Vector> values(r.size());
    for (reference::Vector& v : values) {
      v = vector(2 * S::kOperandRows, 32);
      for (int h = 0; h < C::kHeads; ++h) v.push_back(value(22));
    }
    send(out, values, 1);
    for (const reference::Vector& v : values)
      expect(in, reference::state(v, layer.heads, S::kOperandRows, C::kStateGroup, layer.gate_shift, dt_low_, dt_high_,
                                  tables_),
             "SSM message" + where);
    for (reference::Vector& v : values) v = vector(C::kInner, 24);
    send(out, values, 8);
    for (const reference::Vector& v : values) {
      reference::Norm norm;
      const reference::Vector w =
          reference::weighted(v, layer.gains, layer.epsilon, layer.gain_shift, C::kNormGroups, norm, tables_);
      expect(in, reference::activation(reference::transform(w, C::kHadamardSigns, C::kHadamardLog2), norm,
                                       C::kActivationGroupInner, run_.activation_bits),
             "inner message" + where);
    }
    for (reference::Vector& v : values) v = vector(C::kModel, 32);
    for (size_t lane = 0; lane < r.size(); ++lane) {
      for (size_t i = 0; i < r[lane].size(); ++i)
        r[lane][i] = int64_t(reference::sat(reference::Integer(r[lane][i]) + values[lane][i], 32));
      trace(r[lane]);
    }
    send(out, values, 1);
  }
};

lightmamba::Run start(int tokens, int sequences, int all, int decode, int bits) {
  lightmamba::Run run = {};
  run.tokens = tokens;
  run.sequences = sequences;
  run.slot = 0;
  run.logits_for_all = all;
  run.reset = 1;
  run.decode = decode;
  run.weight_bits = 4;
  run.activation_bits = bits;
  run.head_bits = 8;
  return run;
}

template <typename C>
void large(const char* name) {
  Trial<C>(name, start(2, 1, 1, 1, 4), 1, false).run();
  Trial<C>(name, start(C::kLanes, 1, 0, 0, 8), 2, true).run();
}

template <typename C>
void every_start(const char* name) {
  const int T = C::kLanes;
  for (int bits = 4; bits <= 8; bits += 4) {
    Trial<C>(name, start(1, 1, 0, 0, bits), 3, false).run();
    Trial<C>(name, start(2 * T + 1, 1, 0, 0, bits), 4, false).run();
    Trial<C>(name, start(T + T / 2, 1, 1, 0, bits), 5, false).run();
    Trial<C>(name, start(3, 1, 1, 1, bits), 6, false).run();
    for (int s = 2; s <= T; ++s) {
      Trial<C>(name, start(3, s, 1, 1, bits), 7, false).run();
      Trial<C>(name, start(2, s, 0, 0, bits), 8, false).run();
      Trial<C>(name, start(2, s, 1, 0, bits), 9, false).run();
    }
    Trial<C>(name, start(T, 1, 1, 0, bits), 10, true).run();
  }
}

}  // namespace

#ifndef CASE
#define CASE 0
#endif

int main() {
  // D, I, H, N, G, V, U, T, L, activation groups of D and I, state group, norm groups, k
#if CASE == 0
  every_start<Shape<32, 64, 4, 16, 1, 40, 1, 4, 2, 8, 8, 16, 1, 6> >("one unit");
  every_start<Shape<40, 80, 10, 8, 2, 33, 2, 1, 2, 8, 16, 8, 1, 2> >("parts of a beat");
  every_start<Shape<72, 96, 3, 32, 1, 50, 3, 8, 2, 4, 32, 32, 2, 3> >("norm groups of 48");
  every_start<Shape<80, 160, 10, 128, 2, 100, 16, 1, 2, 16, 32, 64, 4, 3> >("16 units");
  every_start<Shape<64, 60, 3, 24, 1, 65, 17, 4, 1, 32, 4, 8, 3, 0> >("17 units, no butterfly");
  every_start<Shape<36, 68, 17, 12, 1, 31, 31, 8, 2, 1, 2, 4, 1, 1> >("31 units, odd sizes");
  every_start<Shape<96, 512, 8, 64, 1, 70, 7, 4, 1, 32, 1, 64, 1, 1> >("factor 256");
#else
  large<Shape<2560, 5120, 80, 128, 1, 700, 31, 1, 1, 16, 16, 64, 1, 8> >("2.7b");
  large<Shape<768, 1536, 24, 128, 1, 1000, 31, 8, 2, 32, 32, 64, 1, 7> >("130m, 8 lanes");
  large<Shape<1024, 2048, 32, 128, 1, 500, 8, 4, 1, 8, 32, 64, 8, 11> >("370m, norm groups");
  large<Shape<32, 16384, 256, 16, 1, 20, 31, 1, 1, 8, 32, 16, 1, 14> >("2^14");
#endif
  return 0;
}

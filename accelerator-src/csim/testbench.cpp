// C simulation of a whole accelerator: kUnits compute units, their memory kernels and the core, all links with the real
// depths.
//
// usage: testbench RUN-DESCRIPTION
//
// The description has one `key value` a line; `#` begins a comment. Before the first `start`:
//   unit_image PATH        one a unit, in order; its state region is made here, as garbage
//   core_image PATH        embedding_image PATH
//   statistics PATH        stream fills and port beats, JSON (optional)
//   progress 0|1           a line a token on stderr      seed N               of the garbage in memories
//   held_iterations N      what a stalled pipeline keeps back; needs a program built with LIGHTMAMBA_CSIM_STALL
//   stalls LABEL           a loop that flushes stalls too; may come again; needs the same
//   alone 0|1              every process once more, alone; needs a program built with LIGHTMAMBA_CSIM_ALONE
// Each `start` line opens a start; the starts run one after the other without a reload:
//   tokens N   sequences S   slot I   logits_for_all 0|1   reset 0|1   decode 0|1   trace_layers 0|1   trace_logits 0|1
//   weight_bits 4|8   activation_bits 4|8   head_bits 4|8     those of the images
//   kept_layers K          the first layers, whose state stays on chip; the same as long as a sequence goes on
//   token_in ID ID ...     all ids, step by step and lane by lane; in decode those of the first step
//   token_out PATH         trace PATH
// token_out and trace become little-endian int32 files (docs/formats.md, section 6).
// Exit: 0 all starts ended, 2 bad description or image, 3 deadlock, 4 something left in a stream, 9 a kernel wrote
// where it must not, others: csim.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "lightmamba_csim.hpp"

#include "ap_int.h"
#include "hls_burst_maxi.h"
#include "hls_stream.h"

#include "lightmamba_config.hpp"

#include "lightmamba/depths.hpp"
#include "lightmamba/schedule.hpp"

using lightmamba::ActivationBeat;
using lightmamba::Config;
using lightmamba::ResultBeat;
using lightmamba::SignalBeat;
using lightmamba::StateBeat;
using lightmamba::WordBeat;
using lightmamba::Word;
typedef lightmamba::Schedule<Config> Schedule;

extern "C" {
void lightmamba_memory(hls::burst_maxi<ap_uint<512> > weights, hls::burst_maxi<ap_uint<512> > state, int unit_index,
                       int tokens, int sequences, int slot, int logits_for_all, int reset, int decode, int weight_bits,
                       int activation_bits, int head_bits, int kept_layers,
                       hls::stream<ap_uint<520> >& words, hls::stream<ap_uint<128> >& state_in,
                       hls::stream<ap_uint<8> >& go, hls::stream<ap_uint<8> >& done);
void lightmamba_unit(int unit_index, int tokens, int sequences, int slot, int logits_for_all, int reset, int decode,
                     int weight_bits, int activation_bits, int head_bits, int kept_layers,
                     hls::stream<ap_uint<520> >& words, hls::stream<ap_uint<128> >& state_out,
                     hls::stream<ap_uint<8> >& go, hls::stream<ap_uint<8> >& done,
                     hls::stream<ap_uint<512> >& activation_in, hls::stream<ap_uint<512> >& activation_out,
                     hls::stream<ap_uint<512> >& result_in, hls::stream<ap_uint<512> >& result_out);
void lightmamba_core(const ap_uint<512>* parameters, const ap_uint<512>* embedding, const int* token_in,
                     int* token_out, ap_uint<512>* trace, int tokens, int sequences, int slot, int logits_for_all,
                     int reset, int decode, int weight_bits, int activation_bits, int head_bits, int trace_layers,
                     int trace_logits, hls::stream<ap_uint<512> >& activation_out,
                     hls::stream<ap_uint<512> >& activation_in, hls::stream<ap_uint<512> >& result_out,
                     hls::stream<ap_uint<512> >& result_in);

/// Called by the core's kernel when a step begins, by its first token (embedding.hpp).
void lightmamba_token_begins(int token);
}

namespace {

constexpr int kExitBadRun = 2;
constexpr int kExitStrayWrite = 9;
/// Words behind every buffer that no kernel may touch.
constexpr size_t kGuardWords = 8;

[[noreturn]] void bad_run(const std::string& what) {
  std::cerr << "testbench: " << what << std::endl;
  std::exit(kExitBadRun);
}

struct Start {
  std::map<std::string, int> scalars;
  std::vector<int> token_in;
  std::string token_out;
  std::string trace;

  int scalar(const char* name) const {
    const auto found = scalars.find(name);
    if (found == scalars.end()) bad_run(std::string("a start lacks '") + name + "'");
    return found->second;
  }
};

struct Run {
  std::vector<std::string> unit_images;
  std::string core_image;
  std::string embedding_image;
  std::string statistics;
  bool progress = false;
  unsigned long long seed = 1;
  int held_iterations = -1;  // all
  std::vector<std::string> stalled_loops;
  bool alone = false;
  std::vector<Start> starts;
};

bool is_scalar(const std::string& key) {
  return key == "tokens" || key == "sequences" || key == "slot" || key == "logits_for_all" || key == "reset" ||
         key == "decode" || key == "trace_layers" || key == "trace_logits" || key == "weight_bits" ||
         key == "activation_bits" || key == "head_bits" || key == "kept_layers";
}

int integer(const std::string& key, const std::string& text) {
  std::istringstream in(text);
  int value = 0;
  std::string rest;
  if (!(in >> value) || in >> rest) bad_run("'" + key + "' needs an integer, not '" + text + "'");
  return value;
}

Run read_description(const char* path) {
  std::ifstream in(path);
  if (!in) bad_run(std::string("cannot read ") + path);
  Run run;
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t space = line.find(' ');
    const std::string key = line.substr(0, space);
    const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
    if (key == "start") {
      run.starts.push_back(Start());
    } else if (run.starts.empty()) {
      if (key == "unit_image") run.unit_images.push_back(value);
      else if (key == "core_image") run.core_image = value;
      else if (key == "embedding_image") run.embedding_image = value;
      else if (key == "statistics") run.statistics = value;
      else if (key == "progress") run.progress = integer(key, value) != 0;
      else if (key == "seed") run.seed = static_cast<unsigned long long>(integer(key, value));
      else if (key == "held_iterations") run.held_iterations = integer(key, value);
      else if (key == "stalls") run.stalled_loops.push_back(value);
      else if (key == "alone") run.alone = integer(key, value) != 0;
      else bad_run("unknown key '" + key + "' before the first start");
    } else if (key == "token_in") {
      std::istringstream ids(value);
      int id = 0;
      while (ids >> id) run.starts.back().token_in.push_back(id);
      if (!ids.eof()) bad_run("token_in holds something that is no integer");
    } else if (key == "token_out") {
      run.starts.back().token_out = value;
    } else if (key == "trace") {
      run.starts.back().trace = value;
    } else if (is_scalar(key)) {
      run.starts.back().scalars[key] = integer(key, value);
    } else {
      bad_run("unknown key '" + key + "' in a start");
    }
  }
#ifndef LIGHTMAMBA_CSIM_STALL
  if (run.held_iterations >= 0 || !run.stalled_loops.empty()) {
    bad_run("held_iterations and stalls need a program built with LIGHTMAMBA_CSIM_STALL");
  }
#endif
#ifndef LIGHTMAMBA_CSIM_ALONE
  if (run.alone) bad_run("alone needs a program built with LIGHTMAMBA_CSIM_ALONE");
#endif
  if (run.starts.empty()) bad_run("the description has no start");
  if (run.unit_images.size() != static_cast<size_t>(Config::kUnits)) {
    bad_run("the description names " + std::to_string(run.unit_images.size()) + " unit images, the accelerator has " +
            std::to_string(Config::kUnits) + " units");
  }
  return run;
}

/// @param words 0: as many as there are
std::vector<Word> read_image(const std::string& path, int words) {
  std::ifstream in(path, std::ios::binary);
  if (!in) bad_run("cannot read the image '" + path + "'");
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const size_t whole = (bytes.size() + lightmamba::kWordBytes - 1) / lightmamba::kWordBytes;
  const size_t expected = (words == 0 ? whole : static_cast<size_t>(words)) * lightmamba::kWordBytes;
  if (bytes.size() != expected) {
    bad_run("the image '" + path + "' has " + std::to_string(bytes.size()) + " bytes, the configuration needs " +
            std::to_string(expected));
  }
  std::vector<Word> image(expected / lightmamba::kWordBytes, Word(0));
  for (size_t at = 0; at < bytes.size(); at += 8) {
    unsigned long long part = 0;
    for (size_t i = 0; i < 8; ++i) {
      part |= static_cast<unsigned long long>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    const int bit = static_cast<int>(at % lightmamba::kWordBytes) * 8;
    image[at / lightmamba::kWordBytes].range(bit + 63, bit) = ap_uint<64>(part);
  }
  return image;
}

void put_int32(std::ofstream& out, unsigned value) {
  const char bytes[4] = {static_cast<char>(value), static_cast<char>(value >> 8), static_cast<char>(value >> 16),
                         static_cast<char>(value >> 24)};
  out.write(bytes, 4);
}

std::ofstream open_output(const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  if (!out) bad_run("cannot write '" + path + "'");
  return out;
}

/// Lanes that have a token in a start, and those that have logits.
int tokens_of(const Start& start) { return start.scalar("tokens") * start.scalar("sequences"); }
int logits_of(const Start& start) {
  return start.scalar("logits_for_all") != 0 ? tokens_of(start) : start.scalar("sequences");
}

void check_start(const Start& start) {
  if (start.scalar("tokens") < 1) bad_run("a start has at least one token");
  const int sequences = start.scalar("sequences");
  const int slot = start.scalar("slot");
  if (sequences < 1 || sequences > Config::kLanes) {
    bad_run("a start has 1 to " + std::to_string(Config::kLanes) + " sequences, not " + std::to_string(sequences));
  }
  if (slot < 0 || slot >= Config::kSlots || (sequences > 1 && slot != 0)) {
    bad_run("slot " + std::to_string(slot) + ": there are " + std::to_string(Config::kSlots) +
            ", and several sequences begin at slot 0");
  }
  const int kept = start.scalar("kept_layers");
  if (kept < 0 || kept > Config::kKeptLayers || (kept > 0 && (sequences > 1 || slot != 0))) {
    bad_run("kept_layers " + std::to_string(kept) + ": the state of up to " + std::to_string(Config::kKeptLayers) +
            " layers stays on chip, of one sequence in slot 0");
  }
  for (const char* bits : {"weight_bits", "activation_bits", "head_bits"}) {
    if (start.scalar(bits) != 4 && start.scalar(bits) != 8) bad_run(std::string(bits) + " is 4 or 8");
  }
  if (start.scalar("weight_bits") > start.scalar("activation_bits")) bad_run("8-bit weights need 8-bit activations");
  const bool decode = start.scalar("decode") != 0;
  if (decode && start.scalar("logits_for_all") == 0) bad_run("decode needs logits_for_all 1");
  const size_t ids = static_cast<size_t>(decode ? sequences : tokens_of(start));
  if (start.token_in.size() != ids) {
    bad_run("token_in has " + std::to_string(start.token_in.size()) + " ids, the start needs " + std::to_string(ids));
  }
  for (int id : start.token_in) {
    if (id < 0 || id >= Config::kVocabulary) bad_run("token id " + std::to_string(id) + " is outside the vocabulary");
  }
}

Word garbage_word() {
  Word word = 0;
  for (int part = 0; part < 8; ++part) {
    word.range(64 * part + 63, 64 * part) = ap_uint<64>(lightmamba::csim::next_garbage());
  }
  return word;
}

/// The buffer of a unit: its image, the state region as garbage, a guard.
struct UnitBuffer {
  std::vector<Word> words;
  size_t image_words;
  size_t slot_words;  ///< of the state region

  explicit UnitBuffer(const std::string& path, int unit) : words(read_image(path, 0)), image_words(words.size()) {
    if (words.size() < static_cast<size_t>(Schedule::kHeaderWords)) bad_run("the image '" + path + "' has no header");
    const size_t needed = region_words(unit, Config::kLayers);
    slot_words = lightmamba::field<32>(words[0], 0).to_uint();
    const size_t state_first = lightmamba::field<32>(words[0], 1).to_uint();
    if (slot_words != needed || state_first != image_words) {
      bad_run("the header of the image '" + path + "' says " + std::to_string(slot_words) + " words of state behind " +
              std::to_string(state_first) + " words; its widths need " + std::to_string(needed) + ", the image has " +
              std::to_string(image_words));
    }
    for (size_t w = 0; w < slot_words * Config::kSlots + kGuardWords; ++w) words.push_back(garbage_word());
  }

  /// Words of the mantissas of the first layers in one slot by the widths of the image.
  int state_words(int unit, int layers) const {
    int total = 0;
    for (int layer = 0; layer < layers; ++layer) {
      for (int c = unit; c < Config::kInner; c += Config::kUnits) {
        const int head = layer * Config::kHeads + c / Config::kHeadDim;
        const Word& word = words[static_cast<size_t>(1 + head / lightmamba::kWordBytes)];
        total += Schedule::state_words(lightmamba::field<8>(word, head % lightmamba::kWordBytes).to_int());
      }
    }
    return total;
  }

  /// Words of the first layers in a slot of the state region: contexts and mantissas.
  size_t region_words(int unit, int layers) const {
    const int channels = (Config::kInner - unit + Config::kUnits - 1) / Config::kUnits;
    const int blocks = (channels + Schedule::kChannelBlockRounds - 1) / Schedule::kChannelBlockRounds;
    return static_cast<size_t>(state_words(unit, layers) + layers * blocks * Schedule::kContextWords);
  }

  /// Of all words that the start must leave alone: everything but the state in its slots that is not on chip.
  unsigned long long digest(int unit, int sequences, int slot, int kept_layers) const {
    const size_t first = image_words + static_cast<size_t>(slot) * slot_words + region_words(unit, kept_layers);
    const size_t end = image_words + static_cast<size_t>(slot + sequences) * slot_words;
    unsigned long long sum = 0;
    for (size_t w = 0; w < words.size(); ++w) {
      if (w >= first && w < end) continue;
      for (int part = 0; part < 8; ++part) {
        sum = (sum ^ lightmamba::field<64>(words[w], part).to_uint64()) * 0x9e3779b97f4a7c15ULL;
        sum ^= sum >> 29;
      }
    }
    return sum;
  }
};

/// Images, links and results of all starts.
class Accelerator {
 public:
  explicit Accelerator(const Run& run)
      : simulation_(run.seed),
        core_image_(read_image(run.core_image, Schedule::kCoreWords)),
        embedding_image_(read_image(run.embedding_image, Schedule::kEmbeddingWords)) {
    for (int u = 0; u < Config::kUnits; ++u) buffers_.emplace_back(run.unit_images[static_cast<size_t>(u)], u);
    lightmamba::csim::DeviceMemory& memory = lightmamba::csim::device_memory();
    memory.name("parameters", core_image_.data(), core_image_.size());
    memory.name("embedding", embedding_image_.data(), embedding_image_.size());
    for (size_t u = 0; u < buffers_.size(); ++u) {
      memory.name("memory of unit" + std::to_string(u), buffers_[u].words.data(), buffers_[u].words.size());
    }
  }

  /// Runs one start; the simulation's exit code.
  int run(const Start& start) {
    const int tokens = start.scalar("tokens");
    const int sequences = start.scalar("sequences");
    const int slot = start.scalar("slot");
    const int logits_for_all = start.scalar("logits_for_all");
    const int reset = start.scalar("reset");
    const int decode = start.scalar("decode");
    const int trace_layers = start.scalar("trace_layers");
    const int trace_logits = start.scalar("trace_logits");
    const int weight_bits = start.scalar("weight_bits");
    const int activation_bits = start.scalar("activation_bits");
    const int head_bits = start.scalar("head_bits");
    const int kept_layers = start.scalar("kept_layers");
    check_kept(slot, reset, kept_layers);
    for (int u = 0; u < Config::kUnits; ++u) {
      const int needed = Schedule::unit_words(weight_bits, head_bits);
      const size_t words = buffers_[static_cast<size_t>(u)].image_words;
      if (words != static_cast<size_t>(needed)) {
        bad_run("the image of unit " + std::to_string(u) + " has " + std::to_string(words * lightmamba::kWordBytes) +
                " bytes, the configuration and the bits of the start: it needs " +
                std::to_string(static_cast<size_t>(needed) * lightmamba::kWordBytes));
      }
      const int kept_words = buffers_[static_cast<size_t>(u)].state_words(u, kept_layers);
      if (kept_words > Config::kStateLines) {
        bad_run("the state of " + std::to_string(kept_layers) + " layers takes " + std::to_string(kept_words) +
                " words of unit " + std::to_string(u) + ", on chip there are " + std::to_string(Config::kStateLines));
      }
    }
    const size_t outputs = static_cast<size_t>(logits_of(start));
    const size_t trace_words = static_cast<size_t>(
        (trace_layers != 0 ? 1LL * tokens_of(start) * Config::kLayers * Schedule::kResidualTraceWords : 0) +
        (trace_logits != 0 ? 1LL * logits_of(start) * Schedule::kLogitTraceWords : 0));
    // Outputs begin as garbage; the guard behind them must stay.
    std::vector<int> token_out;
    for (size_t i = 0; i < outputs + kGuardWords; ++i) {
      token_out.push_back(static_cast<int>(lightmamba::csim::next_garbage()));
    }
    std::vector<Word> trace;
    for (size_t i = 0; i < trace_words + kGuardWords; ++i) trace.push_back(garbage_word());
    const std::vector<int> token_guard(token_out.end() - kGuardWords, token_out.end());
    const std::vector<Word> trace_guard(trace.end() - kGuardWords, trace.end());
    std::vector<unsigned long long> before;
    for (int u = 0; u < Config::kUnits; ++u) {
      before.push_back(buffers_[static_cast<size_t>(u)].digest(u, sequences, slot, kept_layers));
    }
    trace_beats_ += trace_words;
    lightmamba::csim::DeviceMemory& memory = lightmamba::csim::device_memory();
    memory.name("token_out", token_out.data(), token_out.size());
    memory.name("trace", trace.data(), trace.size());
    memory.name("token_in", start.token_in.data(), start.token_in.size());

    // Link u of a chain leads to unit u; the last one back to the core.
    Links<ActivationBeat, lightmamba::kActivationLinkDepth> activations("activation_link", Config::kUnits + 1);
    Links<ResultBeat, lightmamba::kResultLinkDepth> results("result_link", Config::kUnits + 1);
    Links<WordBeat, lightmamba::kWordLinkDepth> words("words_link", Config::kUnits);
    Links<StateBeat, lightmamba::kStateLinkDepth> states("state_link", Config::kUnits);
    Links<SignalBeat, lightmamba::kSignalLinkDepth> go("go_link", Config::kUnits);
    Links<SignalBeat, lightmamba::kSignalLinkDepth> done("done_link", Config::kUnits);
    for (int u = 0; u < Config::kUnits; ++u) {
      simulation_.start("memory" + std::to_string(u), [&, u] {
        Word* buffer = buffers_[static_cast<size_t>(u)].words.data();
        lightmamba_memory(hls::burst_maxi<Word>(buffer), hls::burst_maxi<Word>(buffer), u, tokens, sequences, slot,
                          logits_for_all, reset, decode, weight_bits, activation_bits, head_bits, kept_layers, words[u],
                          states[u], go[u], done[u]);
      });
      simulation_.start("unit" + std::to_string(u), [&, u] {
        lightmamba_unit(u, tokens, sequences, slot, logits_for_all, reset, decode, weight_bits, activation_bits,
                        head_bits, kept_layers, words[u], states[u], go[u], done[u], activations[u],
                        activations[u + 1], results[u], results[u + 1]);
      });
    }
    // Last, so that it stands at the end of the report of a deadlock, which may be cut in front.
    simulation_.start("core", [&] {
      lightmamba_core(core_image_.data(), embedding_image_.data(), start.token_in.data(), token_out.data(),
                      trace.data(), tokens, sequences, slot, logits_for_all, reset, decode, weight_bits,
                      activation_bits, head_bits, trace_layers, trace_logits, activations[0],
                      activations[Config::kUnits], results[0], results[Config::kUnits]);
    });
    int code = simulation_.try_run();
    if (code != 0) return code;
    if (!std::equal(token_guard.begin(), token_guard.end(), token_out.end() - kGuardWords) ||
        !std::equal(trace_guard.begin(), trace_guard.end(), trace.end() - kGuardWords)) {
      std::fprintf(stderr, "STRAY WRITE behind token_out or trace\n");
      code = kExitStrayWrite;
    }
    for (int u = 0; u < Config::kUnits; ++u) {
      const size_t at = static_cast<size_t>(u);
      if (buffers_[at].digest(u, sequences, slot, kept_layers) != before[at]) {
        std::fprintf(stderr, "STRAY WRITE to the image, a guard or another sequence's state of unit %d\n", u);
        code = kExitStrayWrite;
      }
    }
    token_out.resize(outputs);
    trace.resize(trace_words);
    if (code == 0) write(start, token_out, trace);
    return code;
  }

  /// A sequence goes on where its state is.
  void check_kept(int slot, int reset, int kept_layers) {
    if (slot != 0) return;
    if (reset == 0 && kept_layers_ >= 0 && kept_layers != kept_layers_) {
      bad_run("kept_layers " + std::to_string(kept_layers) + ": the sequence in slot 0 was begun with " +
              std::to_string(kept_layers_));
    }
    kept_layers_ = kept_layers;
  }

  void write_statistics(const std::string& path) const {
    struct Total {
      size_t depth = 0, peak = 0;
      unsigned long long items = 0;
    };
    std::map<std::pair<std::string, std::string>, Total> totals;
    for (const auto& s : simulation_.statistics()) {
      Total& total = totals[{s.unit.empty() ? "link" : s.unit, s.name}];
      total.depth = s.depth;
      total.peak = total.peak > s.peak ? total.peak : s.peak;
      total.items += s.items;
    }
    // Every word that a read port delivers enters exactly one stream, so that stream counts the port's beats.
    const std::map<std::string, std::string> ports = {{"parameter_words", "parameters"},
                                                      {"embedding_rows", "embedding"},
                                                      {"given_ids", "token_in"},
                                                      {"output_ids", "token_out"}};
    std::ofstream out = open_output(path);
    out << "{\n\"streams\": [";
    const char* separator = "\n";
    for (const auto& entry : totals) {
      out << separator << "  {\"kernel\": \"" << entry.first.first << "\", \"stream\": \"" << entry.first.second
          << "\", \"depth\": " << entry.second.depth << ", \"peak\": " << entry.second.peak
          << ", \"items\": " << entry.second.items << "}";
      separator = ",\n";
    }
    out << "\n],\n\"ports\": [\n  {\"kernel\": \"core\", \"port\": \"trace\", \"beats\": " << trace_beats_ << "}";
    for (int u = 0; u < Config::kUnits; ++u) {
      const auto& beats = lightmamba::csim::port_beats()[buffers_[static_cast<size_t>(u)].words.data()];
      out << ",\n  {\"kernel\": \"memory" << u << "\", \"port\": \"weights\", \"beats\": " << beats.read << "}"
          << ",\n  {\"kernel\": \"memory" << u << "\", \"port\": \"state\", \"beats\": " << beats.written << "}";
    }
    for (const auto& entry : totals) {
      const auto port = ports.find(entry.first.second);
      if (port != ports.end()) {
        out << ",\n  {\"kernel\": \"" << entry.first.first << "\", \"port\": \"" << port->second
            << "\", \"beats\": " << entry.second.items << "}";
      }
    }
    out << "\n]\n}\n";
  }

 private:
  lightmamba::csim::Simulation simulation_;
  std::vector<Word> core_image_;
  std::vector<Word> embedding_image_;
  std::vector<UnitBuffer> buffers_;
  unsigned long long trace_beats_ = 0;
  int kept_layers_ = -1;  // of the sequence in slot 0; -1: not begun

  /// The links of one kind.
  template <typename Beat, int Depth> class Links {
   public:
    Links(const char* name, int count) {
      for (int i = 0; i < count; ++i) {
        links_.emplace_back(new hls::stream<Beat, Depth>((name + std::to_string(i)).c_str()));
      }
    }
    hls::stream<Beat>& operator[](int i) { return *links_[static_cast<size_t>(i)]; }

   private:
    std::vector<std::unique_ptr<hls::stream<Beat, Depth> > > links_;
  };

  static void write(const Start& start, const std::vector<int>& token_out, const std::vector<Word>& trace) {
    if (!start.token_out.empty()) {
      std::ofstream out = open_output(start.token_out);
      for (int id : token_out) put_int32(out, static_cast<unsigned>(id));
    }
    if (!start.trace.empty()) {
      std::ofstream out = open_output(start.trace);
      for (const Word& word : trace) {
        for (int i = 0; i < Schedule::kEntriesPerWord; ++i) put_int32(out, lightmamba::field<32>(word, i).to_uint());
      }
    }
  }
};

bool report_progress = false;
size_t started = 0;

}  // namespace

void lightmamba_token_begins(int token) {
  if (report_progress && !lightmamba::csim::repeating()) std::fprintf(stderr, "progress start %zu token %d\n", started, token);
}

int main(int argc, char** argv) {
  if (argc != 2) bad_run("usage: testbench RUN-DESCRIPTION");
  const Run run = read_description(argv[1]);
  for (const Start& start : run.starts) check_start(start);
  Accelerator accelerator(run);
  report_progress = run.progress;
#ifdef LIGHTMAMBA_CSIM_ALONE
  lightmamba::csim::stages_alone = run.alone;
#endif
#ifdef LIGHTMAMBA_CSIM_STALL
  if (run.held_iterations >= 0) lightmamba::csim::held_iterations = static_cast<uint64_t>(run.held_iterations);
  lightmamba::csim::stalled_loops.insert(run.stalled_loops.begin(), run.stalled_loops.end());
#endif
  for (const Start& start : run.starts) {
    const int code = accelerator.run(start);
    if (code != 0) {
      std::fprintf(stderr, "testbench: start %zu ended with code %d\n", started, code);
      std::fflush(stderr);
      std::_Exit(code);  // processes of a spent simulation cannot be unwound
    }
    ++started;
  }
  if (!run.statistics.empty()) accelerator.write_statistics(run.statistics);
  return 0;
}

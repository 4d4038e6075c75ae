// C simulation of a whole accelerator: kUnits compute units and the core, their chains with the real depths.
//
// usage: testbench RUN-DESCRIPTION
//
// The description has one `key value` a line; `#` begins a comment. Before the first `start`:
//   unit_image PATH        one a unit, in order          core_image PATH      embedding_image PATH
//   statistics PATH        stream fills and port beats, JSON (optional)
//   progress 0|1           a line a token on stderr      seed N               of the garbage in memories
//   held_iterations N      what a stalled pipeline keeps back; needs a program built with LIGHTMAMBA_CSIM_STALL
// Each `start` line opens a start; the starts run one after the other without a reload:
//   tokens N   logits_for_all 0|1   reset 0|1   decode 0|1   trace_layers 0|1   trace_logits 0|1
//   token_in ID ID ...     all ids, in decode the first  token_out PATH       trace PATH
// token_out and trace become little-endian int32 files (docs/formats.md, section 6).
// Exit: 0 all starts ended, 2 bad description or image, 3 deadlock, 4 something left in a stream, others: csim.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "lightmamba_csim.hpp"

#include "ap_axi_sdata.h"
#include "ap_int.h"
#include "hls_stream.h"

#include "lightmamba_config.hpp"

#include "lightmamba/depths.hpp"
#include "lightmamba/schedule.hpp"

using lightmamba::ActivationBeat;
using lightmamba::Config;
using lightmamba::ResultBeat;
using lightmamba::Word;
typedef lightmamba::Schedule<Config> Schedule;

extern "C" {
void lightmamba_unit(const ap_uint<512>* weights, int unit_index, int tokens, int logits_for_all, int reset,
                     hls::stream<ap_axiu<512, 0, 0, 0> >& activation_in,
                     hls::stream<ap_axiu<512, 0, 0, 0> >& activation_out,
                     hls::stream<ap_axiu<32, 0, 0, 0> >& result_in, hls::stream<ap_axiu<32, 0, 0, 0> >& result_out);
void lightmamba_core(const ap_uint<512>* parameters, const ap_uint<512>* embedding, const int* token_in,
                     int* token_out, ap_uint<512>* trace, int tokens, int logits_for_all, int decode,
                     int trace_layers, int trace_logits, hls::stream<ap_axiu<512, 0, 0, 0> >& activation_out,
                     hls::stream<ap_axiu<512, 0, 0, 0> >& activation_in,
                     hls::stream<ap_axiu<32, 0, 0, 0> >& result_out, hls::stream<ap_axiu<32, 0, 0, 0> >& result_in);

/// Called by the core's kernel when a token begins (embedding.hpp).
void lightmamba_token_begins(int token);
}

namespace {

constexpr int kExitBadRun = 2;

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
  std::vector<Start> starts;
};

bool is_scalar(const std::string& key) {
  return key == "tokens" || key == "logits_for_all" || key == "reset" || key == "decode" || key == "trace_layers" ||
         key == "trace_logits";
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
  if (run.held_iterations >= 0) bad_run("held_iterations needs a program built with LIGHTMAMBA_CSIM_STALL");
#endif
  if (run.starts.empty()) bad_run("the description has no start");
  if (run.unit_images.size() != static_cast<size_t>(Config::kUnits)) {
    bad_run("the description names " + std::to_string(run.unit_images.size()) + " unit images, the accelerator has " +
            std::to_string(Config::kUnits) + " units");
  }
  return run;
}

std::vector<Word> read_image(const std::string& path, int words) {
  std::ifstream in(path, std::ios::binary);
  if (!in) bad_run("cannot read the image '" + path + "'");
  const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const size_t expected = static_cast<size_t>(words) * lightmamba::kWordBytes;
  if (bytes.size() != expected) {
    bad_run("the image '" + path + "' has " + std::to_string(bytes.size()) + " bytes, the configuration needs " +
            std::to_string(expected));
  }
  std::vector<Word> image(static_cast<size_t>(words), Word(0));
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

void check_start(const Start& start) {
  const int tokens = start.scalar("tokens");
  if (tokens < 1) bad_run("a start has at least one token");
  const bool decode = start.scalar("decode") != 0;
  if (decode && start.scalar("logits_for_all") == 0) bad_run("decode needs logits_for_all 1");
  const size_t ids = decode ? 1 : static_cast<size_t>(tokens);
  if (start.token_in.size() != ids) {
    bad_run("token_in has " + std::to_string(start.token_in.size()) + " ids, the start needs " + std::to_string(ids));
  }
  for (int id : start.token_in) {
    if (id < 0 || id >= Config::kVocabulary) bad_run("token id " + std::to_string(id) + " is outside the vocabulary");
  }
}

/// Images, chains and results of all starts.
class Accelerator {
 public:
  explicit Accelerator(const Run& run)
      : simulation_(run.seed),
        core_image_(read_image(run.core_image, Schedule::kCoreWords)),
        embedding_image_(read_image(run.embedding_image, Schedule::kEmbeddingWords)) {
    for (int u = 0; u < Config::kUnits; ++u) {
      unit_images_.push_back(read_image(run.unit_images[static_cast<size_t>(u)], Schedule::kUnitWords));
    }
    lightmamba::csim::DeviceMemory& memory = lightmamba::csim::device_memory();
    memory.name("parameters", core_image_.data(), core_image_.size());
    memory.name("embedding", embedding_image_.data(), embedding_image_.size());
    for (size_t u = 0; u < unit_images_.size(); ++u) {
      memory.name("memory of unit" + std::to_string(u), unit_images_[u].data(), unit_images_[u].size());
    }
  }

  /// Runs one start; the simulation's exit code.
  int run(const Start& start) {
    const int tokens = start.scalar("tokens");
    const int logits_for_all = start.scalar("logits_for_all");
    const int reset = start.scalar("reset");
    const int decode = start.scalar("decode");
    const int trace_layers = start.scalar("trace_layers");
    const int trace_logits = start.scalar("trace_logits");
    const int logit_tokens = logits_for_all != 0 ? tokens : 1;
    const long long trace_words =
        (trace_layers != 0 ? 1LL * tokens * Config::kLayers * Schedule::kResidualTraceWords : 0) +
        (trace_logits != 0 ? 1LL * logit_tokens * Schedule::kLogitTraceWords : 0);
    // Garbage, so that a word that the kernels do not write is found.
    std::vector<int> token_out(static_cast<size_t>(logit_tokens));
    for (int& id : token_out) id = static_cast<int>(lightmamba::csim::next_garbage());
    std::vector<Word> trace(static_cast<size_t>(trace_words));
    trace_beats_ += trace_words;
    lightmamba::csim::DeviceMemory& memory = lightmamba::csim::device_memory();
    memory.name("token_out", token_out.data(), token_out.size());
    memory.name("trace", trace.data(), trace.size());

    // Link u leads to unit u; the last one back to the core.
    std::vector<std::unique_ptr<hls::stream<ActivationBeat, lightmamba::kActivationLinkDepth> > > activations;
    std::vector<std::unique_ptr<hls::stream<ResultBeat, lightmamba::kResultLinkDepth> > > results;
    for (int u = 0; u <= Config::kUnits; ++u) {
      const std::string link = std::to_string(u);
      activations.emplace_back(
          new hls::stream<ActivationBeat, lightmamba::kActivationLinkDepth>(("activation_link" + link).c_str()));
      results.emplace_back(new hls::stream<ResultBeat, lightmamba::kResultLinkDepth>(("result_link" + link).c_str()));
    }
    simulation_.start("core", [&] {
      lightmamba_core(core_image_.data(), embedding_image_.data(), start.token_in.data(), token_out.data(),
                      trace.data(), tokens, logits_for_all, decode, trace_layers, trace_logits, *activations.front(),
                      *activations.back(), *results.front(), *results.back());
    });
    for (size_t u = 0; u < static_cast<size_t>(Config::kUnits); ++u) {
      simulation_.start("unit" + std::to_string(u), [&, u] {
        lightmamba_unit(unit_images_[u].data(), static_cast<int>(u), tokens, logits_for_all, reset, *activations[u],
                        *activations[u + 1], *results[u], *results[u + 1]);
      });
    }
    const int code = simulation_.try_run();
    if (code == 0) {
      write(start, token_out, trace);
    }
    return code;
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
    const std::map<std::string, std::string> ports = {{"words", "weights"},
                                                      {"parameter_words", "parameters"},
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
  std::vector<std::vector<Word> > unit_images_;
  long long trace_beats_ = 0;

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
  if (report_progress) std::fprintf(stderr, "progress start %zu token %d\n", started, token);
}

int main(int argc, char** argv) {
  if (argc != 2) bad_run("usage: testbench RUN-DESCRIPTION");
  const Run run = read_description(argv[1]);
  for (const Start& start : run.starts) check_start(start);
  Accelerator accelerator(run);
  report_progress = run.progress;
#ifdef LIGHTMAMBA_CSIM_STALL
  if (run.held_iterations >= 0) lightmamba::csim::held_iterations = static_cast<uint64_t>(run.held_iterations);
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

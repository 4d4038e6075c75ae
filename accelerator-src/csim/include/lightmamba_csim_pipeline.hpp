#ifndef LIGHTMAMBA_CSIM_PIPELINE_HPP
#define LIGHTMAMBA_CSIM_PIPELINE_HPP
// Stalled pipelines. While a pipelined loop of the default style (stp) waits for the input of its next iteration, it
// keeps back what its last iterations have computed. Built with LIGHTMAMBA_CSIM_STALL, from a copy of the sources in
// which every pipelined loop has become
//   LABEL: if (lightmamba::csim::Pipeline p("LABEL", STALLS); true) for (...) { p.iterate(); ... }

#include <deque>
#include <map>
#include <set>

#include "lightmamba_csim_process.hpp"

namespace lightmamba {
namespace csim {

/// A stream that holds words which its writer's pipeline has not given out yet.
class HeldStream {
 public:
  /// Writes the oldest held word; may block.
  virtual void release_held() = 0;
  virtual const std::string& held_name() const = 0;

 protected:
  ~HeldStream() = default;
};

/// Iterations whose outputs a pipeline keeps back; 0: none, the largest value: all until the loop ends.
inline uint64_t held_iterations = ~uint64_t(0);

/// Loops that flush (flp, frp) and are to stall as if they did not.
inline std::set<std::string> stalled_loops;

/// One execution of a pipelined loop. A loop inside a pipelined one is unrolled by Vitis, so only the outermost counts.
class Pipeline {
 public:
  Pipeline(const char* loop, bool stalls) : loop_(loop), exceptions_(std::uncaught_exceptions()) {
    Process* p = current_process();
    if (!stalls && stalled_loops.count(loop) == 0) return;
    if (p == nullptr || p->pipeline != nullptr || held_iterations == 0) return;
    process_ = p;
    p->pipeline = this;
  }
  /// The loop has ended: its pipeline drains.
  ~Pipeline() {
    if (process_ == nullptr) return;
    if (std::uncaught_exceptions() == exceptions_) while (!held_.empty()) release();
    process_->pipeline = nullptr;
  }
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// An iteration begins; what left the pipeline's depth is written.
  void iterate() {
    ++iteration_;
    while (!held_.empty() && iteration_ - held_.front().iteration > held_iterations) release();
  }
  void hold(HeldStream* stream) { held_.push_back({stream, iteration_}); }

  /// For the report of a deadlock; empty where nothing is held.
  std::string report() const {
    std::map<std::string, size_t> words;
    for (const Held& h : held_) ++words[h.stream->held_name()];
    std::string text;
    for (const auto& w : words)
      text += (text.empty() ? "" : ", ") + std::to_string(w.second) + " for '" + w.first + "'";
    return text.empty() ? text : "pipelined loop '" + std::string(loop_) + "' keeps back " + text;
  }

 private:
  struct Held {
    HeldStream* stream;
    uint64_t iteration;
  };
  const char* loop_;
  int exceptions_;
  Process* process_ = nullptr;
  uint64_t iteration_ = 0;
  std::deque<Held> held_;

  void release() {
    HeldStream* stream = held_.front().stream;
    held_.pop_front();
    stream->release_held();
  }
};

inline Pipeline* current_pipeline() {
  Process* p = current_process();
  return p == nullptr ? nullptr : p->pipeline;
}

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_PIPELINE_HPP

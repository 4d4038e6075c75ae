#ifndef LIGHTMAMBA_CSIM_HPP
#define LIGHTMAMBA_CSIM_HPP
// What a test bench uses: start kernels, run them together, look at the streams.

#include "lightmamba_csim_memory.hpp"

namespace lightmamba {
namespace csim {

class Simulation {
 public:
  explicit Simulation(uint64_t seed = 1) { set_seed(seed); }
  ~Simulation() { scheduler = nullptr; }
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Seed of the garbage in memories and variables that nothing has written.
  void set_seed(uint64_t seed) { garbage_state = seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u; }
  void set_stack_size(size_t bytes) { engine_.stack_size = bytes; }
  /// Bound of the process switches of all runs together; beyond it the run ends with exit code 6.
  void set_switch_limit(uint64_t limit) { engine_.switch_limit = limit; }

  /// Has `kernel` run as compute unit `unit` in the next run; one name is one unit for all runs.
  void start(const std::string& unit, std::function<void()> kernel) {
    Unit& u = units_[unit];
    u.name = unit;
    starts_.push_back({&u, std::move(kernel)});
  }

  /// Runs all started units until they end; any other end of it ends the program.
  void run() {
    const int code = try_run();
    if (code != 0) std::_Exit(code);
  }

  /// As run(), but returns the exit code (0, 3, 4, 6 or 10); after 3 and 6 the simulation is spent.
  /// An exception of a process is thrown from here.
  int try_run() {
    StreamRegistry& r = registry();
    r.leftovers.clear();
    Scheduler* outer = scheduler;
    scheduler = &engine_;
    for (Start& s : starts_) engine_.spawn("top", s.unit, std::move(s.kernel), nullptr);
    starts_.clear();
    const bool complete = engine_.run();
    engine_.current = nullptr;
    int code = 0;
    std::fflush(stdout);
    if (engine_.failure == nullptr && !complete) {
      code = engine_.over_limit() ? kExitLimit : kExitDeadlock;
      report_blocked(code);
    }
    if (complete) {
      for (StreamState* s : r.live)
        if (!s->empty_now() && !s->may_leave()) r.leftovers.push_back(s->leftover());
      for (const std::string& line : r.leftovers) std::fprintf(stderr, "%s\n", line.c_str());
      if (!r.leftovers.empty()) code = kExitLeftover;
#ifdef LIGHTMAMBA_CSIM_ALONE
      if (code == 0 && stages_differ) code = kExitAlone;
#endif
    }
    std::fflush(stderr);
    if (!complete) for (StreamState* s : r.live) s->forget_waiters();
    if (complete) engine_.clear();
    scheduler = outer;
    for (auto& u : units_) for (auto& m : u.second.memories) m.second.user = nullptr;
    if (engine_.failure != nullptr) std::rethrow_exception(engine_.failure);
    return code;
  }

  /// Forgets all persistent memories, as a new configuration of the device does.
  void power_cycle() { for (auto& u : units_) u.second.memories.clear(); }
  uint64_t switches() const { return engine_.switches; }

  /// Every stream that is or was, in order of its end, then of its creation.
  std::vector<StreamStatistics> statistics() const {
    std::vector<StreamStatistics> all = registry().ended;
    for (const StreamState* s : registry().live) all.push_back(s->statistics());
    return all;
  }
  std::string statistics_json() const {
    std::string out = "[";
    for (const StreamStatistics& s : statistics())
      out += std::string(out.size() > 1 ? ",\n " : "\n ") + "{\"unit\": \"" + s.unit +
             "\", \"stream\": \"" + s.name + "\", \"depth\": " + std::to_string(s.depth) +
             ", \"items\": " + std::to_string(s.items) + ", \"peak\": " + std::to_string(s.peak) +
             "}";
    return out + "\n]\n";
  }

 private:
  struct Start {
    Unit* unit;
    std::function<void()> kernel;
  };
  Scheduler engine_;
  std::map<std::string, Unit> units_;
  std::vector<Start> starts_;

  void report_blocked(int code) const {
    std::fprintf(stderr, code == kExitLimit ? "LIMIT of process switches reached\n" : "DEADLOCK\n");
    for (const auto& p : engine_.processes) {
      if (p->done || p->blocked_how == nullptr) continue;
      std::fprintf(stderr, "  process '%s' of unit '%s': %s", p->name.c_str(),
                   p->unit->name.c_str(), p->blocked_how);
      if (p->blocked_on == nullptr)
        std::fprintf(stderr, " (%zu live)\n", p->live_children);
      else
        std::fprintf(stderr, " '%s' (depth %zu, holds %zu)\n", p->blocked_on->name().c_str(),
                     p->blocked_on->capacity(), p->blocked_on->fill());
#ifdef LIGHTMAMBA_CSIM_STALL
      const std::string held = p->pipeline == nullptr ? "" : p->pipeline->report();
      if (!held.empty()) std::fprintf(stderr, "    its %s\n", held.c_str());
#endif
    }
  }
};

}  // namespace csim
}  // namespace lightmamba

namespace csim = lightmamba::csim;

#endif  // LIGHTMAMBA_CSIM_HPP

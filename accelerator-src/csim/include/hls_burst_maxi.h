#ifndef LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H
#define LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H
// Stand-in for AMD's hls_burst_maxi.h: an m_axi port whose requests and responses the source writes out (UG1399, manual
// burst). A write becomes visible with its response. What breaks the protocol ends the simulation.

#include <deque>
#include <memory>
#include <vector>

#include "ap_int.h"
#include "lightmamba_csim_device.hpp"
#include "lightmamba_csim_record.hpp"

namespace lightmamba {
namespace csim {

/// Words that the ports of a buffer have moved, by the address of its first word.
struct PortBeats {
  uint64_t read = 0, written = 0;
};
inline std::map<const void*, PortBeats>& port_beats() {
  static std::map<const void*, PortBeats> beats;
  return beats;
}

}  // namespace csim
}  // namespace lightmamba

namespace hls {

/// Offsets and lengths count words of type T. Copies are the same port.
template <typename T> class burst_maxi {
 public:
  burst_maxi(T* base)
      : base_(base), state_(std::make_shared<State>()), beats_(&lightmamba::csim::port_beats()[base]) {}

  /// For test benches: everything that was requested has been moved and answered.
  bool idle() const { return state_->reads.empty() && state_->writes.empty(); }

  void read_request(size_t offset, size_t length) {
    need(length > 0, "read_request of no words");
    T* at = base_ + offset;
    lightmamba::csim::use_port(PortUse::kReadRequest, at, length);
    state_->reads.push_back({at, length, {}, lightmamba::csim::device_memory().open(at, length)});
  }
  T read() {
    need(!state_->reads.empty(), "read without a read_request");
    Burst& burst = state_->reads.front();
    const T value = lightmamba::csim::read_port(burst.at, *burst.at);
    beats_->read += lightmamba::csim::repeating() ? 0 : 1;
    ++burst.at;
    burst.open->begin += sizeof(T);
    if (--burst.left == 0) {
      lightmamba::csim::device_memory().reads.erase(burst.open);
      state_->reads.pop_front();
    }
    return value;
  }
  void write_request(size_t offset, size_t length) {
    need(length > 0, "write_request of no words");
    lightmamba::csim::use_port(PortUse::kWriteRequest, base_ + offset, length);
    state_->writes.push_back({base_ + offset, length, {}, {}});
  }
  /// @param byte_enable bytes of the word that are written
  void write(const T& value, ap_int<int(sizeof(T))> byte_enable = -1) {
    for (Burst& burst : state_->writes) {
      if (burst.left == 0) continue;
      T* at = burst.at + burst.words.size();
      burst.words.push_back(value);
      lightmamba::csim::use_port(PortUse::kWrite, at, value);
      if (!byte_enable.and_reduce()) {
        lightmamba::csim::use_port(PortUse::kByteEnable, at, byte_enable);
        char* bytes = reinterpret_cast<char*>(&burst.words.back());
        for (int byte = 0; byte < int(sizeof(T)); ++byte)
          if (!byte_enable[byte]) bytes[byte] = reinterpret_cast<const char*>(at)[byte];
      }
      --burst.left;
      if (lightmamba::csim::repeating()) return;
      lightmamba::csim::device_memory().check_open(at, 1);
#ifdef LIGHTMAMBA_CSIM_LATE
      lightmamba::csim::device_memory().write(at, burst.words.back());
#endif
      ++beats_->written;
      return;
    }
    need(false, "write without a write_request");
  }
  /// Waits until the oldest burst of writes is in memory.
  void write_response() {
    need(!state_->writes.empty(), "write_response without a write_request");
    const Burst& burst = state_->writes.front();
    need(burst.left == 0, "write_response before all words of the burst are written");
    lightmamba::csim::use_port(PortUse::kWriteResponse, burst.at, burst.words.size());
    if (lightmamba::csim::repeating()) {
      state_->writes.pop_front();
      return;
    }
#ifdef LIGHTMAMBA_CSIM_LATE
    if (lightmamba::csim::current_process() != nullptr)
      lightmamba::csim::scheduler->wait_for_others("waits for a write response");
    lightmamba::csim::device_memory().respond(burst.at, burst.words.size());
#else
    lightmamba::csim::device_memory().check_open(burst.at, burst.words.size());
    std::copy(burst.words.begin(), burst.words.end(), burst.at);
#endif
    state_->writes.pop_front();
  }

 private:
  using PortUse = lightmamba::csim::PortUse;
  struct Burst {
    T* at;
    size_t left;
    std::vector<T> words;
    std::list<lightmamba::csim::OpenRead>::iterator open;
  };
  struct State {
    std::deque<Burst> reads, writes;
    ~State() {
      if (lightmamba::csim::stages_differ) return;  // a repeated process may have stopped anywhere
      need(reads.empty(), "a requested word was never read");
      need(writes.empty(), "a write_request without write_response");
    }
  };
  T* base_;
  std::shared_ptr<State> state_;
  lightmamba::csim::PortBeats* beats_;

  static void need(bool met, const char* what) {
    if (!met) lightmamba::csim::misuse("burst_maxi:", what);
  }
};

}  // namespace hls

#endif  // LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H

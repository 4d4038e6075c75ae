#ifndef LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H
#define LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H
// Stand-in for AMD's hls_burst_maxi.h: an m_axi port whose requests and responses the source writes out (UG1399, manual
// burst). What breaks the protocol ends the simulation.

#include <deque>
#include <memory>

#include "ap_int.h"
#include "lightmamba_csim_device.hpp"

namespace hls {

/// Offsets and lengths count words of type T. Copies are the same port.
template <typename T> class burst_maxi {
 public:
  burst_maxi(T* base) : base_(base), state_(std::make_shared<State>()) {}

  void read_request(size_t offset, size_t length) {
    need(length > 0, "read_request of no words");
    Burst burst = {base_ + offset, base_ + offset, length, {}};
#ifdef LIGHTMAMBA_CSIM_LATE
    burst.open = lightmamba::csim::device_memory().open(burst.next, length);
#endif
    state_->reads.push_back(burst);
  }
  T read() {
    need(!state_->reads.empty(), "read without a read_request");
    Burst& burst = state_->reads.front();
    const T value = *burst.next++;
#ifdef LIGHTMAMBA_CSIM_LATE
    burst.open->begin += sizeof(T);
    if (burst.left == 1) lightmamba::csim::device_memory().reads.erase(burst.open);
#endif
    if (--burst.left == 0) state_->reads.pop_front();
    return value;
  }
  void write_request(size_t offset, size_t length) {
    need(length > 0, "write_request of no words");
    state_->writes.push_back({base_ + offset, base_ + offset, length, {}});
  }
  /// @param byte_enable bytes of the word that are written
  void write(const T& value, ap_int<int(sizeof(T))> byte_enable = -1) {
    for (Burst& burst : state_->writes) {
      if (burst.left == 0) continue;
      T word = *burst.next;
      const char* from = reinterpret_cast<const char*>(&value);
      for (int byte = 0; byte < int(sizeof(T)); ++byte)
        if (byte_enable[byte]) reinterpret_cast<char*>(&word)[byte] = from[byte];
#ifdef LIGHTMAMBA_CSIM_LATE
      lightmamba::csim::device_memory().write(burst.next, word);
#else
      *burst.next = word;
#endif
      ++burst.next;
      --burst.left;
      return;
    }
    need(false, "write without a write_request");
  }
  /// Waits until the oldest burst of writes is in memory.
  void write_response() {
    need(!state_->writes.empty(), "write_response without a write_request");
    const Burst& burst = state_->writes.front();
    need(burst.left == 0, "write_response before all words of the burst are written");
#ifdef LIGHTMAMBA_CSIM_LATE
    if (lightmamba::csim::current_process() != nullptr)
      lightmamba::csim::scheduler->wait_for_others("waits for a write response");
    lightmamba::csim::device_memory().respond(burst.begin, size_t(burst.next - burst.begin));
#endif
    state_->writes.pop_front();
  }

 private:
  struct Burst {
    T* begin;
    T* next;
    size_t left;
    std::list<lightmamba::csim::OpenRead>::iterator open;
  };
  struct State {
    std::deque<Burst> reads, writes;
    ~State() {
      need(reads.empty(), "a requested word was never read");
      need(writes.empty(), "a write_request without write_response");
    }
  };
  T* base_;
  std::shared_ptr<State> state_;

  static void need(bool met, const char* what) {
    if (!met) lightmamba::csim::misuse("burst_maxi:", what);
  }
};

}  // namespace hls

#endif  // LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H

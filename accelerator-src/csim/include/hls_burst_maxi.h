#ifndef LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H
#define LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H
// Stand-in for AMD's hls_burst_maxi.h: a memory port whose requests and words are separate calls.
//
// As adverse as AXI allows: a write becomes visible when its response is taken, not before. A response that makes a
// write visible in the range of a read that was requested earlier and has not ended is a race, and ends the program.

#include <algorithm>
#include <deque>

#include "lightmamba_csim_process.hpp"

namespace lightmamba {
namespace csim {

/// Words that a buffer's ports have moved, by its first word's address.
struct PortBeats {
  uint64_t read = 0, written = 0;
};
inline std::map<const void*, PortBeats>& port_beats() {
  static std::map<const void*, PortBeats> beats;
  return beats;
}

/// A request: of a read, the words to come; of a write, with its words.
struct BurstRange {
  const char* first;
  const char* end;
};
inline std::vector<const std::deque<BurstRange>*>& outstanding_reads() {
  static std::vector<const std::deque<BurstRange>*> reads;
  return reads;
}

/// One port: copies of a burst_maxi are the same port.
template <typename T> struct BurstPort {
  struct Write {
    size_t offset, length;
    std::vector<T> words;
  };
  T* base;
  std::deque<BurstRange> reads;
  std::deque<Write> writes;

  explicit BurstPort(T* p) : base(p) { outstanding_reads().push_back(&reads); }
  ~BurstPort() {
    std::vector<const std::deque<BurstRange>*>& all = outstanding_reads();
    all.erase(std::find(all.begin(), all.end(), &reads));
  }
  BurstPort(const BurstPort&) = delete;
  BurstPort& operator=(const BurstPort&) = delete;
};

}  // namespace csim
}  // namespace lightmamba

namespace hls {

template <typename T> class burst_maxi {
 public:
  burst_maxi(T* p) : port_(std::make_shared<lightmamba::csim::BurstPort<T>>(p)) {}
  /// For test benches: everything requested has been moved and acknowledged.
  bool idle() const { return port_->reads.empty() && port_->writes.empty(); }

  void read_request(size_t offset, size_t length) {
    if (length == 0) lightmamba::csim::misuse("a read request of no words", "");
    const T* first = port_->base + offset;
    port_->reads.push_back({reinterpret_cast<const char*>(first), reinterpret_cast<const char*>(first + length)});
  }
  T read() {
    if (port_->reads.empty()) lightmamba::csim::misuse("a read without a request", "");
    lightmamba::csim::BurstRange& range = port_->reads.front();
    const T value = *reinterpret_cast<const T*>(range.first);
    range.first += sizeof(T);
    if (range.first == range.end) port_->reads.pop_front();
    ++lightmamba::csim::port_beats()[port_->base].read;
    return value;
  }
  void write_request(size_t offset, size_t length) {
    if (length == 0) lightmamba::csim::misuse("a write request of no words", "");
    port_->writes.push_back({offset, length, {}});
  }
  void write(const T& value) {
    for (auto& request : port_->writes) {
      if (request.words.size() < request.length) {
        request.words.push_back(value);
        ++lightmamba::csim::port_beats()[port_->base].written;
        return;
      }
    }
    lightmamba::csim::misuse("a write without a request", "");
  }
  void write_response() {
    if (port_->writes.empty()) lightmamba::csim::misuse("a write response without a request", "");
    const typename lightmamba::csim::BurstPort<T>::Write request = port_->writes.front();
    if (request.words.size() < request.length) lightmamba::csim::misuse("a write response before the words", "");
    port_->writes.pop_front();
    T* to = port_->base + request.offset;
    const char* first = reinterpret_cast<const char*>(to);
    const char* end = reinterpret_cast<const char*>(to + request.length);
    for (const auto* reads : lightmamba::csim::outstanding_reads())
      for (const auto& range : *reads)
        if (range.first < end && first < range.end)
          lightmamba::csim::misuse("a word is read and written at the same time:", "m_axi");
    std::copy(request.words.begin(), request.words.end(), to);
  }

 private:
  std::shared_ptr<lightmamba::csim::BurstPort<T>> port_;
};

}  // namespace hls

#endif  // LIGHTMAMBA_CSIM_HLS_BURST_MAXI_H

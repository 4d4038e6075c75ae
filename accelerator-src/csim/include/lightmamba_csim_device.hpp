#ifndef LIGHTMAMBA_CSIM_DEVICE_HPP
#define LIGHTMAMBA_CSIM_DEVICE_HPP
// Device memory behind m_axi ports. Built with LIGHTMAMBA_CSIM_LATE, a write becomes visible as late as AXI allows:
// with the response that its writer waits for (hls::burst_maxi), or, where nothing waits, when the writing process has
// ended; both come only when nothing else can go on. A read of what is on its way ends the simulation by name; so does,
// in every build, a write into a burst that is still being read.

#include <algorithm>
#include <cstring>
#include <list>
#include <map>
#include <type_traits>

#include "lightmamba_csim_process.hpp"
#include "lightmamba_csim_record.hpp"

namespace lightmamba {
namespace csim {

/// Words that a read request has asked for and that have not been taken yet.
struct OpenRead {
  uintptr_t begin, end;
  const Process* reader;
};

class DeviceMemory {
 public:
  std::list<OpenRead> reads;

  /// Names a buffer in reports; it takes the place of buffers that were there before.
  template <class T> void name(const std::string& text, const T* begin, size_t count) {
    forget(begin, count * sizeof(T));
    buffers_[address(begin)] = {text, address(begin) + count * sizeof(T), sizeof(T)};
  }
  /// These bytes are no buffer, or no longer.
  void forget(const void* begin, size_t bytes) {
    const uintptr_t at = address(begin), end = at + bytes;
    for (auto b = buffers_.begin(); b != buffers_.end();)
      b = b->first < end && b->second.end > at ? buffers_.erase(b) : std::next(b);
  }
  bool holds(const void* at) const { return buffer(address(at)) != buffers_.end(); }

  /// Nothing of a burst that is still read may be written.
  template <class T> void check_open(const T* at, size_t count) const {
    for (const OpenRead& r : reads)
      if (address(at) < r.end && address(at + count) > r.begin)
        hazard("write of", address(at), "into a burst that", r.reader, " still reads");
  }
  template <class T> void write(T* at, const T& value) {
    static_assert(std::is_trivially_copyable<T>::value, "device memory holds plain values");
    const uintptr_t a = address(at);
    check_open(at, 1);
    const auto old = overlapping(a, sizeof(T));
    if (old != pending_.end()) {
      if (old->second.writer != current_process() || old->first != a)
        hazard("write of", a, "before the response to the write of", old->second.writer, "");
      pending_.erase(old);
    }
    Pending& p = pending_[a];
    p.writer = current_process();
    p.bytes.assign(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  /// What a read sees. A process sees its own writes through the same port; `response`: only what has a response.
  template <class T> T read(const T* at, bool response) const {
    T value = *at;
    const auto p = overlapping(address(at), sizeof(T));
    if (p == pending_.end()) return value;
    if (response || p->second.writer != current_process() || p->first != address(at))
      hazard("read of", address(at), "before the response to the write of", p->second.writer, "");
    std::memcpy(static_cast<void*>(&value), p->second.bytes.data(), sizeof(T));
    return value;
  }
  /// A read request for words from `at` on: none of them may be on its way.
  template <class T> std::list<OpenRead>::iterator open(const T* at, size_t count) {
    const auto p = overlapping(address(at), count * sizeof(T));
    if (p != pending_.end()) hazard("read of", p->first, "before the response to the write of", p->second.writer, "");
    return reads.insert(reads.end(), {address(at), address(at) + count * sizeof(T), current_process()});
  }
  /// The response to the writes of these bytes.
  template <class T> void respond(const T* at, size_t count) {
    const auto end = pending_.lower_bound(address(at) + count * sizeof(T));
    for (auto p = pending_.lower_bound(address(at)); p != end; p = pending_.erase(p)) show(*p);
  }
#ifdef LIGHTMAMBA_CSIM_LATE
  /// The writer has ended: nothing waited for its responses.
  void respond_all(const Process* writer) {
    const auto own = [&](const auto& p) { return p.second.writer == writer; };
    if (std::any_of(pending_.begin(), pending_.end(), own)) scheduler->wait_for_others("waits for write responses");
    for (auto p = pending_.begin(); p != pending_.end();) {
      if (own(*p)) {
        show(*p);
        p = pending_.erase(p);
      } else {
        ++p;
      }
    }
  }
#endif

 private:
  struct Buffer {
    std::string name;
    uintptr_t end;
    size_t word;
  };
  struct Pending {
    const Process* writer;
    std::string bytes;
  };
  std::map<uintptr_t, Buffer> buffers_;
  std::map<uintptr_t, Pending> pending_;

  static uintptr_t address(const void* at) { return reinterpret_cast<uintptr_t>(at); }
  static void show(const std::pair<const uintptr_t, Pending>& p) {
    std::memcpy(reinterpret_cast<void*>(p.first), p.second.bytes.data(), p.second.bytes.size());
  }
  std::map<uintptr_t, Buffer>::const_iterator buffer(uintptr_t at) const {
    auto b = buffers_.upper_bound(at);
    if (b == buffers_.begin() || (--b)->second.end <= at) return buffers_.end();
    return b;
  }
  std::map<uintptr_t, Pending>::const_iterator overlapping(uintptr_t at, size_t bytes) const {
    auto p = pending_.lower_bound(at + bytes);
    if (p == pending_.begin()) return pending_.end();
    --p;
    return p->first + p->second.bytes.size() > at ? p : pending_.end();
  }

  [[noreturn]] void hazard(const char* what, uintptr_t at, const char* how, const Process* other,
                           const char* rest) const {
    const auto b = buffer(at);
    std::string where = "a memory without a name";
    if (b != buffers_.end())
      where = "word " + std::to_string((at - b->first) / b->second.word) + " of '" + b->second.name + "'";
    std::fflush(stdout);
    std::fprintf(stderr, "HAZARD %s %s%s %s process '%s'%s\n", what, where.c_str(), process_name().c_str(), how,
                 other == nullptr ? "" : other->name.c_str(), rest);
    std::fflush(stderr);
    std::_Exit(kExitHazard);
  }
};

inline DeviceMemory& device_memory() {
  static DeviceMemory* memory = new DeviceMemory;
  return *memory;
}

#ifdef LIGHTMAMBA_CSIM_LATE
inline const bool late_memory =
    (process_ended = [](const Process* p) { device_memory().respond_all(p); }, true);

#endif

#if defined(LIGHTMAMBA_CSIM_LATE) || defined(LIGHTMAMBA_CSIM_ALONE)
/// What a pointer to a memory or to an array on chip reads.
template <class T> T read_through(const T* at) {
  const T value = device_memory().read(at, false);
  return device_memory().holds(at) ? read_port(at, value) : value;
}

/// Stands in for `T*` in the parameters of processes that write; see the README.
template <class T> class Port {
 public:
  class Word {
   public:
    explicit Word(T* at) : at_(at) {}
    operator T() const { return read_through(at_); }
    const Word& operator=(const T& value) const {
      const bool memory = device_memory().holds(at_);
      if (memory) use_port(PortUse::kWrite, at_, value);
      if (memory && repeating()) return *this;
#ifdef LIGHTMAMBA_CSIM_LATE
      if (memory) {
        device_memory().write(at_, value);
        return *this;
      }
#endif
      *at_ = value;
      return *this;
    }
    const Word& operator=(const Word& other) const { return *this = T(other); }
    const void* place() const { return at_; }

   private:
    T* at_;
  };
  Port(T* base) : base_(base) {}
  Word operator[](ptrdiff_t i) const { return Word(base_ + i); }
  Word operator*() const { return Word(base_); }
  Port operator+(ptrdiff_t n) const { return base_ + n; }

 private:
  T* base_;
};

/// Stands in for `const T*`.
template <class T> class ConstPort {
 public:
  ConstPort(const T* base) : base_(base) {}
  T operator[](ptrdiff_t i) const { return read_through(base_ + i); }
  T operator*() const { return read_through(base_); }
  ConstPort operator+(ptrdiff_t n) const { return base_ + n; }

 private:
  const T* base_;
};
#endif

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_DEVICE_HPP

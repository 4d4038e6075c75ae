#ifndef LIGHTMAMBA_CSIM_RECORD_HPP
#define LIGHTMAMBA_CSIM_RECORD_HPP
// What a process does at its ports, in order. Built with LIGHTMAMBA_CSIM_ALONE, streams and memory ports write it down,
// and give it to a process that repeats another one alone (lightmamba_csim_alone.hpp).

#include <cstring>

#include "lightmamba_csim_process.hpp"

namespace lightmamba {
namespace csim {

enum class PortUse { kReadRequest, kRead, kWriteRequest, kWrite, kByteEnable, kWriteResponse };

#ifdef LIGHTMAMBA_CSIM_ALONE
/// Whether every process of a region is repeated alone; to be set before the first stream is made.
inline bool stages_alone = false;

/// Whether a process did something else alone.
inline bool stages_differ = false;

/// Whether the running process repeats another one, alone.
inline bool repeating() { return current_process() != nullptr && current_process()->repeated != nullptr; }

/// Whether what the running process does is written down.
inline bool recording() {
  return stages_alone && current_process() != nullptr && current_process()->repeated == nullptr;
}

/// Thrown by a port where a repeated process does something else than the recorded one.
struct Differs {
  std::string how;
};

/// Whether two values are alike in every bit that belongs to a member.
template <class T> bool alike(T a, T b) {
#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
  __builtin_clear_padding(&a);
  __builtin_clear_padding(&b);
#endif
#endif
  return std::memcmp(static_cast<const void*>(&a), static_cast<const void*>(&b), sizeof(T)) == 0;
}

/// Uses of memory ports.
class PortRecord {
 public:
  /// Writes a use down.
  /// @param at first word; @param content the word that moves, or a length in bytes
  void add(PortUse use, const void* at, const void* content, size_t size) {
    uses_.push_back({use, at, content_.size(), size});
    const char* bytes = static_cast<const char*>(content);
    content_.insert(content_.end(), bytes, bytes + size);
  }
  void rewind() { next_ = 0; }
  /// The content of the next use, which has to be this one.
  const void* next(PortUse use, const void* at, size_t size) {
    if (next_ == uses_.size()) throw Differs{"uses a memory port more than " + std::to_string(next_) + " times"};
    const Use& recorded = uses_[next_];
    if (recorded.use != use || recorded.at != at || recorded.size != size) throw Differs{place() + " is another one"};
    ++next_;
    return content_.data() + recorded.content;
  }
  /// The same, for a use whose content comes from the process.
  void repeat(PortUse use, const void* at, const void* content, size_t size) {
    if (std::memcmp(next(use, at, size), content, size) != 0) {
      --next_;
      throw Differs{place() + " has another content"};
    }
  }
  /// How much of the record has not been repeated; empty if nothing.
  std::string rest() const {
    return next_ == uses_.size() ? "" : "uses its memory ports " + std::to_string(next_) + " times instead of " +
                                            std::to_string(uses_.size());
  }
  size_t count(PortUse use) const {
    return size_t(std::count_if(uses_.begin(), uses_.end(), [use](const Use& u) { return u.use == use; }));
  }

 private:
  struct Use {
    PortUse use;
    const void* at;
    size_t content, size;
  };
  std::vector<Use> uses_;
  std::vector<char> content_;
  size_t next_ = 0;

  std::string place() const { return "use " + std::to_string(next_) + " of its memory ports"; }
};

/// A persistent memory as a process found it; the process that repeats it goes on with this copy.
struct FoundMemory {
  std::shared_ptr<void> copy;
  std::function<bool()> as_recorded;  // whether the copy has become what the memory is now
};

/// What a process did beside its streams, which keep their own items.
struct StageRecord {
  PortRecord ports;
  std::map<const void*, FoundMemory> memories;
};

/// The record that the running process makes or repeats.
inline StageRecord& stage_record() {
  Process* p = current_process();
  Process* recorded = p->repeated == nullptr ? p : p->repeated;
  if (recorded->record == nullptr) recorded->record = std::make_shared<StageRecord>();
  return *recorded->record;
}

/// A use of a memory port other than a read, written down or compared.
template <class T> void use_port(PortUse use, const void* at, const T& content) {
  if (repeating()) stage_record().ports.repeat(use, at, &content, sizeof(T));
  else if (recording()) stage_record().ports.add(use, at, &content, sizeof(T));
}

/// The word that a port reads at `at`: `found` in the memory, unless it is repeated.
template <class T> T read_port(const T* at, const T& found) {
  if (repeating()) {
    T value(found);
    std::memcpy(static_cast<void*>(&value), stage_record().ports.next(PortUse::kRead, at, sizeof(T)), sizeof(T));
    return value;
  }
  if (recording()) stage_record().ports.add(PortUse::kRead, at, &found, sizeof(T));
  return found;
}
#else
constexpr bool stages_differ = false;
constexpr bool repeating() { return false; }
template <class T> void use_port(PortUse, const void*, const T&) {}
template <class T> const T& read_port(const T*, const T& found) { return found; }
#endif

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_RECORD_HPP

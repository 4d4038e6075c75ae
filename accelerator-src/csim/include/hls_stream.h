#ifndef LIGHTMAMBA_CSIM_HLS_STREAM_H
#define LIGHTMAMBA_CSIM_HLS_STREAM_H
// Stand-in for AMD's hls_stream.h: bounded streams that block, as the FIFOs of the hardware do.

#include <algorithm>

#include "lightmamba_csim_process.hpp"
#ifdef LIGHTMAMBA_CSIM_STALL
#include "lightmamba_csim_pipeline.hpp"
#endif

namespace lightmamba {
namespace csim {

/// What a stream did, kept after it is gone.
struct StreamStatistics {
  std::string unit, name;
  size_t depth;
  uint64_t items, peak;
};

class StreamState;
/// All streams that exist, and what ended ones left behind.
struct StreamRegistry {
  std::vector<StreamState*> live;
  std::vector<StreamStatistics> ended;
  std::vector<std::string> leftovers;
  uint64_t created = 0;
};
/// Never destroyed, so that streams of static lifetime may outlive every other object.
inline StreamRegistry& registry() {
  static StreamRegistry* r = new StreamRegistry;
  return *r;
}

/// The part of a stream that does not depend on the type of its items.
class StreamState {
 public:
  StreamState(const char* name, size_t depth) : depth_(depth), owner_(current_process()) {
    if (depth == 0) misuse("a stream needs a depth of at least 1:", name == nullptr ? "" : name);
    name_ = name != nullptr ? name : "stream_" + std::to_string(registry().created);
    ++registry().created;
    if (owner_ != nullptr) unit_ = owner_->unit->name;
    registry().live.push_back(this);
  }
  ~StreamState() {
    if (reader_ != nullptr || writer_ != nullptr)
      misuse("a stream ends while a process waits for it: declare it before the region:",
             name_.c_str());
    StreamRegistry& r = registry();
    if (head_ != tail_ && scheduler != nullptr && !may_leave_) r.leftovers.push_back(leftover());
    r.ended.push_back(statistics());
    r.live.erase(std::find(r.live.begin(), r.live.end(), this));
  }
  StreamState(const StreamState&) = delete;
  StreamState& operator=(const StreamState&) = delete;

  bool empty_now() const { return head_ == tail_; }
  bool full_now() const { return tail_ - head_ >= depth_; }
  size_t fill() const { return size_t(tail_ - head_); }
  size_t capacity() const { return depth_; }
  const std::string& name() const { return name_; }
  void rename(std::string name) { name_ = std::move(name); }
  /// For a stream of the test bench that is emptied after the run.
  void allow_leftover() { may_leave_ = true; }
  bool may_leave() const { return may_leave_; }
  StreamStatistics statistics() const { return {unit_, name_, depth_, tail_, peak_}; }
  std::string leftover() const {
    return "LEFTOVER " + std::to_string(fill()) + " items in stream '" + name_ + "' (depth " +
           std::to_string(depth_) + (unit_.empty() ? ")" : ") of unit '" + unit_ + "'");
  }
  void forget_waiters() { reader_ = writer_ = nullptr; }

 protected:
  uint64_t head_ = 0, tail_ = 0;  // words read and written since the start
  size_t depth_;
  Process *reader_ = nullptr, *writer_ = nullptr;
  uint64_t peak_ = 0;

  __attribute__((noinline)) void wait(Process*& slot, const char* how) {
    if (current_process() == nullptr)
      misuse("a stream blocks outside of a simulation:", name_.c_str());
    if (slot != nullptr) misuse("two processes wait on the same side of stream", name_.c_str());
    slot = current_process();
    scheduler->block(this, how);
  }
  void wake(Process*& slot) {
    if (slot != nullptr) {
      scheduler->ready(slot);
      slot = nullptr;
    }
  }
  void poll() const {
    if (scheduler != nullptr) scheduler->poll_yield(this);
  }
  void moved() {
    if (scheduler != nullptr) scheduler->idle_polls = 0;
  }

 private:
  std::string name_, unit_;
  Process* owner_;
  bool may_leave_ = false;
};

}  // namespace csim
}  // namespace lightmamba

namespace hls {

template <typename T, int DEPTH = 0> class stream;

/// The type that functions take; without a depth it holds 2 items, as a FIFO of Vitis does.
template <typename T> class stream<T, 0> : public lightmamba::csim::StreamState
#ifdef LIGHTMAMBA_CSIM_STALL
    , private lightmamba::csim::HeldStream
#endif
{
 public:
  using value_type = T;
  stream() : stream(nullptr, 2) {}
  explicit stream(const char* name) : stream(name, 2) {}
  stream(const char* name, size_t depth) : StreamState(name, depth) {
    size_t n = 1;
    while (n < depth) n *= 2;
    ring_.reset(new T[n]);
    mask_ = n - 1;
  }

  T read() {
    while (empty_now()) wait(reader_, "read of empty");
    const T value = ring_[head_++ & mask_];
    wake(writer_);
    return value;
  }
  void read(T& value) {
    while (empty_now()) wait(reader_, "read of empty");
    value = ring_[head_++ & mask_];
    wake(writer_);
  }
  void write(const T& value) {
#ifdef LIGHTMAMBA_CSIM_STALL
    if (lightmamba::csim::Pipeline* p = lightmamba::csim::current_pipeline()) {
      held_.push_back(value);
      p->hold(this);
      return;
    }
#endif
    put(value);
  }
  void operator>>(T& value) { read(value); }
  void operator<<(const T& value) { write(value); }
  bool read_nb(T& value) {
    if (empty_now()) poll();
    if (empty_now()) return false;
    read(value);
    moved();
    return true;
  }
  bool write_nb(const T& value) {
    if (full_now()) poll();
    if (full_now()) return false;
    write(value);
    moved();
    return true;
  }
  bool empty() const {
    if (empty_now()) poll();
    return empty_now();
  }
  bool full() const {
    if (full_now()) poll();
    return full_now();
  }
  size_t size() const { return fill(); }

 private:
  std::unique_ptr<T[]> ring_;
  size_t mask_;

  void put(const T& value) {
    while (full_now()) wait(writer_, "write to full");
    ring_[tail_++ & mask_] = value;
    if (tail_ - head_ > peak_) peak_ = tail_ - head_;
    wake(reader_);
  }
#ifdef LIGHTMAMBA_CSIM_STALL
  std::deque<T> held_;
  void release_held() override {
    const T value = held_.front();
    held_.pop_front();
    put(value);
  }
  const std::string& held_name() const override { return name(); }
#endif
};

template <typename T, int DEPTH> class stream : public stream<T, 0> {
 public:
  stream() : stream<T, 0>(nullptr, DEPTH) {}
  explicit stream(const char* name) : stream<T, 0>(name, DEPTH) {}
};

}  // namespace hls

#endif  // LIGHTMAMBA_CSIM_HLS_STREAM_H

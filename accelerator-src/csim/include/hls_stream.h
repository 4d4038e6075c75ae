#ifndef LIGHTMAMBA_CSIM_HLS_STREAM_H
#define LIGHTMAMBA_CSIM_HLS_STREAM_H
// Stand-in for AMD's hls_stream.h: bounded streams that block, as the FIFOs of the hardware do.

#include <algorithm>
#include <deque>

#include "lightmamba_csim_process.hpp"
#include "lightmamba_csim_record.hpp"
#ifdef LIGHTMAMBA_CSIM_STALL
#include "lightmamba_csim_distance.hpp"
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
#ifdef LIGHTMAMBA_CSIM_ALONE
  /// Begins again for a process that is repeated alone; the items that it took and gave.
  std::pair<uint64_t, uint64_t> rewind(const Process* stage) {
    retaken_ = regiven_ = 0;
    return {taker_ == stage ? head_ : 0, giver_ == stage ? tail_ : 0};
  }
  /// What is missing at the end of a repeated process; empty if nothing.
  std::string rest(const Process* stage) const {
    if (taker_ == stage && retaken_ != head_)
      return "takes " + std::to_string(retaken_) + " of " + std::to_string(head_) + " items of '" + name_ + "'";
    if (giver_ == stage && regiven_ != tail_)
      return "gives " + std::to_string(regiven_) + " of " + std::to_string(tail_) + " items to '" + name_ + "'";
    return "";
  }
#endif

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
#ifdef LIGHTMAMBA_CSIM_ALONE
    if (repeating()) throw Differs{"polls '" + name_ + "', of which no order is recorded"};
#endif
    if (scheduler != nullptr) scheduler->poll_yield(this);
  }
  void moved() {
    if (scheduler != nullptr) scheduler->idle_polls = 0;
  }
#ifdef LIGHTMAMBA_CSIM_ALONE
  /// The running process is the only one at its end of the stream.
  void taken() { at_end(taker_, "two processes read the stream", name_); }
  void given() { at_end(giver_, "two processes write to the stream", name_); }
  /// Index of the item that a repeated process takes.
  uint64_t retake() {
    if (taker_ != current_process()->repeated || retaken_ == head_)
      throw Differs{"takes more than " + std::to_string(retaken_) + " items of '" + name_ + "'"};
    return retaken_++;
  }
  /// Index of the item that a repeated process gives.
  uint64_t regive() {
    if (giver_ != current_process()->repeated || regiven_ == tail_)
      throw Differs{"gives more than " + std::to_string(regiven_) + " items to '" + name_ + "'"};
    return regiven_++;
  }
  [[noreturn]] void other_item(uint64_t i) const {
    throw Differs{"gives another item " + std::to_string(i) + " to '" + name_ + "'"};
  }
#endif

 private:
  std::string name_, unit_;
  Process* owner_;
  bool may_leave_ = false;
#ifdef LIGHTMAMBA_CSIM_ALONE
  const Process *taker_ = nullptr, *giver_ = nullptr;
  uint64_t retaken_ = 0, regiven_ = 0;

  static void at_end(const Process*& end, const char* two, const std::string& name) {
    const Process* p = current_process();
    if (!stages_alone || p == nullptr) return;
    if (end != nullptr && end != p) misuse(two, name.c_str());
    end = p;
  }
#endif
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
#ifdef LIGHTMAMBA_CSIM_ALONE
    if (lightmamba::csim::repeating()) return items_[retake()];
    taken();
#endif
    while (empty_now()) wait(reader_, "read of empty");
    const T value = ring_[head_++ & mask_];
    wake(writer_);
    return value;
  }
  void read(T& value) {
#ifdef LIGHTMAMBA_CSIM_ALONE
    if (lightmamba::csim::repeating()) {
      value = items_[retake()];
      return;
    }
    taken();
#endif
    while (empty_now()) wait(reader_, "read of empty");
    value = ring_[head_++ & mask_];
    wake(writer_);
  }
  void write(const T& value) {
#ifdef LIGHTMAMBA_CSIM_STALL
    lightmamba::csim::Pipeline* p = lightmamba::csim::current_pipeline();
    if (p != nullptr && !lightmamba::csim::repeating()) {
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
#ifdef LIGHTMAMBA_CSIM_ALONE
  std::deque<T> items_;  // all that were ever written
#endif

  void put(const T& value) {
#ifdef LIGHTMAMBA_CSIM_ALONE
    if (lightmamba::csim::repeating()) {
      const uint64_t i = regive();
      if (!lightmamba::csim::alike(value, items_[i])) other_item(i);
      return;
    }
    given();
    if (lightmamba::csim::stages_alone) items_.push_back(value);
#endif
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

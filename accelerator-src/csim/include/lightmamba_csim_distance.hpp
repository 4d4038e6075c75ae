#ifndef LIGHTMAMBA_CSIM_DISTANCE_HPP
#define LIGHTMAMBA_CSIM_DISTANCE_HPP
// What DEPENDENCE pragmas promise of a pipelined loop. Built with LIGHTMAMBA_CSIM_STALL, from a copy of the sources in
// which every loop with such pragmas has become
//   LABEL: if (lightmamba::csim::Distances d("LABEL", {{"sums", 4}}); true) for (...) { d.iterate(); ... }
// and its variables are read as taken("sums", sums[...]) and written as given("sums", sums[...]) = ...

#include <cstring>
#include <initializer_list>
#include <unordered_map>
#include <utility>

#include "lightmamba_csim_process.hpp"

namespace lightmamba {
namespace csim {

/// `dependent=false`: no iteration reads what one before has written.
constexpr uint64_t kNever = ~uint64_t(0);

/// One execution of a loop with DEPENDENCE pragmas. A read that comes too soon after the write ends the simulation.
class Distances {
 public:
  /// An element of `variable` is read so many iterations after its write at the earliest.
  struct Promise {
    const char* variable;
    uint64_t least;
  };
  Distances(const char* loop, std::initializer_list<Promise> promises) : loop_(loop), promises_(promises) {
    process_ = current_process();
    if (process_ == nullptr) return;
    outer_ = process_->distances;
    process_->distances = this;
  }
  ~Distances() {
    if (process_ != nullptr) process_->distances = outer_;
  }
  Distances(const Distances&) = delete;
  Distances& operator=(const Distances&) = delete;

  void iterate() { ++iteration_; }
  void write(const char* variable, const void* at) {
    if (promise(variable) != nullptr) written_[at] = iteration_;
  }
  void read(const char* variable, const void* at) const {
    const Promise* p = promise(variable);
    const auto last = p == nullptr ? written_.end() : written_.find(at);
    if (last == written_.end() || last->second == iteration_ || iteration_ - last->second >= p->least) return;
    std::fflush(stdout);
    std::fprintf(stderr, "HAZARD read of '%s' %llu iterations after its write%s, loop '%s' promises %s\n", variable,
                 static_cast<unsigned long long>(iteration_ - last->second), process_name().c_str(), loop_,
                 p->least == kNever ? "none" : std::to_string(p->least).c_str());
    std::fflush(stderr);
    std::_Exit(kExitHazard);
  }

 private:
  const char* loop_;
  std::vector<Promise> promises_;
  Process* process_ = nullptr;
  Distances* outer_ = nullptr;
  uint64_t iteration_ = 0;
  std::unordered_map<const void*, uint64_t> written_;  // the iteration of the last write

  const Promise* promise(const char* variable) const {
    for (const Promise& p : promises_)
      if (std::strcmp(p.variable, variable) == 0) return &p;
    return nullptr;
  }
};

/// Where an element is; a stand-in for one says so itself.
template <class T> auto place_of(const T& element, int) -> decltype(element.place()) { return element.place(); }
template <class T> const void* place_of(const T& element, long) { return &element; }

inline Distances* current_distances() {
  Process* p = current_process();
  return p == nullptr ? nullptr : p->distances;
}
/// An element that is read.
template <class T> T&& taken(const char* variable, T&& element) {
  if (Distances* d = current_distances()) d->read(variable, place_of(element, 0));
  return static_cast<T&&>(element);
}
/// An element that is written.
template <class T> T&& given(const char* variable, T&& element) {
  if (Distances* d = current_distances()) d->write(variable, place_of(element, 0));
  return static_cast<T&&>(element);
}

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_DISTANCE_HPP

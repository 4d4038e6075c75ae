#ifndef LIGHTMAMBA_CSIM_MEMORY_HPP
#define LIGHTMAMBA_CSIM_MEMORY_HPP
// Dataflow regions and on-chip memories in simulation; kernels use them by dataflow.hpp's macros.

#include <cstring>
#include <new>
#include <tuple>
#include <type_traits>
#include <utility>

#include "ap_int.h"
#include "hls_stream.h"
#include "lightmamba_csim_device.hpp"
#ifdef LIGHTMAMBA_CSIM_ALONE
#include "lightmamba_csim_alone.hpp"
#endif

namespace lightmamba {
namespace csim {

/// Native and ap integers, pointers and enums are copied when a process is started.
template <class T>
constexpr bool kCopied = std::is_scalar<T>::value || IsBase<T>::value;
template <class A> struct Bound {  // temporaries are moved in
  using type = std::decay_t<A>;
};
template <class T> struct Bound<T&> {
  using type = std::conditional_t<kCopied<std::remove_cv_t<T>>, const std::remove_cv_t<T>, T&>;
};

/// The processes started in one scope; the scope's end waits for all of them.
class Region {
 public:
  Region() : parent_(current_process()), exceptions_(std::uncaught_exceptions()) {
    if (parent_ == nullptr) misuse("a dataflow region runs only inside csim::Simulation::run()");
  }
  ~Region() {
    if (std::uncaught_exceptions() > exceptions_ && parent_->live_children != 0)
      misuse("a process throws while its children run:", parent_->name.c_str());
    while (parent_->live_children != 0) scheduler->block(nullptr, "waits for its processes");
#ifdef LIGHTMAMBA_CSIM_ALONE
    if (scheduler->failure == nullptr) repeat_processes(parent_);
#endif
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  template <class F, class... A> void spawn(const char* name, F call, A&&... args) {
    auto bound = std::make_shared<std::tuple<typename Bound<A>::type...>>(std::forward<A>(args)...);
    const int twin = names_[name]++;
    std::string full = parent_->parent == nullptr ? name : parent_->name + "/" + name;
    if (twin != 0) full += "#" + std::to_string(twin);
    scheduler->spawn(std::move(full), parent_->unit,
                     [call, bound] { std::apply(call, *bound); }, parent_);
  }

 private:
  Process* parent_;
  int exceptions_;
  std::map<std::string, int> names_;
};

/// An array on the heap that starts as garbage; a struct's members too, native ones included.
template <class Array> class Memory {
 public:
  using Element = std::remove_all_extents_t<Array>;
  Memory() : bytes_(new (std::align_val_t(alignof(Array))) unsigned char[sizeof(Array)]) {
    // A buffer of an earlier start may have been here.
    device_memory().forget(bytes_, sizeof(Array));
    for (size_t i = 0; i < sizeof(Array); i += 8) {
      const uint64_t g = LIGHTMAMBA_CSIM_GARBAGE ? next_garbage() : 0;
      const size_t left = sizeof(Array) - i;
      std::memcpy(bytes_ + i, &g, left < 8 ? left : 8);
    }
    Element* e = reinterpret_cast<Element*>(bytes_);
    for (size_t i = 0; i < sizeof(Array) / sizeof(Element); ++i) {
      if constexpr (std::is_same<Element, bool>::value) bytes_[i] &= 1;
      asm volatile("" ::: "memory");  // keeps the garbage under members without a constructor
      if constexpr (!std::is_trivially_default_constructible<Element>::value)
        new (e + i) Element;
    }
  }
  ~Memory() { ::operator delete[](bytes_, std::align_val_t(alignof(Array))); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  Array& get() { return *reinterpret_cast<Array*>(bytes_); }

 private:
  static_assert(std::is_trivially_destructible<Element>::value, "memories hold plain values");
  unsigned char* bytes_;
};

/// The running unit's memory of one declaration (`site`); made, with garbage, at its first use.
template <class Array> Array& persistent(const void* site, const char* name) {
  Process* p = current_process();
  if (p == nullptr) misuse("a persistent memory needs a simulated unit:", name);
#ifdef LIGHTMAMBA_CSIM_ALONE
  if (repeating()) return repeated_memory<Array>(site, name);
  const uint64_t garbage = garbage_state;  // the first start makes the memory, a repeated process does not
#endif
  Persistent& m = p->unit->memories[site];
  if (m.storage == nullptr) m.storage = std::make_shared<Memory<Array>>();
  if (m.user != nullptr && m.user != p) misuse("two processes of a unit share the memory", name);
  m.user = p;
  Array& array = static_cast<Memory<Array>*>(m.storage.get())->get();
#ifdef LIGHTMAMBA_CSIM_ALONE
  if (stages_alone) record_memory(site, array, std::make_shared<Memory<Array>>);
  garbage_state = garbage;
#endif
  return array;
}

template <class S, size_t N> bool name_streams(S (&streams)[N], const char* name) {
  for (size_t i = 0; i < N; ++i) streams[i].rename(name + ("[" + std::to_string(i)) + "]");
  return true;
}

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_MEMORY_HPP

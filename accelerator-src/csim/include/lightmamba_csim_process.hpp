#ifndef LIGHTMAMBA_CSIM_PROCESS_HPP
#define LIGHTMAMBA_CSIM_PROCESS_HPP
// Cooperative processes: one user-level thread per dataflow process, switched only where a stream
// blocks. All of them run in one OS thread, in an order that depends on the program alone.

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lightmamba_csim_base.hpp"
#include "lightmamba_csim_checked.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define LIGHTMAMBA_CSIM_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIGHTMAMBA_CSIM_ASAN 1
#endif
#endif
#ifdef LIGHTMAMBA_CSIM_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#if defined(__ELF__) && defined(__x86_64__) && !defined(LIGHTMAMBA_CSIM_UCONTEXT)
#define LIGHTMAMBA_CSIM_ASM 1
// Saves what the System V ABI makes the callee save, exchanges the stack pointer, restores. The
// floating-point control words are not exchanged: no kernel changes them.
extern "C" void lightmamba_csim_switch(void** save, void* to);
asm(".pushsection .text\n.weak lightmamba_csim_switch\n"
    ".type lightmamba_csim_switch,@function\nlightmamba_csim_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp,(%rdi)\nmovq %rsi,%rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\npopq %rcx\njmp *%rcx\n"
    ".size lightmamba_csim_switch,.-lightmamba_csim_switch\n.popsection\n");
#elif defined(__ELF__) && defined(__aarch64__) && !defined(LIGHTMAMBA_CSIM_UCONTEXT)
#define LIGHTMAMBA_CSIM_ASM 1
extern "C" void lightmamba_csim_switch(void** save, void* to);
asm(".pushsection .text\n.weak lightmamba_csim_switch\n"
    ".type lightmamba_csim_switch,%function\nlightmamba_csim_switch:\n"
    "sub sp,sp,#160\nstp x19,x20,[sp]\nstp x21,x22,[sp,#16]\nstp x23,x24,[sp,#32]\n"
    "stp x25,x26,[sp,#48]\nstp x27,x28,[sp,#64]\nstp x29,x30,[sp,#80]\n"
    "stp d8,d9,[sp,#96]\nstp d10,d11,[sp,#112]\nstp d12,d13,[sp,#128]\nstp d14,d15,[sp,#144]\n"
    "mov x9,sp\nstr x9,[x0]\nmov sp,x1\n"
    "ldp x19,x20,[sp]\nldp x21,x22,[sp,#16]\nldp x23,x24,[sp,#32]\nldp x25,x26,[sp,#48]\n"
    "ldp x27,x28,[sp,#64]\nldp x29,x30,[sp,#80]\nldp d8,d9,[sp,#96]\nldp d10,d11,[sp,#112]\n"
    "ldp d12,d13,[sp,#128]\nldp d14,d15,[sp,#144]\nadd sp,sp,#160\nret\n"
    ".size lightmamba_csim_switch,.-lightmamba_csim_switch\n.popsection\n");
#else
#include <ucontext.h>
#endif

namespace lightmamba {
namespace csim {

class StreamState;
class Pipeline;
class Distances;
struct StageRecord;

/// A memory that survives between starts of its compute unit.
struct Persistent {
  std::shared_ptr<void> storage;
  const void* user = nullptr;
};

/// One simulated kernel instance; owns the memories that keep their contents between starts.
struct Unit {
  std::string name;
  std::map<const void*, Persistent> memories;
};

struct Context {
#ifdef LIGHTMAMBA_CSIM_ASM
  void* sp = nullptr;
#else
  ucontext_t state;
#endif
  void* stack = nullptr;  // lowest usable byte
  size_t stack_size = 0;
  void* fake_stack = nullptr;
};

struct Process {
  std::string name;
  Unit* unit = nullptr;
  std::function<void()> body;
  Context context;
  void* mapping = nullptr;
  size_t mapping_size = 0;
  Process* next = nullptr;
  const StreamState* blocked_on = nullptr;
  const char* blocked_how = nullptr;  // null while runnable
  Pipeline* pipeline = nullptr;       // the stalling loop that it is in
  Distances* distances = nullptr;     // the loop with DEPENDENCE pragmas that it is in
  Process* parent = nullptr;
  size_t live_children = 0;
  bool done = false;
#ifdef LIGHTMAMBA_CSIM_ALONE
  std::shared_ptr<StageRecord> record;
  Process* repeated = nullptr;  // the process that this one repeats alone
  bool in_table = false;              // it has been repeated
  // Of its own, so that a repeated process finds the same garbage in variables that nothing has written.
  uint64_t first_garbage = 0, garbage = 0;
#endif
};

#ifdef LIGHTMAMBA_CSIM_LATE
/// Called when a process has ended.
inline void (*process_ended)(const Process*) = nullptr;
#endif

/// Runs processes until all have ended or none can go on.
class Scheduler {
 public:
  size_t stack_size = size_t(1) << 20;
  uint64_t switches = 0, switch_limit = ~uint64_t(0);
  uint64_t idle_polls = 0;  // polls that found nothing since a word last moved
  Process* current = nullptr;
  std::vector<std::unique_ptr<Process>> processes;
  std::exception_ptr failure;

  Process* spawn(std::string name, Unit* unit, std::function<void()> body, Process* parent) {
    auto p = std::make_unique<Process>();
    p->name = std::move(name);
    p->unit = unit;
    p->body = std::move(body);
    p->parent = parent;
    const size_t page = size_t(sysconf(_SC_PAGESIZE));
    const size_t size = (stack_size + page - 1) / page * page;
    p->mapping_size = size + page;
    p->mapping = mmap(nullptr, p->mapping_size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p->mapping == MAP_FAILED) misuse("no memory for the stack of process", p->name.c_str());
    mprotect(p->mapping, page, PROT_NONE);  // an overflow crashes instead of corrupting
    p->context.stack = static_cast<char*>(p->mapping) + page;
    p->context.stack_size = size;
    prepare(p->context);
#ifdef LIGHTMAMBA_CSIM_ALONE
    p->first_garbage = p->garbage = next_garbage();
#endif
    if (parent != nullptr) ++parent->live_children;
    Process* raw = p.get();
    processes.push_back(std::move(p));
    ready(raw);
    return raw;
  }

  void ready(Process* p) {
    p->blocked_how = nullptr;
    p->next = nullptr;
    (tail_ == nullptr ? head_ : tail_->next) = p;
    tail_ = p;
  }

  /// Suspends the running process until someone makes it ready.
  void block(const StreamState* stream, const char* how) {
    current->blocked_on = stream;
    current->blocked_how = how;
    leave();
  }

#ifdef LIGHTMAMBA_CSIM_LATE
  /// Goes on when nothing else can: the latest moment for what the others do not wait for.
  void wait_for_others(const char* how) {
    Process* self = current;
    late_.push_back(self);
    while (std::find(late_.begin(), late_.end(), self) != late_.end()) block(nullptr, how);
  }
#endif

  /// Lets the others run; for a process that polls. Ends a simulation in which all only poll.
  void poll_yield(const StreamState* stream) {
    if (current == nullptr) return;
    if (++idle_polls > 10000000u) {
      block(stream, "polls without end");
      return;
    }
    ready(current);
    leave();
  }

  /// Runs all ready processes; true if every process has ended.
  bool run() {
    while (head_ != nullptr && failure == nullptr) {
      enter(pop());
#ifdef LIGHTMAMBA_CSIM_LATE
      if (head_ == nullptr && !late_.empty()) {
        ready(late_.front());
        late_.erase(late_.begin());
      }
#endif
    }
    for (const auto& p : processes) if (!p->done) return false;
    return true;
  }

  void clear() {
    for (const auto& p : processes) release(*p);
    processes.clear();
    head_ = tail_ = current = nullptr;
  }
  bool over_limit() const { return switches > switch_limit; }
  ~Scheduler() { clear(); }

 private:
  Process *head_ = nullptr, *tail_ = nullptr;
#ifdef LIGHTMAMBA_CSIM_LATE
  std::vector<Process*> late_;
#endif
  Context root_;
#ifdef LIGHTMAMBA_CSIM_ALONE
  uint64_t root_garbage_ = 0;
#endif

  Process* pop() {
    Process* p = head_;
    head_ = p->next;
    if (head_ == nullptr) tail_ = nullptr;
    return p;
  }

  static void release(Process& p) {
    if (p.mapping == nullptr) return;
#ifdef LIGHTMAMBA_CSIM_ASAN
    __asan_unpoison_memory_region(p.context.stack, p.context.stack_size);
#endif
    munmap(p.mapping, p.mapping_size);
    p.mapping = nullptr;
  }

  void leave() {
    Process* from = current;
    Process* to = head_ == nullptr || over_limit() || failure != nullptr ? nullptr : pop();
    if (to == from) return;
    current = to;
    ++switches;
#ifdef LIGHTMAMBA_CSIM_ALONE
    from->garbage = garbage_state;
    garbage_state = to == nullptr ? root_garbage_ : to->garbage;
#endif
    exchange(from->context, to == nullptr ? root_ : to->context, from->done);
  }

  void enter(Process* p) {
    if (over_limit()) {
      head_ = tail_ = nullptr;
      return;
    }
    current = p;
    ++switches;
#ifdef LIGHTMAMBA_CSIM_ALONE
    root_garbage_ = garbage_state;
    garbage_state = p->garbage;
#endif
    exchange(root_, p->context, false);
  }

  static void exchange(Context& from, Context& to, bool ended) {
    (void)ended;
#ifdef LIGHTMAMBA_CSIM_ASAN
    __sanitizer_start_switch_fiber(ended ? nullptr : &from.fake_stack, to.stack, to.stack_size);
#endif
#ifdef LIGHTMAMBA_CSIM_ASM
    lightmamba_csim_switch(&from.sp, to.sp);
#else
    swapcontext(&from.state, &to.state);
#endif
#ifdef LIGHTMAMBA_CSIM_ASAN
    __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
  }

  static void prepare(Context& c) {
#if defined(LIGHTMAMBA_CSIM_ASM)
    char* top = static_cast<char*>(c.stack) + c.stack_size;
    void** slots = reinterpret_cast<void**>(top) - 32;
    for (int i = 0; i < 32; ++i) slots[i] = nullptr;
#if defined(__x86_64__)
    slots[6] = reinterpret_cast<void*>(&Scheduler::entry);  // above six saved registers
    // At entry rsp is 8 beyond a multiple of 16, as after a call.
    c.sp = slots;
    if ((reinterpret_cast<uintptr_t>(slots + 7) & 15) != 8) {
      slots[5] = slots[6];
      slots[6] = nullptr;
      c.sp = slots - 1;
      slots[-1] = nullptr;
    }
#else
    slots[11] = reinterpret_cast<void*>(&Scheduler::entry);  // x30
    c.sp = slots;
#endif
#else
    getcontext(&c.state);
    c.state.uc_stack.ss_sp = c.stack;
    c.state.uc_stack.ss_size = c.stack_size;
    c.state.uc_link = nullptr;
    makecontext(&c.state, &Scheduler::entry, 0);
#endif
  }

  static void entry();
};

/// The scheduler of the running simulation; null outside of one.
inline Scheduler* scheduler = nullptr;

inline void Scheduler::entry() {
  Scheduler& s = *scheduler;
  Process* self = s.current;
#ifdef LIGHTMAMBA_CSIM_ASAN
  const void* bottom = nullptr;
  size_t size = 0;
  __sanitizer_finish_switch_fiber(nullptr, &bottom, &size);
  if (s.root_.stack == nullptr) {
    s.root_.stack = const_cast<void*>(bottom);
    s.root_.stack_size = size;
  }
#endif
  try {
    self->body();
  } catch (...) {
    if (s.failure == nullptr) s.failure = std::current_exception();
  }
#ifdef LIGHTMAMBA_CSIM_LATE
  if (process_ended != nullptr) process_ended(self);
#endif
  self->done = true;
  Process* parent = self->parent;
  if (parent != nullptr && --parent->live_children == 0 && parent->blocked_how != nullptr &&
      parent->blocked_on == nullptr)
    s.ready(parent);
  s.leave();
  std::abort();  // an ended process is never resumed
}

inline Process* current_process() { return scheduler == nullptr ? nullptr : scheduler->current; }

inline std::string process_name() {
  const Process* p = current_process();
  return p == nullptr ? "" : ", process '" + p->name + "' of unit '" + p->unit->name + "'";
}
#ifdef LIGHTMAMBA_CSIM_CHECKED
inline const bool process_named = (running_process = process_name, true);
#endif

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_PROCESS_HPP

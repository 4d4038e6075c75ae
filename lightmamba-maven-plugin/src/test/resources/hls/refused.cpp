// A stage for each thing that a front end for LLVM's intermediate code refuses. A comment names stage and rule.

#include <cstdarg>
#include <new>

#include "ap_int.h"
#include "hls_stream.h"

typedef hls::stream<int> S;
#define STAGE(name, ...) \
  static void name(S& in, S& out) { __VA_ARGS__ } \
  extern auto* const stage_##name = &name;
#define APART __attribute__((noinline)) static

// fine: nothing
APART int once(int n) {
  static int kept[16];
  kept[n & 15] += n;
  return kept[(n >> 4) & 15];
}
STAGE(fine, out.write(once(in.read()));)

// outside: call of something without a body
int elsewhere(int n);
STAGE(outside, out.write(elsewhere(in.read()));)

// heap: call of something without a body
STAGE(heap, int n = in.read(); int* a = new int[n]; for (int i = 0; i < n; ++i) a[i] = in.read();
      for (int i = n; i-- > 0;) out.write(a[i]); delete[] a;)

// itself: recursion
APART int tree(int n) { return n < 2 ? n : tree(n - 1) + tree(n - 2); }
STAGE(itself, out.write(tree(in.read()));)

// each_other: recursion
APART int even(int n, S& in);
APART int odd(int n, S& in) { return n == 0 ? 0 : even(n - 1, in) + in.read(); }
APART int even(int n, S& in) { return n == 0 ? 1 : odd(n - 1, in) * in.read(); }
STAGE(each_other, out.write(even(in.read(), in));)

// table: computed call
APART int twice(int n) { return n * 2; }
APART int thrice(int n) { return n * 3; }
static int (*const kTable[])(int) = {twice, thrice, tree, twice};
STAGE(table, out.write(kTable[in.read() & 3](7));)

// handler: exception
STAGE(handler, try { out.write(in.read()); } catch (...) { out.write(0); })

// stack: stack of a size that is not constant
STAGE(stack, int n = in.read(); int a[n]; for (int i = 0; i < n; ++i) a[i] = in.read();
      for (int i = n; i-- > 0;) out.write(a[i]);)

// arguments: variable arguments
APART int sum(int n, ...) {
  va_list rest;
  va_start(rest, n);
  int total = 0;
  for (int i = 0; i < n; ++i) total += va_arg(rest, int);
  va_end(rest);
  return total;
}
STAGE(arguments, out.write(sum(2, in.read(), 1));)

// foreign: variable or constant of another module
extern int foreign_value;
STAGE(foreign, out.write(in.read() + foreign_value);)

// shared_first: variable of several stages
// shared_second: variable of several stages
static int shared_value;
STAGE(shared_first, out.write(shared_value += in.read());)
STAGE(shared_second, out.write(shared_value -= in.read());)

// threads: variable of a thread
static thread_local int thread_value;
STAGE(threads, out.write(thread_value += in.read());)

// made: variable that code initialises
static int made_value = elsewhere(3);
STAGE(made, out.write(made_value += in.read());)

// assembled: assembly
STAGE(assembled, int n = in.read(); asm volatile("nop" : "+r"(n)); out.write(n);)

// ordered: atomic access
static int ordered_value;
STAGE(ordered, out.write(__atomic_fetch_add(&ordered_value, in.read(), __ATOMIC_SEQ_CST));)

// jumps: computed jump
STAGE(jumps, void* const targets[] = {&&a, &&b}; int n = in.read(); goto* targets[n & 1]; a: out.write(1); return;
      b: out.write(in.read());)

// chosen: stream that a value chooses
STAGE(chosen, (in.read() != 0 ? in : out).write(1);)

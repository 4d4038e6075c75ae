#ifndef LIGHTMAMBA_CSIM_BASE_HPP
#define LIGHTMAMBA_CSIM_BASE_HPP
// What the stand-in headers share: seeded garbage and failing loudly.

#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// 1: a variable that the kernel does not initialise holds seeded garbage; 0: it holds zero.
#ifndef LIGHTMAMBA_CSIM_GARBAGE
#define LIGHTMAMBA_CSIM_GARBAGE 1
#endif

namespace lightmamba {
namespace csim {

/// State of the garbage generator; one simulation runs in one OS thread, so this needs no lock.
inline uint64_t garbage_state = 0x9e3779b97f4a7c15u;

/// The next 64 bits of seeded garbage (a linear congruence, its upper half mixed down).
inline uint64_t next_garbage() {
  garbage_state = garbage_state * 6364136223846793005u + 1442695040888963407u;
  return garbage_state ^ (garbage_state >> 29);
}

/// Exit codes of a simulation; 0 is success.
constexpr int kExitDeadlock = 3;
constexpr int kExitLeftover = 4;
constexpr int kExitMisuse = 5;
constexpr int kExitLimit = 6;
constexpr int kExitLoss = 7;
constexpr int kExitHazard = 8;
constexpr int kExitAlone = 10;  // 9 is the test bench's

/// Ends the program: the simulated source does what hardware cannot do or what AMD leaves open.
[[noreturn]] inline void misuse(const char* what, const char* detail = "") {
#ifdef __SYNTHESIS__
  (void)what, (void)detail;
  __builtin_unreachable();  // hardware has no such check
#else
  std::fflush(stdout);
  std::fprintf(stderr, "MISUSE %s %s\n", what, detail);
  std::fflush(stderr);
  std::_Exit(kExitMisuse);
#endif
}

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_BASE_HPP

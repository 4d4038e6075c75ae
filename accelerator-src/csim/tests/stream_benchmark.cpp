// Prints nanoseconds per word of a chain of three processes over 512-bit streams of depth 2.
// With OS_THREADS it times the hand-over between two OS threads instead.

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

#include "lightmamba/dataflow.hpp"
#include "lightmamba_csim.hpp"

typedef ap_uint<512> word_t;

static void source(hls::stream<word_t>& out, int n) {
  word_t w = 0;
  for (int i = 0; i < n; ++i) {
    w.range(31, 0) = i;
    out.write(w);
  }
}
static void middle(hls::stream<word_t>& in, hls::stream<word_t>& out, int n) {
  for (int i = 0; i < n; ++i) {
    word_t w = in.read();
    w.range(511, 480) = w.range(31, 0);
    out.write(w);
  }
}
static void sink(hls::stream<word_t>& in, int n, uint64_t* sum) {
  for (int i = 0; i < n; ++i) *sum += in.read().range(511, 480);
}
static void chain(int n, uint64_t* sum) {
  LIGHTMAMBA_STREAM(word_t, a, 2);
  LIGHTMAMBA_STREAM(word_t, b, 2);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(source, a, n);
  LIGHTMAMBA_PROCESS(middle, a, b, n);
  LIGHTMAMBA_PROCESS(sink, b, n, sum);
}
static void ping(hls::stream<int>& out, hls::stream<int>& in, int n) {
  for (int i = 0; i < n; ++i) {
    out.write(i);
    in.read();
  }
}
static void pong(hls::stream<int>& in, hls::stream<int>& out, int n) {
  for (int i = 0; i < n; ++i) out.write(in.read());
}
static void rally(int n) {
  LIGHTMAMBA_STREAM(int, there, 1);
  LIGHTMAMBA_STREAM(int, back, 1);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(ping, there, back, n);
  LIGHTMAMBA_PROCESS(pong, there, back, n);
}
template <class F> static double nanoseconds(F f) {
  const auto t = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - t).count();
}

static void os_threads(int n) {
  std::mutex m;
  std::condition_variable changed;
  int turn = 0;
  const auto side = [&](int me) {
    for (int i = 0; i < n; ++i) {
      std::unique_lock<std::mutex> lock(m);
      changed.wait(lock, [&] { return turn == me; });
      turn = 1 - me;
      changed.notify_all();
    }
  };
  std::thread other(side, 1);
  side(0);
  other.join();
}

int main() {
  const int n = 2000000;
  csim::Simulation sim;
  uint64_t sum = 0;
  sim.start("unit_0", [&] { chain(n, &sum); });
  const double ns = nanoseconds([&] { sim.run(); });
  std::printf("chain: %.1f ns a word of the source (2 FIFOs), %.2f switches a word, sum %llu\n",
              ns / n, double(sim.switches()) / n, static_cast<unsigned long long>(sum));
  const uint64_t before = sim.switches();
  sim.start("unit_0", [&] { rally(n); });
  const double rally_ns = nanoseconds([&] { sim.run(); });
  std::printf("rally: %.1f ns a switch, with one read and one write\n",
              rally_ns / double(sim.switches() - before));
  const int k = 50000;
  std::printf("OS threads: %.1f ns a switch\n", nanoseconds([&] { os_threads(k); }) / (2.0 * k));
  return 0;
}

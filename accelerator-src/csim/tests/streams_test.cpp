// Networks of processes; argv[1] names the case, argv[2] a number. Prints what the caller checks.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "lightmamba/dataflow.hpp"
#include "lightmamba_csim.hpp"

typedef ap_uint<512> word_t;

// Writes 16 words to `first` before any to `second`, which is read in pairs. The reader takes one
// word of `first` before it waits for `second`, so that `first` needs a depth of 15.
static void producer(hls::stream<word_t>& first, hls::stream<word_t>& second, int n) {
  for (int t = 0; t < n; ++t) {
    for (int i = 0; i < 16; ++i) first.write(t + i);
    for (int i = 0; i < 16; ++i) second.write(2 * i + t);
  }
}
static void consumer(hls::stream<word_t>& first, hls::stream<word_t>& second, int n, uint64_t* sum) {
  for (int i = 0; i < 16 * n; ++i) {
    const word_t a = first.read();
    *sum = *sum * 31 + uint64_t((a + second.read()).to_int());
  }
}
template <int DEPTH> static void pairs(int n, uint64_t* sum) {
  LIGHTMAMBA_STREAM(word_t, first, DEPTH);
  LIGHTMAMBA_STREAM(word_t, second, 2);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(producer, first, second, n);
  LIGHTMAMBA_PROCESS(consumer, first, second, n, sum);
}

static void emit(hls::stream<int>& s, int n) { for (int i = 0; i < n; ++i) s.write(i); }
static void take(hls::stream<int>& s, int n) { for (int i = 0; i < n; ++i) s.read(); }
static void leave(int extra) {
  LIGHTMAMBA_STREAM(int, rest, 4);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(emit, rest, 8 + extra);
  LIGHTMAMBA_PROCESS(take, rest, 8);
}

template <int K> static void remember(int add, bool reset) {
  LIGHTMAMBA_PERSISTENT_MEMORY(ap_int<24>, total, [2][K]);
  if (reset) total[1][0] = 0;
  total[1][0] += add;
  std::printf("%s %d %d\n", csim::current_process()->unit->name.c_str(), K, total[1][0].to_int());
}

struct Mixed {
  int a;
  ap_int<5> b;
};
static void garbage(uint64_t* hash) {
  LIGHTMAMBA_MEMORY(Mixed, m, [7]);
  LIGHTMAMBA_MEMORY(ap_uint<512>, big, [100000]);  // far larger than the stack
  for (int i = 0; i < 7; ++i) *hash = *hash * 31 + uint64_t(m[i].a) * 33 + uint64_t(m[i].b.to_int());
  *hash = *hash * 31 + big[99999].range(511, 448);
}

template <class T, int N> static void relay(hls::stream<T>& in, hls::stream<T>& out, int n) {
  for (int i = 0; i < n; ++i) out.write(in.read() + N);
}
static void inner(hls::stream<int>& in, hls::stream<int>& out, int n) {
  LIGHTMAMBA_STREAM_ARRAY(int, middle, 2, 2);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(LIGHTMAMBA_INSTANCE(relay, int, 1), in, middle[0], n);
  LIGHTMAMBA_PROCESS(LIGHTMAMBA_INSTANCE(relay, int, 10), middle[0], middle[1], n);
  LIGHTMAMBA_PROCESS(LIGHTMAMBA_INSTANCE(relay, int, 100), middle[1], out, n);
}
static void add_up(hls::stream<int>& in, int n, int* sum) {
  for (int i = 0; i < n; ++i) *sum += in.read();
}
static void nested(int n, int* sum) {
  LIGHTMAMBA_STREAM(int, in, 2);
  LIGHTMAMBA_STREAM(int, out, 2);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(emit, in, n);
  LIGHTMAMBA_PROCESS(inner, in, out, n);
  LIGHTMAMBA_PROCESS(add_up, out, n, sum);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const char* name = argv[1];
  const int number = std::atoi(argv[2]);
  csim::Simulation sim(std::strcmp(name, "garbage") == 0 ? uint64_t(number) : 1);
  if (std::strcmp(name, "pairs") == 0) {
    uint64_t sum = 0;
    sim.start("unit_0", [&] {
      if (number == 14) pairs<14>(50, &sum);
      if (number == 15) pairs<15>(50, &sum);
      if (number == 64) pairs<64>(50, &sum);
    });
    sim.run();
    std::printf("%lld\n", static_cast<long long>(sum));
  } else if (std::strcmp(name, "leave") == 0) {
    sim.start("unit_0", [&] { leave(number); });
    sim.run();
  } else if (std::strcmp(name, "remember") == 0) {
    for (int run = 0; run < 2; ++run) {
      for (int u = 0; u < 2; ++u)
        sim.start("unit_" + std::to_string(u), [=] {
          remember<3>(number + u, run == 0);
          remember<4>(2 * number + u, run == 0);
        });
      sim.run();
    }
  } else if (std::strcmp(name, "garbage") == 0) {
    uint64_t hash = 0;
    sim.start("unit_0", [&] { garbage(&hash); });
    sim.run();
    std::printf("%llu\n", static_cast<unsigned long long>(hash));
  } else if (std::strcmp(name, "nested") == 0) {
    int sum = 0;
    sim.start("unit_0", [&] { nested(number, &sum); });
    sim.run();
    std::printf("%d\n%s", sum, sim.statistics_json().c_str());
  } else {
    return 2;
  }
  return 0;
}

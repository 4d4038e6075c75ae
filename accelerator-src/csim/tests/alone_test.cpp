// Three stages, two starts, and every stage once more, alone. argv[1] names what a stage does otherwise then.

#include <cstdio>
#include <cstring>

#include "hls_burst_maxi.h"
#include "lightmamba/dataflow.hpp"
#include "lightmamba_csim.hpp"

constexpr int kItems = 12;

typedef ap_uint<32> Item;
struct Sum {
  Item total;
  bool last;       // padding behind it
  ap_uint<7> free;  // never set
};

static const char* fault = "";
static int calls = 0;

static bool is(const char* name) { return std::strcmp(fault, name) == 0; }
static bool now(const char* name) { return lightmamba::csim::repeating() && is(name); }

static void load(hls::burst_maxi<Item> memory, hls::stream<Item>& items) {
  memory.read_request(now("address") ? 1 : 0, kItems);
LOAD_ITEM:
  for (int i = 0; i < (now("unfinished") ? kItems - 1 : kItems); ++i) items.write(memory.read());
}

static void add(hls::stream<Item>& items, hls::stream<Sum>& sums, bool reset) {
  LIGHTMAMBA_PERSISTENT_MEMORY(Item, totals, [2]);
  if (reset) totals[0] = 0;
ADD_ITEM:
  for (int i = 0; i < kItems; ++i) {
    if (is("polls")) while (items.empty()) {}
    totals[0] += items.read();
    Sum sum;
    sum.total = totals[0] + (now("item") && i == 3 ? 1 : 0) + (is("hidden") ? ++calls : 0);
    sum.last = i == kItems - 1;
    if (!(now("fewer") && sum.last)) sums.write(sum);
    if (now("more") && sum.last) sums.write(sum);
  }
  if (now("greedy")) items.read();
  totals[1] = now("memory") ? 1 : 0;
}

static void store(hls::stream<Sum>& sums, lightmamba::csim::Port<Item> memory) {
STORE_SUM:
  for (int i = 0; i < kItems; ++i) {
    if (now("unread") && i == kItems - 1) break;
    memory[kItems + i] = sums.read().total + (now("word") && i == 5 ? 1 : 0);
  }
}

static void top(Item* memory, bool reset) {
  hls::burst_maxi<Item> port(memory);
  LIGHTMAMBA_STREAM(Item, items, 2);
  LIGHTMAMBA_STREAM(Sum, sums, 2);
  LIGHTMAMBA_DATAFLOW_REGION;
  LIGHTMAMBA_PROCESS(load, port, items);
  LIGHTMAMBA_PROCESS(add, items, sums, reset);
  LIGHTMAMBA_PROCESS(store, sums, lightmamba::csim::Port<Item>(memory));
}

int main(int, char** argv) {
  fault = argv[1];
  lightmamba::csim::stages_alone = true;
  lightmamba::csim::Simulation simulation(7);
  Item memory[2 * kItems];
  lightmamba::csim::device_memory().name("memory", memory, 2 * kItems);
  for (int i = 0; i < kItems; ++i) memory[i] = 3 * i + 1;
  int code = 0;
  for (int start = 0; start < 2 && code == 0; ++start) {
    simulation.start("unit", [&] { top(memory, start == 0); });
    code = simulation.try_run();
  }
  std::printf("sum %u\n", memory[2 * kItems - 1].to_uint());
  return code;
}

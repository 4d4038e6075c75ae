// One conversion a case; argv[1] names it. Prints "kept" where the checked simulation has nothing to say.

#include <cstdio>
#include <string>

#include "lightmamba/dataflow.hpp"
#include "lightmamba_csim.hpp"

static void convert(const std::string& name) {
  const int big = 300, minus = -1;
  const ap_int<24> wide = -70000;
  ap_uint<8> byte = 200;
  ap_int<8> number = 100;
  ap_uint<512> word = 0;
  if (name == "native") byte = big;
  if (name == "sign") byte = minus;
  if (name == "narrow") number = ap_int<8>(wide);
  if (name == "reinterpret") number = byte;
  if (name == "sum") number += number;
  if (name == "shift") byte = byte << 1;
  if (name == "range") word.range(3, 0) = byte;
  if (name == "to_int") byte = ap_uint<8>((word - ap_uint<40>(1)).to_uint());
  if (name == "wide") number = ap_int<8>(ap_uint<512>(byte) << 100);
  // Nothing is lost here, or it is meant.
  if (name == "fits") {
    byte = 255;
    number = -128;
    word = byte;
    number = ap_int<8>(ap_int<24>(-128));
    number = byte.range(7, 0);                 // bits
    byte = wide.range(7, 0);                   // some of the bits
    byte = wide & 0xff;                        // masked
    word.range(15, 8) = number;                // a two's complement number of 8 bits
    word.range(511, 448) = ap_int<64>(-1);
    number = ap_int<8>(byte >> 1);
    byte = ~ap_uint<8>(0);
  }
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  csim::Simulation simulation;
  simulation.start("unit_0", [&] { convert(argv[1]); });
  simulation.run();
  std::printf("kept\n");
  return 0;
}

// Exactness of the packed multipliers: argv[1] is "products" (every combination of operands of one multiplier),
// "switched" (the same of a pair of fields of the switched array), "sums" (whole subgroups: patterns of extreme operands
// and random ones) or "costs" (the tables of docs/accelerator.md).
// The oracle is the sum of products of native integers. A difference is printed and ends the run with exit code 1.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <type_traits>

#include "lightmamba/dot_product.hpp"
#include "lightmamba/switched_dot_product.hpp"

using namespace lightmamba;

/// Whether some lanes of a kind are made in LUTs; its function has a name of its own then.
template <class D, class = void> struct IsSplit : std::false_type {};
template <class D> struct IsSplit<D, std::void_t<decltype(&D::split_sum)>> : std::true_type {};
template <class D, class = void> struct IsSplitSwitched : std::false_type {};
template <class D> struct IsSplitSwitched<D, std::void_t<decltype(&D::lane_sum)>> : std::true_type {};

static long long checked = 0;

static void check(int expected, int actual, const char* what) {
  ++checked;
  if (expected != actual) {
    std::printf("%s: expected %d, actual %d\n", what, expected, actual);
    std::exit(1);
  }
}

/// Calls body(v) for every v of `count` symmetric operands of `limits`.
template <class Body>
static void every(const int* limits, int count, int* values, const Body& body, int at = 0) {
  if (at == count) {
    body();
    return;
  }
  for (values[at] = -limits[at]; values[at] <= limits[at]; ++values[at]) every(limits, count, values, body, at + 1);
}

template <int WB, int AB, int R, int T>
static void outer_products(const char* name) {
  typedef OuterProduct<WB, AB, R, T> P;
  int limits[R + T];
  int v[R + T];
  for (int i = 0; i < R + T; ++i) limits[i] = largest_of(i < R ? WB : AB);
  const long long before = checked;
  every(limits, R + T, v, [&] {
    ap_int<WB> w[R];
    ap_int<AB> a[T];
    for (int r = 0; r < R; ++r) w[r] = v[r];
    for (int t = 0; t < T; ++t) a[t] = v[R + t];
    const Cascade acc = P::add(Cascade(0), P::pack_weights(w), P::pack_activations(a));
    for (int r = 0; r < R; ++r)
      for (int t = 0; t < T; ++t) check(v[r] * v[R + t], P::unpack(acc, r, t).to_int(), name);
  });
  std::printf("%s %lld field %d terms %d\n", name, (checked - before) / (R * T), P::kField, P::kMaxTerms);
}

template <int WB, int AB>
static void column_pairs(const char* name) {
  typedef ColumnPair<WB, AB> P;
  const int limits[4] = {largest_of(WB), largest_of(WB), largest_of(AB), largest_of(AB)};
  int v[4];
  const long long before = checked;
  every(limits, 4, v, [&] {
    const Cascade acc = P::add(Cascade(0), P::pack_weights(ap_int<WB>(v[0]), ap_int<WB>(v[1])),
                               P::pack_activations(ap_int<AB>(v[2]), ap_int<AB>(v[3])));
    check(v[0] * v[2] + v[1] * v[3], P::unpack(acc).to_int(), name);
  });
  std::printf("%s %lld field %d terms %d\n", name, checked - before, P::kField, P::kMaxTerms);
}

static void column_quads(const char* name) {
  const int limits[6] = {7, 7, 7, 7, 7, 7};
  int v[6];
  const long long before = checked;
  every(limits, 6, v, [&] {
    const ap_int<4> w[2] = {v[0], v[1]};
    const ap_int<4> a[2] = {v[2], v[3]};
    const ap_int<4> b[2] = {v[4], v[5]};
    ColumnQuad::Sum first = 0;
    ColumnQuad::Sum second = 0;
    ColumnQuad::products(w, a, b, first, second);
    check(v[0] * v[2] + v[1] * v[3], first.to_int(), name);
    check(v[0] * v[4] + v[1] * v[5], second.to_int(), name);
  });
  std::printf("%s %lld field %d terms %d\n", name, (checked - before) / 2, ColumnQuad::kSumBits, 1);
}

template <int WB, int AB>
static void fabric_products(const char* name) {
  const int limits[2] = {largest_of(WB), largest_of(AB)};
  int v[2];
  const long long before = checked;
  every(limits, 2, v, [&] {
    check(v[0] * v[1], fabric_product<WB, AB>(ap_int<WB>(v[0]), ap_int<AB>(v[1])), name);
  });
  std::printf("%s %lld field 0 terms 1\n", name, checked - before);
}

static void dot_mode_products(const char* name) {
  const int limits[2] = {127, 127};
  int v[2];
  const long long before = checked;
  every(limits, 2, v, [&] {
    for (int place = 0; place < kDotModeTerms; ++place) {
      // The other two places have the extreme products.
      for (int other : {-127 * 127, 127 * 127}) {
        ap_int<kDotModeWideBits> a[kDotModeTerms] = {127, 127, 127};
        ap_int<kDotModeNarrowBits> w[kDotModeTerms] = {other / 127, other / 127, other / 127};
        a[place] = v[0];
        w[place] = v[1];
        check(v[0] * v[1] + 2 * other, int(dot_mode_add(Cascade(0), a, w).to_int64()), name);
      }
    }
  });
  std::printf("%s %lld field 0 terms 3\n", name, (checked - before) / 6);
}

/// A pair of fields of the switched array as the kernels call it: one DSP, or none with DspLanes = 0. Narrow: two weights
/// of 4 bits and two activations of 8; wide: one of 8 bits each, and the activation of the second field is 0.
template <Multiplier Kind, int DspLanes>
static void switched_pairs(const char* name) {
  typedef SplitSwitchedDotProduct<Kind, 2, 1, DspLanes> D;
  static_assert(D::kDsps == DspLanes, "a pair of fields takes one DSP");
  long long before = checked;
  int v[4];
  const int narrow[4] = {7, 7, 127, 127};
  every(narrow, 4, v, [&] {
    const ap_uint<4> fields[2] = {ap_uint<4>(v[0] & 15), ap_uint<4>(v[1] & 15)};
    const ap_int<8> activations[1][2] = {{ap_int<8>(v[2]), ap_int<8>(v[3])}};
    check(v[0] * v[2] + v[1] * v[3], D::lane_sum(0, fields, false, activations).to_int(), name);
  });
  std::printf("%s narrow %lld fields\n", name, checked - before);
  before = checked;
  const int wide[2] = {127, 127};
  every(wide, 2, v, [&] {
    const ap_uint<4> fields[2] = {ap_uint<4>(v[0] & 15), ap_uint<4>((v[0] >> 4) & 15)};
    const ap_int<8> activations[1][2] = {{ap_int<8>(v[1]), ap_int<8>(0)}};
    check(v[0] * v[1], D::lane_sum(0, fields, true, activations).to_int(), name);
  });
  std::printf("%s wide %lld fields\n", name, checked - before);
}

static std::mt19937 generator(20261123);

/// An operand of pattern p: 0 to 3 extreme ones of fixed, alternating or random sign, else a random one.
static int operand(int bits, int pattern, int index) {
  const int limit = largest_of(bits);
  switch (pattern) {
    case 0: return limit;
    case 1: return -limit;
    case 2: return index % 2 == 0 ? limit : -limit;
    case 3: return (generator() & 1) != 0 ? limit : -limit;
    case 4: return static_cast<int>(generator() % 3) - 1;
    default: return static_cast<int>(generator() % (2 * static_cast<unsigned>(limit) + 1)) - limit;
  }
}
static const int kPatterns = 6;
static const int kRepeats = 20;

template <class D, int WB, int AB, int Length, int R, int T>
static void dot_products_of(int kind) {
  char name[80];
  std::snprintf(name, sizeof name, "kind %d w%da%d length %d rows %d lanes %d", kind, WB, AB, Length, R, T);
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    for (int pattern = 0; pattern < kPatterns * kPatterns; ++pattern) {
      ap_int<WB> w[R][Length];
      ap_int<AB> a[T][Length];
      for (int r = 0; r < R; ++r)
        for (int e = 0; e < Length; ++e) w[r][e] = operand(WB, (pattern + r) % kPatterns, e);
      for (int t = 0; t < T; ++t)
        for (int e = 0; e < Length; ++e) a[t][e] = operand(AB, (pattern / kPatterns + t) % kPatterns, e);
      typename D::Sum sums[R][T];
      if constexpr (IsSplit<D>::value) D::split_sum(w, a, sums);
      else D::sum(w, a, sums);
      for (int r = 0; r < R; ++r) {
        for (int t = 0; t < T; ++t) {
          int expected = 0;
          for (int e = 0; e < Length; ++e) expected += w[r][e].to_int() * a[t][e].to_int();
          check(expected, sums[r][t].to_int(), name);
        }
      }
    }
  }
}

template <Multiplier Kind, int WB, int AB, int Length, int R, int T>
static void dot_products() {
  dot_products_of<DotProduct<Kind, WB, AB, Length, R, T>, WB, AB, Length, R, T>(int(Kind));
}

template <Multiplier Kind, int WB, int AB, int DspLanes>
static void split() {
  dot_products_of<SplitDotProduct<Kind, WB, AB, 16, 1, 8, DspLanes>, WB, AB, 16, 1, 8>(int(Kind));
}

template <class D, int Length, int T>
static void switched_of(int kind) {
  char name[80];
  std::snprintf(name, sizeof name, "switched kind %d length %d lanes %d", kind, Length, T);
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    for (int pattern = 0; pattern < kPatterns * kPatterns; ++pattern) {
      for (int mode = 0; mode < 3; ++mode) {
        const bool wide = mode == 2;
        const int elements = wide ? Length / 2 : Length;
        int w[Length];
        int a[T][Length];
        ap_uint<4> fields[Length];
        ap_int<8> activations[T][Length];
        for (auto& lane : activations)
          for (auto& value : lane) value = 0;
        for (int e = 0; e < elements; ++e) {
          w[e] = operand(wide ? 8 : 4, pattern % kPatterns, e);
          if (wide) {
            fields[2 * e] = w[e] & 15;
            fields[2 * e + 1] = (w[e] >> 4) & 15;
          } else {
            fields[e] = w[e] & 15;
          }
          for (int t = 0; t < T; ++t) {
            a[t][e] = operand(mode == 0 ? 4 : 8, (pattern / kPatterns + t) % kPatterns, e);
            activations[t][wide ? 2 * e : e] = a[t][e];
          }
        }
        typename D::Sum sums[T];
        if constexpr (IsSplitSwitched<D>::value) {
          for (int t = 0; t < T; ++t) {
            ap_int<8> own[1][Length];
            for (int e = 0; e < Length; ++e) own[0][e] = activations[t][e];
            sums[t] = D::lane_sum(t, fields, wide, own);
          }
        } else {
          D::lane_sums(fields, wide, activations, sums);
        }
        for (int t = 0; t < T; ++t) {
          int expected = 0;
          for (int e = 0; e < elements; ++e) expected += w[e] * a[t][e];
          check(expected, sums[t].to_int(), name);
        }
      }
    }
  }
}

template <Multiplier Kind, int Length, int T>
static void switched() {
  switched_of<SwitchedDotProduct<Kind, Length, T>, Length, T>(int(Kind));
}

template <Multiplier Kind, int WB, int AB, int Length>
static void all_shapes() {
  dot_products<Kind, WB, AB, Length, 1, 1>();
  dot_products<Kind, WB, AB, Length, 1, 4>();
  dot_products<Kind, WB, AB, Length, 1, 8>();
  dot_products<Kind, WB, AB, Length, 2, 1>();
  dot_products<Kind, WB, AB, Length, 2, 4>();
}

template <Multiplier Kind, int Length>
static void all_widths() {
  all_shapes<Kind, 4, 4, Length>();
  all_shapes<Kind, 4, 8, Length>();
  all_shapes<Kind, 8, 8, Length>();
}

template <Multiplier Kind>
static void all_sums() {
  all_widths<Kind, 1>();
  all_widths<Kind, 2>();
  all_widths<Kind, 4>();
  all_widths<Kind, 8>();
  all_widths<Kind, 16>();
  all_widths<Kind, 32>();
  dot_products<Kind, 4, 4, 32, 3, 1>();
  dot_products<Kind, 4, 8, 32, 3, 1>();
  split<Kind, 4, 4, 0>();
  split<Kind, 4, 4, 4>();
  split<Kind, 4, 8, 1>();
  split<Kind, 8, 8, 6>();
  split<Kind, 8, 8, 8>();
  switched<Kind, 2, 1>();
  switched<Kind, 8, 1>();
  switched<Kind, 16, 4>();
  switched<Kind, 32, 8>();
  switched_of<SplitSwitchedDotProduct<Kind, 16, 4, 0>, 16, 4>(int(Kind));
  switched_of<SplitSwitchedDotProduct<Kind, 16, 4, 3>, 16, 4>(int(Kind));
  switched_of<SplitSwitchedDotProduct<Kind, 16, 4, 4>, 16, 4>(int(Kind));
}

static const char* const kKinds[] = {"packed", "dot mode", "fabric"};

template <Multiplier Kind, int WB, int AB, int R, int Length>
static void cost_row() {
  const int sums = kWordBits / WB / Length / R;
  std::printf("| W%dA%d | %s | %d | %d |", WB, AB, kKinds[int(Kind)], R, Length);
  typedef DotProduct<Kind, WB, AB, Length, R, 1> One;
  typedef DotProduct<Kind, WB, AB, Length, R, 4> Four;
  typedef DotProduct<Kind, WB, AB, Length, R, 8> Eight;
  std::printf(" %d / %d | %d / %d | %d / %d |\n", sums * One::kDsps, sums * One::kLuts, sums * Four::kDsps,
              sums * Four::kLuts, sums * Eight::kDsps, sums * Eight::kLuts);
}

template <Multiplier Kind, int WB, int AB, int T, int DspLanes>
static void split_row() {
  typedef SplitDotProduct<Kind, WB, AB, 16, 1, T, DspLanes> D;
  const int sums = kWordBits / WB / 16;
  std::printf("| W%dA%d | %s | %d of %d | %d / %d |\n", WB, AB, kKinds[int(Kind)], DspLanes, T, sums * D::kDsps,
              sums * D::kLuts);
}

template <Multiplier Kind, int T, int DspLanes>
static void split_switched_row() {
  typedef SplitSwitchedDotProduct<Kind, 16, T, DspLanes> D;
  const int sums = kWordBits / 4 / 16;
  std::printf("| switched | %s | %d of %d | %d / %d |\n", kKinds[int(Kind)], DspLanes, T, sums * D::kDsps,
              sums * D::kLuts);
}

template <Multiplier Kind, int Length>
static void switched_row() {
  const int sums = kWordBits / 4 / Length;
  std::printf("| switched | %s | 1 | %d |", kKinds[int(Kind)], Length);
  typedef SwitchedDotProduct<Kind, Length, 1> One;
  typedef SwitchedDotProduct<Kind, Length, 4> Four;
  typedef SwitchedDotProduct<Kind, Length, 8> Eight;
  std::printf(" %d / %d | %d / %d | %d / %d |\n", sums * One::kDsps, sums * One::kLuts, sums * Four::kDsps,
              sums * Four::kLuts, sums * Eight::kDsps, sums * Eight::kLuts);
}

template <int WB, int AB>
static void shifter_row() {
  std::printf("| W%dA%d |", WB, AB);
  for (int length : {8, 16, 32}) {
    std::printf(" %d |", subgroup_luts(WB, AB, length, 1));
  }
  std::printf("\n");
}

template <Multiplier Kind>
static void cost_rows() {
  cost_row<Kind, 4, 4, 1, 16>();
  cost_row<Kind, 4, 8, 1, 16>();
  cost_row<Kind, 8, 8, 1, 16>();
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  if (std::strcmp(argv[1], "products") == 0) {
    outer_products<8, 8, 1, 2>("w8a8 two tokens");
    outer_products<8, 8, 2, 1>("w8a8 two rows");
    outer_products<4, 8, 1, 2>("w4a8 two tokens");
    outer_products<4, 8, 2, 1>("w4a8 two rows");
    outer_products<4, 8, 3, 1>("w4a8 three rows");
    outer_products<4, 4, 3, 1>("w4a4 three rows");
    outer_products<4, 4, 1, 2>("w4a4 two tokens");
    outer_products<4, 4, 2, 2>("w4a4 two rows two tokens");
    outer_products<8, 8, 1, 1>("w8a8 one");
    column_pairs<4, 4>("w4a4 two columns");
    column_pairs<4, 8>("w4a8 two columns");
    column_quads("w4a4 two columns two tokens");
    fabric_products<4, 4>("w4a4 fabric");
    fabric_products<4, 8>("w4a8 fabric");
    fabric_products<8, 8>("w8a8 fabric");
    dot_mode_products("dot mode");
  } else if (std::strcmp(argv[1], "switched") == 0) {
    switched_pairs<Multiplier::kPacked, 1>("packed");
    switched_pairs<Multiplier::kDotMode, 1>("dot mode");
    switched_pairs<Multiplier::kFabric, 0>("fabric");
  } else if (std::strcmp(argv[1], "sums") == 0) {
    all_sums<Multiplier::kPacked>();
    all_sums<Multiplier::kDotMode>();
    all_sums<Multiplier::kFabric>();
    std::printf("%lld sums\n", checked);
  } else if (std::strcmp(argv[1], "costs") == 0) {
    cost_rows<Multiplier::kPacked>();
    cost_row<Multiplier::kPacked, 4, 4, 2, 16>();
    cost_row<Multiplier::kPacked, 8, 8, 2, 16>();
    cost_rows<Multiplier::kDotMode>();
    cost_rows<Multiplier::kFabric>();
    switched_row<Multiplier::kPacked, 16>();
    switched_row<Multiplier::kDotMode, 16>();
    switched_row<Multiplier::kFabric, 16>();
    split_row<Multiplier::kPacked, 4, 4, 8, 4>();
  split_row<Multiplier::kPacked, 8, 8, 8, 4>();
  split_row<Multiplier::kDotMode, 8, 8, 8, 6>();
  split_switched_row<Multiplier::kPacked, 4, 2>();
  split_switched_row<Multiplier::kPacked, 4, 3>();
  split_switched_row<Multiplier::kPacked, 8, 3>();
  split_switched_row<Multiplier::kDotMode, 4, 3>();
  split_switched_row<Multiplier::kDotMode, 8, 3>();
  shifter_row<4, 4>();
    shifter_row<4, 8>();
    shifter_row<8, 8>();
  } else {
    return 2;
  }
  return 0;
}

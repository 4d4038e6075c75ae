// A random model and what the units make of it, scalar by scalar from docs/numerics.md: no lanes, no blocks, no
// packing, and no code of the kernels.
#ifndef LIGHTMAMBA_TESTS_UNIT_REFERENCE_HPP
#define LIGHTMAMBA_TESTS_UNIT_REFERENCE_HPP

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "lightmamba_config.hpp"

namespace reference {

typedef lightmamba::Config C;
typedef long long Int;
__extension__ typedef __int128 Big;

constexpr int kGroups = C::kState / C::kStateGroup;
constexpr int kOperandRows = C::kGroups * C::kState;
constexpr int kSharedRows = 2 * kOperandRows + C::kHeads;

inline Big rounded(Big v, int s) { return s == 0 ? v : (v + (Big(1) << (s - 1))) >> s; }
inline Int saturated(Big v, int bits) {
  const Big limit = (Big(1) << (bits - 1)) - 1;
  return Int(v > limit ? limit : v < -limit ? -limit : v);
}
inline Int shifted(Big v, int s, int bits) {
  if (s > 62 || v == 0) return 0;
  if (s >= 0) return saturated(rounded(v, s), bits);
  if (-s > 62) return saturated(v < 0 ? -(Big(1) << 100) : Big(1) << 100, bits);
  return saturated(v * (Big(1) << -s), bits);
}
inline int exponent_of(Int largest, Int limit) {
  int e = 0;
  while (Big(16) * largest > (Big(limit) << e)) ++e;
  return e;
}
inline int bits_of(Big v) {
  int n = 0;
  for (Big m = v < 0 ? -v : v; m != 0; m >>= 1) ++n;
  return n;
}

inline int silu_entry(int i) {
  const double x = i / 32.0;
  return i == 512 ? 0 : int(std::lround(-x / (1 + std::exp(x)) * 65536));
}
inline Int silu_of(Int v) {
  const Int a = v < 0 ? -v : v;
  const Int positive = v > 0 ? v : 0;
  if (a >= 1 << 20) return positive;
  const int i = int(a >> 11);
  const Int low = silu_entry(i);
  return positive + low + Int(rounded(Big(silu_entry(i + 1) - low) * (a % 2048), 11));
}

struct Row {
  std::vector<int> weights, mantissas;
  int kappa = 0;
  int bias = 0;
};
struct Record {
  std::vector<int> taps = std::vector<int>(C::kConv, 0);
  int bias = 0;
  int scale = 0;
};
struct Layer {
  std::vector<Row> shared, x, z, out;
  std::vector<Record> shared_records, x_records;
  std::vector<int> widths;
};
struct Model {
  int weight_bits, activation_bits, head_bits;
  std::vector<Layer> layers;
  std::vector<Row> head;
};

struct Random {
  std::mt19937_64 engine;
  explicit Random(uint64_t seed) : engine(seed) {}
  int between(int low, int high) { return low + int(engine() % uint64_t(high - low + 1)); }
};

inline Row random_row(Random& random, int length, int group, int bits, int kappa, bool biased) {
  Row row;
  const int limit = bits == 8 ? 127 : 7;
  for (int i = 0; i < length; ++i) row.weights.push_back(random.between(-limit, limit));
  for (int g = 0; g < length / group; ++g) row.mantissas.push_back(random.between(0, 255));
  row.kappa = kappa + random.between(-3, 3) + (bits == 8 ? 4 : 0);
  row.bias = biased ? random.between(-(1 << 20), 1 << 20) : 0;
  return row;
}
inline Record random_record(Random& random) {
  Record record;
  for (int& tap : record.taps) tap = random.between(-32767, 32767);
  record.bias = random.between(-(1 << 28), 1 << 28);
  record.scale = random.between(9, 16);
  return record;
}

inline Model random_model(uint64_t seed, int weight_bits, int activation_bits, int head_bits) {
  Random random(seed);
  Model model = {weight_bits, activation_bits, head_bits, {}, {}};
  const int wide = activation_bits == 8 ? 4 : 0;
  for (int l = 0; l < C::kLayers; ++l) {
    Layer layer;
    for (int k = 0; k < kSharedRows; ++k) {
      layer.shared.push_back(
          random_row(random, C::kModel, C::kWeightGroupModel, weight_bits, 20 + wide, C::kBias != 0));
      layer.shared_records.push_back(k < 2 * kOperandRows ? random_record(random) : Record());
    }
    for (int c = 0; c < C::kInner; ++c) {
      layer.x.push_back(random_row(random, C::kModel, C::kWeightGroupModel, weight_bits, 20 + wide, C::kBias != 0));
      layer.z.push_back(random_row(random, C::kModel, C::kWeightGroupModel, weight_bits, 17 + wide, C::kBias != 0));
      layer.x_records.push_back(random_record(random));
    }
    for (int d = 0; d < C::kModel; ++d)
      layer.out.push_back(random_row(random, C::kInner, C::kWeightGroupInner, weight_bits, 10 + wide, C::kBias != 0));
    for (int h = 0; h < C::kHeads; ++h) layer.widths.push_back(8 + 4 * random.between(0, 2));
    model.layers.push_back(layer);
  }
  for (int v = 0; v < C::kVocabulary; ++v)
    model.head.push_back(random_row(random, C::kModel, C::kWeightGroupModel, head_bits, 17, false));
  return model;
}

/// An ACTIVATION message.
struct Vector {
  std::vector<int> q, d;
  int group;
  int bits;
  int u, t;
};
/// An SSM message.
struct Message {
  int gate_shift;
  std::vector<int> eb, ec, b, c;
  std::vector<int> dtm, dte, decay, skip;
};

inline Vector random_vector(uint64_t seed, int length, int group, int bits) {
  Random random(seed);
  Vector vector;
  const int limit = bits == 8 ? 127 : 7;
  for (int i = 0; i < length; ++i) vector.q.push_back(random.between(-limit, limit));
  for (int a = 0; a < length / group; ++a) vector.d.push_back(random.between(0, 3) == 0 ? random.between(0, 15) : 0);
  vector.group = group;
  vector.bits = bits;
  vector.u = random.between(1 << 15, 1 << 16);
  vector.t = random.between(-1, 2);
  return vector;
}
inline Message random_message(uint64_t seed, int gate_shift) {
  Random random(seed);
  Message message;
  message.gate_shift = gate_shift;
  for (int i = 0; i < C::kGroups * kGroups; ++i) {
    message.eb.push_back(random.between(0, 12));
    message.ec.push_back(random.between(0, 12));
  }
  for (int i = 0; i < kOperandRows; ++i) {
    message.b.push_back(random.between(-127, 127));
    message.c.push_back(random.between(-127, 127));
  }
  for (int h = 0; h < C::kHeads; ++h) {
    message.dtm.push_back(random.between(0, 65535));
    message.dte.push_back(random.between(0, 20));
    const int fast = random.between(0, 1 << 20);
    message.decay.push_back(random.between(0, 3) == 0 ? fast : (1 << 20) - random.between(0, 9999));
    message.skip.push_back(random.between(-(1 << 18), 1 << 18));
  }
  return message;
}

/// P of a row (numerics.md, section 2).
inline Int product(const Row& row, const Vector& vector, int weight_group) {
  Big acc = 0;
  for (size_t i = 0; i < row.weights.size(); ++i) {
    acc += Big(row.mantissas[i / size_t(weight_group)]) * row.weights[i] * vector.q[i] *
           (Big(1) << (15 - vector.d[i / size_t(vector.group)]));
  }
  const Int p = shifted(rounded(acc, 12) * vector.u, row.kappa + vector.t, 32);
  return C::kBias != 0 ? saturated(Big(p) + row.bias, 32) : p;
}

/// The state of one sequence.
struct Sequence {
  std::vector<std::vector<std::vector<int> > > shared_history, x_history;  // [layer][row][tap]
  std::vector<std::vector<std::vector<int> > > mantissas;                  // [layer][channel][element]
  std::vector<std::vector<std::vector<int> > > exponents;                  // [layer][channel][group]
  void reset() {
    const std::vector<int> taps(C::kConv - 1, 0);
    shared_history.assign(C::kLayers, std::vector<std::vector<int> >(2 * kOperandRows, taps));
    x_history.assign(C::kLayers, std::vector<std::vector<int> >(C::kInner, taps));
    mantissas.assign(C::kLayers, std::vector<std::vector<int> >(C::kInner, std::vector<int>(C::kState, 0)));
    exponents.assign(C::kLayers, std::vector<std::vector<int> >(C::kInner, std::vector<int>(kGroups, 0)));
  }
};

inline Int convolved(const Record& record, std::vector<int>& history, Int p) {
  const int x = int(saturated(p, 16));
  Big sum = record.bias;
  for (int k = 0; k < C::kConv - 1; ++k) sum += Big(record.taps[size_t(k)]) * history[size_t(k)];
  sum += Big(record.taps[C::kConv - 1]) * x;
  history.erase(history.begin());
  history.push_back(x);
  return silu_of(shifted(sum, record.scale, 32));
}

/// y of a channel; the state is that of the next token afterwards (section 5).
inline Int scanned(const Message& message, int head, int width, Int xs, std::vector<int>& mantissas,
                   std::vector<int>& exponents) {
  const size_t h = size_t(head);
  const int operand = head / (C::kHeads / C::kGroups);
  const Big p = Big(xs) * message.dtm[h];
  const int e = bits_of(p) > 7 ? bits_of(p) - 7 : 0;
  Int dx = Int(rounded(p, e));
  dx = dx > 127 ? 127 : dx < -127 ? -127 : dx;
  const Int most = (1LL << (width - 1)) - 1;
  Big total = rounded(Big(message.skip[h]) * xs, 16);
  for (int g = 0; g < kGroups; ++g) {
    const size_t index = size_t(operand * kGroups + g);
    std::vector<Int> work;
    Int largest = 0;
    for (int i = 0; i < C::kStateGroup; ++i) {
      const size_t at = size_t(g * C::kStateGroup + i);
      const Int kept = shifted(Big(mantissas[at]) * message.decay[h], 20 - exponents[size_t(g)], 48);
      const Int added = shifted(Big(dx) * message.b[size_t(operand * C::kState) + at],
                                36 - (e + message.dte[h]) - message.eb[index], 48);
      work.push_back(saturated(Big(kept) + added, 48));
      largest = std::max(largest, work.back() < 0 ? -work.back() : work.back());
    }
    const int next = exponent_of(largest, 16 * most);
    Big sum = 0;
    for (int i = 0; i < C::kStateGroup; ++i) {
      const size_t at = size_t(g * C::kStateGroup + i);
      const Int m = Int(rounded(work[size_t(i)], next));
      mantissas[at] = int(m > most ? most : m < -most ? -most : m);
      sum += Big(mantissas[at]) * message.c[size_t(operand * C::kState) + at];
    }
    exponents[size_t(g)] = next;
    total += shifted(sum, 28 - next - message.ec[index], 48);
  }
  return saturated(total, 32);
}

}  // namespace reference

#endif

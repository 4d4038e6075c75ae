#ifndef LIGHTMAMBA_TEST_CORE_REFERENCE_HPP
#define LIGHTMAMBA_TEST_CORE_REFERENCE_HPP
// What the core must send: docs/numerics.md and docs/formats.md element by element, in 128-bit integers.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace reference {

__extension__ typedef __int128 Integer;
typedef std::vector<int64_t> Vector;
typedef std::vector<uint8_t> Bytes;

inline Integer power(int s) { return Integer(1) << s; }
inline Integer size(Integer v) { return v < 0 ? -v : v; }
inline Integer clamp(Integer v, Integer q) { return v > q ? q : (v < -q ? -q : v); }
inline Integer sat(Integer v, int b) { return clamp(v, power(b - 1) - 1); }
inline Integer rnd(Integer v, int s) { return s == 0 ? v : (v + power(s - 1)) >> s; }

inline int bitlen(Integer v) {
  int n = 0;
  for (Integer m = size(v); m != 0; m >>= 1) ++n;
  return n;
}

inline int64_t shift(Integer v, int s, int b) {
  if (s > 62 || v == 0) return 0;
  if (s >= 0) return int64_t(sat(rnd(v, s), b));
  return int64_t(-s > 60 ? clamp(v * power(60), power(b - 1) - 1) : sat(v * power(-s), b));
}

inline int exponent(Integer max, Integer c) {
  int e = 0;
  while (16 * max > c * power(e)) ++e;
  return e;
}

inline Integer interp(const std::vector<int>& k, int i, Integer r, int bits) {
  return k[size_t(i)] + rnd((k[size_t(i) + 1] - k[size_t(i)]) * r, bits);
}

struct Tables {
  std::vector<int> rsqrt, exp2, log1p;
  Tables() {
    for (int i = 0; i <= 768; ++i) rsqrt.push_back(int(std::lround(1048576 / std::sqrt(256.0 + i))));
    for (int i = 0; i <= 256; ++i) exp2.push_back(int(std::lround(std::pow(2, 24 - i / 256.0))));
    for (int i = 0; i <= 256; ++i)
      log1p.push_back(i == 0 ? 1 << 24 : int(std::lround((1 << 24) * std::log1p(i / 256.0) / (i / 256.0))));
  }
};

struct Norm {
  int64_t u;
  int j;
};

inline Norm rsqrt(Integer s, const Tables& t) {
  const int j = (bitlen(s) - 1) / 2;
  const Integer m = j <= 15 ? s << (30 - 2 * j) : s >> (2 * j - 30);
  return {int64_t(interp(t.rsqrt, int(m >> 22) - 256, m & (power(22) - 1), 22)), j};
}

inline Norm norm_of(const Vector& v, Integer epsilon, const Tables& t) {
  Integer s = epsilon;
  for (int64_t x : v) s += Integer(x) * x;
  return rsqrt(s, t);
}

inline void put(Bytes& bytes, size_t at, uint64_t value, int count) {
  for (int i = 0; i < count; ++i) bytes[at + size_t(i)] = uint8_t(value >> (8 * i));
}

inline size_t padded(size_t n) { return (n + 63) / 64 * 64; }

/// An ACTIVATION message.
inline Bytes activation(const Vector& v, Norm norm, int group, int bits) {
  const int qmax = bits == 4 ? 7 : 127;
  const int c = bits == 8 ? 2032 : (group <= 8 ? 132 : (group <= 16 ? 144 : 150));
  const size_t groups = v.size() / size_t(group);
  std::vector<int> e;
  int largest = 0;
  for (size_t g = 0; g < groups; ++g) {
    Integer max = 0;
    for (size_t i = g * size_t(group); i < (g + 1) * size_t(group); ++i) max = size(v[i]) > max ? size(v[i]) : max;
    e.push_back(exponent(max, c));
    largest = e.back() > largest ? e.back() : largest;
  }
  const size_t values = 64 + padded((groups + 1) / 2);
  Bytes out(values + padded((v.size() * size_t(bits) + 7) / 8), 0);
  put(out, 0, uint32_t(norm.j - largest), 4);
  put(out, 4, uint64_t(norm.u), 4);
  for (size_t i = 0; i < v.size(); ++i) {
    const size_t g = i / size_t(group);
    const int d = largest - e[g] < 15 ? largest - e[g] : 15;
    if (i % size_t(group) == 0) out[64 + g / 2] |= uint8_t(d << (g % 2 * 4));
    const int q = int(clamp(rnd(v[i], largest - d), qmax));
    if (bits == 4) out[values + i / 2] |= uint8_t((q & 15) << (i % 2 * 4));
    else out[values + i] = uint8_t(q);
  }
  return out;
}

struct Exponential {
  Integer mantissa;
  int ip;
};

inline Exponential exp2neg(Integer t, const Tables& tables) {
  const Integer f = t & (power(20) - 1);
  const Integer ip = t >> 20;
  return {interp(tables.exp2, int(f >> 12), f & 4095, 12), ip > 1000 ? 1000 : int(ip)};
}

inline Integer dt_of(int64_t p, int64_t bias, Integer low, Integer high, const Tables& tables) {
  const Integer v = sat(Integer(p) + bias, 32);
  const Exponential x = exp2neg(rnd(size(v) * 24204406, 20), tables);
  const Integer e24 = x.ip > 24 ? Integer(0) : rnd(x.mantissa, x.ip);
  const int i = e24 >> 16 < 255 ? int(e24 >> 16) : 255;
  const Integer h = interp(tables.log1p, i, e24 - i * power(16), 16);
  const Integer dt = (v > 0 ? v << 16 : Integer(0)) + shift(x.mantissa * h, 16 + x.ip, 62);
  return dt < low ? low : (dt > high ? high : dt);
}

inline Integer decay_of(Integer dt, Integer am, int as, const Tables& tables) {
  const Integer t = shift(dt * am, as, 62);
  const Integer limit = Integer(63) << 20;
  const Exponential e = exp2neg(t < limit ? t : limit, tables);
  return shift(e.mantissa, e.ip + 4, 62);
}

struct Head {
  int32_t bias;
  uint32_t am;
  int32_t d;
  uint8_t as, bits;
};

/// An SSM message from the shared rows: B, C, dt.
inline Bytes state(const Vector& shared, const std::vector<Head>& heads, int operand_rows, int state_group,
                   int gate_shift, Integer low, Integer high, const Tables& tables) {
  const size_t operand = padded(size_t(operand_rows));
  const size_t records = 64 + 2 * operand;
  Bytes out(records + padded(16 * heads.size()), 0);
  out[0] = uint8_t(gate_shift);
  for (int part = 0; part < 2; ++part) {
    for (int g = 0; g < operand_rows / state_group; ++g) {
      const size_t first = size_t(part * operand_rows + g * state_group);
      Integer max = 0;
      for (size_t i = first; i < first + size_t(state_group); ++i) max = size(shared[i]) > max ? size(shared[i]) : max;
      const int e = exponent(max, 2032);
      out[size_t((part == 0 ? 1 : 32) + g)] = uint8_t(e);
      for (int i = 0; i < state_group; ++i)
        out[64 + size_t(part) * operand + size_t(g * state_group + i)] =
            uint8_t(int(clamp(rnd(shared[first + size_t(i)], e), 127)));
    }
  }
  for (size_t h = 0; h < heads.size(); ++h) {
    const Integer dt = dt_of(shared[size_t(2 * operand_rows) + h], heads[h].bias, low, high, tables);
    const int n = bitlen(dt) > 16 ? bitlen(dt) - 16 : 0;
    const size_t at = records + 16 * h;
    put(out, at, uint64_t(dt >> n), 2);
    put(out, at + 2, uint64_t(n), 1);
    put(out, at + 3, heads[h].bits, 1);
    put(out, at + 4, uint64_t(decay_of(dt, heads[h].am, heads[h].as, tables)), 4);
    put(out, at + 8, uint32_t(heads[h].d), 4);
  }
  return out;
}

/// The weighted vector and its norm.
inline Vector weighted(const Vector& v, const std::vector<int16_t>& g, Integer epsilon, int gain_shift, int groups,
                       Norm& norm, const Tables& tables) {
  const size_t length = v.size() / size_t(groups);
  Vector w(v.size());
  for (size_t group = 0; group < size_t(groups); ++group) {
    const Vector part(v.begin() + long(group * length), v.begin() + long((group + 1) * length));
    norm = norm_of(part, epsilon, tables);
    for (size_t i = group * length; i < (group + 1) * length; ++i) {
      const Integer x = groups == 1 ? Integer(v[i]) : Integer(shift(Integer(v[i]) * norm.u, norm.j - 6, 24));
      w[i] = shift(x * g[i], gain_shift, 24);
    }
  }
  if (groups > 1) norm = {1 << 16, 0};
  return w;
}

/// H * w with H = F (x) S of order 2^log2.
template <typename Signs>
Vector transform(const Vector& w, const Signs& f, int log2) {
  const size_t points = size_t(1) << log2;
  Vector y(w.size(), 0);
  for (size_t i = 0; i < w.size(); ++i) {
    int64_t sum = 0;
    for (size_t j = 0; j < w.size(); ++j) {
      const int64_t x = __builtin_parityll((i & j) & (points - 1)) != 0 ? -w[j] : w[j];
      sum += f[i >> log2][j >> log2] * x;
    }
    y[i] = sum;
  }
  return y;
}

inline int argmax(const Vector& v) {
  int best = 0;
  for (int i = 1; i < int(v.size()); ++i) if (v[size_t(i)] > v[size_t(best)]) best = i;
  return best;
}

}  // namespace reference

#endif

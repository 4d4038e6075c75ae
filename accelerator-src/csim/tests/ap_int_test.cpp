// Evaluates generated cases: argv[1] is a file of lines "pair op a b x y", a and b in hexadecimal
// two's complement. Prints "width signed value" a line. The pairs of types are generated as well.
// Uses AMD's interface only, so that it also compiles against AMD's header.

#include <ap_int.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <type_traits>

template <int W, bool S> using Type = std::conditional_t<S, ap_int<W>, ap_uint<W>>;

template <int W> static ap_uint<W> parse(const std::string& hex) {
  ap_uint<W> r = 0;
  for (char c : hex) {
    const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
    r = (r << 4) | ap_uint<W>(digit);
  }
  return r;
}

template <class T> static void print(const T& value) {
  const int w = T::width;
  const ap_uint<T::width> bits = value;
  std::string hex;
  for (int lo = (w - 1) / 4 * 4; lo >= 0; lo -= 4) {
    const unsigned digit = bits.range(lo + 3 < w ? lo + 3 : w - 1, lo).to_uint();
    hex += "0123456789abcdef"[digit];
  }
  std::printf("%d %d %s\n", w, int(T(-1) < T(0)), hex.c_str());
}
static void print_bool(bool value) { std::printf("1 0 %d\n", int(value)); }

template <int W1, bool S1, int W2, bool S2>
static void evaluate(const std::string& op, const std::string& ha, const std::string& hb, int x,
                     int y) {
  Type<W1, S1> a = parse<W1>(ha);
  const Type<W2, S2> b = parse<W2>(hb);
  if (op == "add") print(a + b);
  else if (op == "sub") print(a - b);
  else if (op == "mul") print(a * b);
  else if (op == "div") print(a / b);
  else if (op == "mod") print(a % b);
  else if (op == "and") print(a & b);
  else if (op == "or") print(a | b);
  else if (op == "xor") print(a ^ b);
  else if (op == "shl") print(a << x);
  else if (op == "shr") print(a >> x);
  else if (op == "neg") print(-a);
  else if (op == "not") print(~a);
  else if (op == "convert") print(Type<W1, S1>(b));
  else if (op == "addint") print(a + x);
  else if (op == "less") print_bool(a < b);
  else if (op == "equal") print_bool(a == b);
  else if (op == "bit") print_bool(a[x]);
  else if (op == "range") { const ap_uint<W1> r = a.range(x, y); print(r); }
  else if (op == "setrange") { a.range(x, y) = b; print(a); }
  else if (op == "setbit") { a[x] = y; print(a); }
  else if (op == "concat") { const ap_uint<W1 + W2> r = (a, b); print(r); }
  else if (op == "addto") { a += b; print(a); }
  else if (op == "multo") { a *= b; print(a); }
  else if (op == "int64") print(ap_int<64>(a.to_int64()));
  else if (op == "native") print(ap_int<32>(int(a)));
  else { std::fprintf(stderr, "unknown operation %s\n", op.c_str()); std::exit(2); }
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream in(argv[1]);
  int pair, x, y;
  std::string op, a, b;
  while (in >> pair >> op >> a >> b >> x >> y) {
    switch (pair) {
#define PAIR(index, w1, s1, w2, s2) \
  case index: evaluate<w1, s1, w2, s2>(op, a, b, x, y); break;
#include "ap_int_pairs.inc"
      default: return 2;
    }
  }
  return in.eof() ? 0 : 2;
}

#ifndef LIGHTMAMBA_CSIM_AP_INT_H
#define LIGHTMAMBA_CSIM_AP_INT_H
// Stand-in for AMD's ap_int.h: arbitrary-width integers for C simulation.
//
// A value of at most 64 bits is one native integer, a wider one an array of 64-bit words. Both are
// always kept sign- or zero-extended to the full native width, so that reading needs no masking.

#include <cstring>
#include <type_traits>

#include "lightmamba_csim_base.hpp"
#include "lightmamba_csim_checked.hpp"

typedef signed long long ap_slong;
typedef unsigned long long ap_ulong;

template <int W, bool S> struct ap_int_base;
template <int W> struct ap_int;
template <int W> struct ap_uint;
template <int W, bool S> struct ap_range_ref;
template <int W, bool S> struct ap_bit_ref;
template <class A, class B> struct ap_concat_ref;

namespace lightmamba {
namespace csim {

__extension__ typedef unsigned __int128 uint128;

constexpr int max_of(int a, int b) { return a > b ? a : b; }
constexpr int min_of(int a, int b) { return a < b ? a : b; }

template <int W, bool S> struct Native {
  using Signed = std::conditional_t<(W <= 8), int8_t,
      std::conditional_t<(W <= 16), int16_t, std::conditional_t<(W <= 32), int32_t, int64_t>>>;
  using type = std::conditional_t<S, Signed, std::make_unsigned_t<Signed>>;
};

/// Sign- or zero-extends the low `bits` (1 to 64) bits of v.
template <bool S> constexpr uint64_t extend(uint64_t v, int bits) {
  return S ? uint64_t(int64_t(v << (64 - bits)) >> (64 - bits)) : (v << (64 - bits)) >> (64 - bits);
}

template <int W, bool S> struct Narrow {
  static constexpr int kWords = 1;
  typename Native<W, S>::type v;
  constexpr uint64_t low() const { return uint64_t(int64_t(v)) & kReach; }
  constexpr uint64_t word(int i) const { return i == 0 ? low() : (S && v < 0 ? ~uint64_t(0) : 0); }
  constexpr void set_word(int i, uint64_t x) {
    if (i == 0) v = typename Native<W, S>::type(extend<S>(x, W));
  }
  constexpr void normalise() {}
  constexpr void zero() { v = 0; }
  static constexpr uint64_t kReach = ~uint64_t(0);
};

template <int W, bool S> struct Wide {
  static constexpr int kWords = (W + 63) / 64;
  uint64_t v[kWords];
  constexpr uint64_t low() const { return v[0]; }
  constexpr uint64_t word(int i) const {
    return i < kWords ? v[i] : (S && int64_t(v[kWords - 1]) < 0 ? ~uint64_t(0) : 0);
  }
  constexpr void set_word(int i, uint64_t x) {
    if (i < kWords) v[i] = x;
  }
  constexpr void normalise() { v[kWords - 1] = extend<S>(v[kWords - 1], W - 64 * (kWords - 1)); }
  constexpr void zero() {
    for (int i = 0; i < kWords; ++i) v[i] = 0;
  }
};

template <int W, bool S>
using Storage = std::conditional_t<(W <= 64), Narrow<W, S>, Wide<W, S>>;

template <int W, bool S> using Integer = std::conditional_t<S, ap_int<W>, ap_uint<W>>;

template <int W, bool S> std::true_type is_base_test(const ap_int_base<W, S>*);
std::false_type is_base_test(const void*);
template <class T> struct IsBase : decltype(is_base_test(static_cast<const T*>(nullptr))) {};

/// How a type takes part in arithmetic: kind 0 not at all, 1 native, 2 ap integer, 3 reference.
template <class T, class = void> struct Operand { static constexpr int kKind = 0; };
template <class T> struct Operand<T, std::enable_if_t<std::is_integral<T>::value>> {
  static constexpr int kKind = 1;
  static constexpr bool kSigned = std::is_signed<T>::value;
  static constexpr int kWidth = std::is_same<T, bool>::value ? 1 : int(sizeof(T)) * 8;
  static constexpr Integer<kWidth, kSigned> get(T v) { return Integer<kWidth, kSigned>(v); }
};
template <int W, bool S>
constexpr const ap_int_base<W, S>& as_base(const ap_int_base<W, S>& v) { return v; }
template <int W, bool S> std::integral_constant<int, W> width_of(const ap_int_base<W, S>*);
template <int W, bool S> std::integral_constant<bool, S> sign_of(const ap_int_base<W, S>*);
template <class T> struct Operand<T, std::enable_if_t<IsBase<T>::value>> {
  static constexpr int kKind = 2;
  static constexpr int kWidth = decltype(width_of(static_cast<const T*>(nullptr)))::value;
  static constexpr bool kSigned = decltype(sign_of(static_cast<const T*>(nullptr)))::value;
  static constexpr const ap_int_base<kWidth, kSigned>& get(const T& v) { return v; }
};
template <int W, bool S> struct Operand<ap_range_ref<W, S>> {
  static constexpr int kKind = 3;
  static constexpr int kWidth = W;
  static constexpr bool kSigned = false;
  static ap_uint<W> get(const ap_range_ref<W, S>& v) { return v.get(); }
};
template <int W, bool S> struct Operand<ap_bit_ref<W, S>> {
  static constexpr int kKind = 1;  // bit with bit is left to bool's own operators, as AMD does
  static constexpr int kWidth = 1;
  static constexpr bool kSigned = false;
  static ap_uint<W / W> get(const ap_bit_ref<W, S>& v) { return bool(v); }
};
template <class A, class B> struct Operand<ap_concat_ref<A, B>> {
  static constexpr int kKind = 3;
  static constexpr int kWidth = ap_concat_ref<A, B>::kWidth;
  static constexpr bool kSigned = false;
  static ap_uint<kWidth> get(const ap_concat_ref<A, B>& v) { return v.get(); }
};

template <class L, class R>
using IfPair = std::enable_if_t<(Operand<L>::kKind > 1 && Operand<R>::kKind > 0) ||
                                (Operand<R>::kKind > 1 && Operand<L>::kKind > 0)>;

/// AMD's widths and signs of results (ap_int_base::RType).
template <class L, class R> struct Result {
  static constexpr int w1 = Operand<L>::kWidth, w2 = Operand<R>::kWidth;
  static constexpr bool s1 = Operand<L>::kSigned, s2 = Operand<R>::kSigned;
  static constexpr int kUnion = max_of(w1 + (s2 && !s1), w2 + (s1 && !s2));
  using plus = Integer<kUnion + 1, s1 || s2>;
  using minus = Integer<kUnion + 1, true>;
  using mult = Integer<w1 + w2, s1 || s2>;
  using logic = Integer<kUnion, s1 || s2>;
  using div = Integer<w1 + s2, s1 || s2>;
  using mod = Integer<min_of(w1, w2 + (!s2 && s1)), s1>;
};

template <int W, bool S, int W2, bool S2>
constexpr bool less(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b);

}  // namespace csim
}  // namespace lightmamba

template <int W, bool S> struct ap_int_base : lightmamba::csim::Storage<W, S> {
  static_assert(W >= 1 && W <= 4096, "ap_int: the width must be 1 to 4096");
  using Base = lightmamba::csim::Storage<W, S>;
  static constexpr int width = W;
  static constexpr bool sign_flag = S;
  static constexpr int kBytes = (W + 7) / 8;
  /// What AMD converts to implicitly: the smallest native type, `long` from 17 bits on.
  using RetType = std::conditional_t<(kBytes <= 2), typename lightmamba::csim::Native<W, S>::type,
      std::conditional_t<(kBytes <= 4), std::conditional_t<S, long, unsigned long>,
                         std::conditional_t<S, ap_slong, ap_ulong>>>;

#ifdef __SYNTHESIS__
  ap_int_base() = default;  // hardware sets nothing
#else
  ap_int_base() {
#if LIGHTMAMBA_CSIM_GARBAGE
    for (int i = 0; i < Base::kWords; ++i) this->set_word(i, lightmamba::csim::next_garbage());
    this->normalise();
#else
    this->zero();
#endif
  }
#endif
  template <class T, class = std::enable_if_t<std::is_arithmetic<T>::value>>
  constexpr ap_int_base(T x LIGHTMAMBA_CSIM_AND_WHERE) : Base{} {
    if constexpr (std::is_floating_point<T>::value) {
      const bool negative = x < 0;
      T m = negative ? -x : x;
      Base magnitude{};
      T scale = 1;
      for (int i = 1; i < Base::kWords; ++i) scale *= T(18446744073709551616.0);
      for (int i = Base::kWords - 1; i >= 0; --i) {
        const uint64_t part = uint64_t(m / scale);
        magnitude.set_word(i, part);
        m -= T(part) * scale;
        scale /= T(18446744073709551616.0);
      }
      uint64_t carry = negative;
      for (int i = 0; i < Base::kWords; ++i) {
        const uint64_t p = negative ? ~magnitude.word(i) : magnitude.word(i);
        this->set_word(i, p + carry);
        carry = carry && p == ~uint64_t(0);
      }
    } else {
      const uint64_t fill = x < T(0) ? ~uint64_t(0) : 0;
      this->set_word(0, uint64_t(x));
      for (int i = 1; i < Base::kWords; ++i) this->set_word(i, fill);
    }
    this->normalise();
    if constexpr (std::is_integral<T>::value)
      LIGHTMAMBA_CSIM_KEPT(equals(x), "does not fit", x, lightmamba::csim::type_name(W, S));
  }
  template <int W2, bool S2>
  constexpr ap_int_base(const ap_int_base<W2, S2>& x LIGHTMAMBA_CSIM_AND_WHERE) : Base{} {
    for (int i = 0; i < Base::kWords; ++i) this->set_word(i, x.word(i));
    this->normalise();
    LIGHTMAMBA_CSIM_KEPT(equals(x), "does not fit", x, lightmamba::csim::type_name(W, S));
  }
  template <int W2, bool S2>
  ap_int_base(const ap_range_ref<W2, S2>& x LIGHTMAMBA_CSIM_AND_WHERE) : Base{} {
    take_bits(x.get() LIGHTMAMBA_CSIM_AND_HERE);
  }
  template <int W2, bool S2> ap_int_base(const ap_bit_ref<W2, S2>& x) : Base{} { set_bit(0, bool(x)); }
  template <class A, class B>
  ap_int_base(const ap_concat_ref<A, B>& x LIGHTMAMBA_CSIM_AND_WHERE) : Base{} {
    take_bits(x.get() LIGHTMAMBA_CSIM_AND_HERE);
  }

  /// The low bits of this number as another type, whatever gets lost.
  template <class R> constexpr R resized() const {
    R r(0);
    for (int i = 0; i < R::kWords; ++i) r.set_word(i, this->word(i));
    r.normalise();
    return r;
  }
  /// Whether another number has the same value.
  template <int W2, bool S2> constexpr bool equals(const ap_int_base<W2, S2>& x) const {
    for (int i = 0; i <= lightmamba::csim::max_of(Base::kWords, ap_int_base<W2, S2>::kWords); ++i)
      if (this->word(i) != x.word(i)) return false;
    return true;
  }
  template <class T, class = std::enable_if_t<std::is_integral<T>::value>> constexpr bool equals(T x) const {
    for (int i = 0; i <= Base::kWords; ++i)
      if (this->word(i) != (i == 0 ? uint64_t(x) : x < T(0) ? ~uint64_t(0) : 0)) return false;
    return true;
  }

  constexpr operator RetType() const {
    LIGHTMAMBA_CSIM_WHERE_UNKNOWN;
    return native<RetType>(LIGHTMAMBA_CSIM_HERE);
  }
  constexpr bool to_bool() const { return !iszero(); }
  constexpr char to_char(LIGHTMAMBA_CSIM_WHERE) const { return native<char>(LIGHTMAMBA_CSIM_HERE); }
  constexpr signed char to_schar(LIGHTMAMBA_CSIM_WHERE) const { return native<signed char>(LIGHTMAMBA_CSIM_HERE); }
  constexpr unsigned char to_uchar(LIGHTMAMBA_CSIM_WHERE) const { return native<unsigned char>(LIGHTMAMBA_CSIM_HERE); }
  constexpr short to_short(LIGHTMAMBA_CSIM_WHERE) const { return native<short>(LIGHTMAMBA_CSIM_HERE); }
  constexpr unsigned short to_ushort(LIGHTMAMBA_CSIM_WHERE) const {
    return native<unsigned short>(LIGHTMAMBA_CSIM_HERE);
  }
  constexpr int to_int(LIGHTMAMBA_CSIM_WHERE) const { return native<int>(LIGHTMAMBA_CSIM_HERE); }
  constexpr unsigned to_uint(LIGHTMAMBA_CSIM_WHERE) const { return native<unsigned>(LIGHTMAMBA_CSIM_HERE); }
  constexpr long to_long(LIGHTMAMBA_CSIM_WHERE) const { return native<long>(LIGHTMAMBA_CSIM_HERE); }
  constexpr unsigned long to_ulong(LIGHTMAMBA_CSIM_WHERE) const { return native<unsigned long>(LIGHTMAMBA_CSIM_HERE); }
  constexpr ap_slong to_int64(LIGHTMAMBA_CSIM_WHERE) const { return native<ap_slong>(LIGHTMAMBA_CSIM_HERE); }
  constexpr ap_ulong to_uint64(LIGHTMAMBA_CSIM_WHERE) const { return native<ap_ulong>(LIGHTMAMBA_CSIM_HERE); }
  double to_double() const {
    if constexpr (W <= 64) return S ? double(int64_t(this->low())) : double(this->low());
    const bool negative = sign();
    double r = 0;
    uint64_t carry = negative;
    double scale = 1;
    for (int i = 0; i < Base::kWords; ++i, scale *= 18446744073709551616.0) {
      const uint64_t p = negative ? ~this->word(i) : this->word(i);
      r += double(p + carry) * scale;
      carry = carry && p == ~uint64_t(0);
    }
    return negative ? -r : r;
  }
  float to_float() const { return float(to_double()); }

  constexpr int length() const { return W; }
  constexpr bool iszero() const {
    for (int i = 0; i < Base::kWords; ++i) if (this->word(i) != 0) return false;
    return true;
  }
  constexpr bool is_zero() const { return iszero(); }
  constexpr bool sign() const { return S && get_bit(W - 1); }
  constexpr bool get_bit(int i) const {
    check_bit(i);
    return (this->word(i >> 6) >> (i & 63)) & 1;
  }
  constexpr bool test(int i) const { return get_bit(i); }
  constexpr void set_bit(int i, bool v) {
    check_bit(i);
    const uint64_t mask = uint64_t(1) << (i & 63);
    const uint64_t w = this->word(i >> 6);
    this->set_word(i >> 6, v ? w | mask : w & ~mask);
    this->normalise();
  }
  constexpr void set(int i) { set_bit(i, true); }
  constexpr void set(int i, bool v) { set_bit(i, v); }
  constexpr void clear(int i) { set_bit(i, false); }
  constexpr void invert(int i) { set_bit(i, !get_bit(i)); }
  bool and_reduce() const { return (~*this).iszero(); }
  bool nand_reduce() const { return !and_reduce(); }
  bool or_reduce() const { return !iszero(); }
  bool nor_reduce() const { return iszero(); }
  bool xor_reduce() const {
    uint64_t x = 0;
    const ap_uint<W> bits = resized<ap_uint<W>>();
    for (int i = 0; i < Base::kWords; ++i) x ^= bits.word(i);
    return __builtin_parityll(x);
  }
  bool xnor_reduce() const { return !xor_reduce(); }
  int countLeadingZeros() const {
    for (int i = W; i-- > 0;) if (get_bit(i)) return W - 1 - i;
    return W;
  }

  /// Bits lo to hi, as a number; the part of a 64-bit word or less is one or two shifts.
  constexpr uint64_t slice64(int hi, int lo) const {
    const int i = lo >> 6, s = lo & 63;
    uint64_t x = this->word(i) >> s;
    if (s != 0 && (hi >> 6) != i) x |= this->word(i + 1) << (64 - s);
    return lightmamba::csim::extend<false>(x, hi - lo + 1);
  }
  constexpr void set_slice64(int hi, int lo, uint64_t x) {
    const int n = hi - lo + 1, i = lo >> 6, s = lo & 63;
    const uint64_t mask = ~uint64_t(0) >> (64 - n);
    x &= mask;
    this->set_word(i, (this->word(i) & ~(mask << s)) | (x << s));
    if (s + n > 64) {
      const int d = 64 - s;
      this->set_word(i + 1, (this->word(i + 1) & ~(mask >> d)) | (x >> d));
    }
    this->normalise();
  }
  ap_range_ref<W, S> range(int hi, int lo LIGHTMAMBA_CSIM_AND_WHERE) {
    return {this, hi, lo LIGHTMAMBA_CSIM_AND_HERE};
  }
  ap_range_ref<W, S> range(int hi, int lo LIGHTMAMBA_CSIM_AND_WHERE) const {
    return {const_cast<ap_int_base*>(this), hi, lo LIGHTMAMBA_CSIM_AND_HERE};
  }
  ap_range_ref<W, S> range() const { return range(W - 1, 0); }
  ap_range_ref<W, S> operator()(int hi, int lo LIGHTMAMBA_CSIM_AND_WHERE) {
    return range(hi, lo LIGHTMAMBA_CSIM_AND_HERE);
  }
  ap_range_ref<W, S> operator()(int hi, int lo LIGHTMAMBA_CSIM_AND_WHERE) const {
    return range(hi, lo LIGHTMAMBA_CSIM_AND_HERE);
  }
  ap_bit_ref<W, S> operator[](int i) { return {this, i}; }
  constexpr bool operator[](int i) const { return get_bit(i); }
  ap_bit_ref<W, S> bit(int i) { return {this, i}; }
  constexpr bool bit(int i) const { return get_bit(i); }
  template <int W2, bool S2>
  ap_concat_ref<ap_int_base&, ap_int_base<W2, S2>&> concat(ap_int_base<W2, S2>& low) {
    return {*this, low};
  }
  template <int W2, bool S2>
  ap_concat_ref<ap_int_base, ap_int_base<W2, S2>> concat(const ap_int_base<W2, S2>& low) const {
    return {*this, low};
  }

  constexpr lightmamba::csim::Integer<W, S> operator+() const { return *this; }
  constexpr auto operator-() const { return ap_uint<W / W>(0) - *this; }
  constexpr bool operator!() const { return iszero(); }
  constexpr lightmamba::csim::Integer<W, S> operator~() const {
    lightmamba::csim::Integer<W, S> r(0);
    for (int i = 0; i < Base::kWords; ++i) r.set_word(i, ~this->word(i));
    r.normalise();
    return r;
  }
  constexpr ap_int_base& operator++() { return *this = *this + ap_uint<W / W>(1); }
  constexpr ap_int_base& operator--() { return *this = *this - ap_uint<W / W>(1); }
  constexpr lightmamba::csim::Integer<W, S> operator++(int) {
    const lightmamba::csim::Integer<W, S> old = *this;
    ++*this;
    return old;
  }
  constexpr lightmamba::csim::Integer<W, S> operator--(int) {
    const lightmamba::csim::Integer<W, S> old = *this;
    --*this;
    return old;
  }

  /// Shifts the stored bits up; from W on, nothing is left.
  constexpr lightmamba::csim::Integer<W, S> shifted_left(uint64_t n) const {
    lightmamba::csim::Integer<W, S> r(0);
    if (n >= uint64_t(W)) return r;
    const int words = int(n >> 6), s = int(n & 63);
    for (int i = Base::kWords - 1; i >= words; --i) {
      uint64_t x = this->word(i - words) << s;
      if (s != 0 && i > words) x |= this->word(i - words - 1) >> (64 - s);
      r.set_word(i, x);
    }
    r.normalise();
    return r;
  }
  /// Shifts down, arithmetically if signed; from W on, only the sign is left.
  constexpr lightmamba::csim::Integer<W, S> shifted_right(uint64_t n) const {
    lightmamba::csim::Integer<W, S> r(0);
    if (n >= uint64_t(W)) return lightmamba::csim::Integer<W, S>(sign() ? -1 : 0);
    const int words = int(n >> 6), s = int(n & 63);
    if constexpr (W <= 64) {
      r.set_word(0, S ? uint64_t(int64_t(this->low()) >> s) : this->low() >> s);
    } else {
      for (int i = 0; i < Base::kWords; ++i) {
        uint64_t x = this->word(i + words) >> s;
        if (s != 0) x |= this->word(i + words + 1) << (64 - s);
        r.set_word(i, x);
      }
    }
    r.normalise();
    return r;
  }

 private:
  /// Bits become this number as they are; set bits beyond its width are lost.
  template <int W2> constexpr void take_bits(const ap_uint<W2>& x LIGHTMAMBA_CSIM_AND_WHERE) {
    for (int i = 0; i < Base::kWords; ++i) this->set_word(i, x.word(i));
    this->normalise();
    LIGHTMAMBA_CSIM_KEPT(resized<ap_uint<W>>().equals(x), "does not fit as bits", x,
                         lightmamba::csim::type_name(W, S));
  }
  template <class T> constexpr T native(LIGHTMAMBA_CSIM_WHERE) const {
    LIGHTMAMBA_CSIM_KEPT(equals(T(this->low())), "does not fit", *this,
                         "a native integer of " + std::to_string(sizeof(T) * 8) + " bits");
    return T(this->low());
  }
  static constexpr void check_bit(int i) {
    if (i < 0 || i >= W) lightmamba::csim::misuse("ap_int: bit index out of the width");
  }
};

#define LIGHTMAMBA_CSIM_INTEGER(NAME, SIGNED)                                                  \
  template <int W> struct NAME : ap_int_base<W, SIGNED> {                                      \
    using Parent = ap_int_base<W, SIGNED>;                                                     \
    NAME() = default;                                                                          \
    template <class T, class = std::enable_if_t<std::is_arithmetic<T>::value>>                 \
    constexpr NAME(T x LIGHTMAMBA_CSIM_AND_WHERE) : Parent(x LIGHTMAMBA_CSIM_AND_HERE) {}      \
    template <int W2, bool S2>                                                                 \
    constexpr NAME(const ap_int_base<W2, S2>& x LIGHTMAMBA_CSIM_AND_WHERE)                     \
        : Parent(x LIGHTMAMBA_CSIM_AND_HERE) {}                                                \
    constexpr NAME(const Parent& x) : Parent(x) {}                                             \
    template <int W2> constexpr NAME(const ap_int<W2>& x LIGHTMAMBA_CSIM_AND_WHERE)            \
        : Parent(static_cast<const ap_int_base<W2, true>&>(x) LIGHTMAMBA_CSIM_AND_HERE) {}     \
    template <int W2> constexpr NAME(const ap_uint<W2>& x LIGHTMAMBA_CSIM_AND_WHERE)           \
        : Parent(static_cast<const ap_int_base<W2, false>&>(x) LIGHTMAMBA_CSIM_AND_HERE) {}    \
    template <int W2, bool S2> NAME(const ap_range_ref<W2, S2>& x LIGHTMAMBA_CSIM_AND_WHERE)   \
        : Parent(x LIGHTMAMBA_CSIM_AND_HERE) {}                                                \
    template <int W2, bool S2> NAME(const ap_bit_ref<W2, S2>& x) : Parent(x) {}                \
    template <class A, class B> NAME(const ap_concat_ref<A, B>& x LIGHTMAMBA_CSIM_AND_WHERE)   \
        : Parent(x LIGHTMAMBA_CSIM_AND_HERE) {}                                                \
  };
LIGHTMAMBA_CSIM_INTEGER(ap_int, true)
LIGHTMAMBA_CSIM_INTEGER(ap_uint, false)
#undef LIGHTMAMBA_CSIM_INTEGER

#include "lightmamba_csim_references.hpp"
#include "lightmamba_csim_operators.hpp"

#endif  // LIGHTMAMBA_CSIM_AP_INT_H

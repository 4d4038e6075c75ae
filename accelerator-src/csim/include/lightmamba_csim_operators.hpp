#ifndef LIGHTMAMBA_CSIM_OPERATORS_HPP
#define LIGHTMAMBA_CSIM_OPERATORS_HPP
// Binary operators on ap integers, their parts and native integers. See ap_int.h.

namespace lightmamba {
namespace csim {

template <class R, int W, bool S, int W2, bool S2>
constexpr R add(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  R r(0);
  uint64_t carry = 0;
  for (int i = 0; i < R::kWords; ++i) {
    const uint128 x = uint128(a.word(i)) + b.word(i) + carry;
    r.set_word(i, uint64_t(x));
    carry = uint64_t(x >> 64);
  }
  r.normalise();
  return r;
}

template <class R, int W, bool S, int W2, bool S2>
constexpr R subtract(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  R r(0);
  uint64_t carry = 1;
  for (int i = 0; i < R::kWords; ++i) {
    const uint128 x = uint128(a.word(i)) + ~b.word(i) + carry;
    r.set_word(i, uint64_t(x));
    carry = uint64_t(x >> 64);
  }
  r.normalise();
  return r;
}

/// Schoolbook product modulo the result's width; sign extension makes it right for signed values.
template <class R, int W, bool S, int W2, bool S2>
constexpr R multiply(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  R r(0);
  if constexpr (R::kWords == 1) {
    r.set_word(0, a.word(0) * b.word(0));
  } else {
    for (int i = 0; i < R::kWords; ++i) {
      uint64_t carry = 0;
      for (int j = 0; i + j < R::kWords; ++j) {
        const uint128 x = uint128(a.word(i)) * b.word(j) + r.word(i + j) + carry;
        r.set_word(i + j, uint64_t(x));
        carry = uint64_t(x >> 64);
      }
    }
  }
  r.normalise();
  return r;
}

/// Quotient (toward zero) or remainder (sign of the dividend), one bit at a time if wide.
template <bool QUOTIENT, class R, int W, bool S, int W2, bool S2>
R divide(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  if (b.iszero()) misuse("ap_int: division by zero");
  // AMD's simulation takes the divisor for unsigned here, which is not the quotient.
  if (!S && b.sign()) misuse("ap_int: an unsigned number divided by a negative one");
  constexpr int n = max_of(W, W2) + 2;
  if constexpr (n <= 64) {
    const int64_t x = int64_t(a.low()), y = int64_t(b.low());
    return R(QUOTIENT ? x / y : x % y);
  } else {
    const bool na = a.sign(), nb = b.sign();
    const ap_uint<n> x = na ? ap_uint<n>(subtract<ap_int<n>>(ap_int<n>(0), a)) : ap_uint<n>(a);
    const ap_uint<n> y = nb ? ap_uint<n>(subtract<ap_int<n>>(ap_int<n>(0), b)) : ap_uint<n>(b);
    ap_uint<n> q(0), rest(0);
    for (int i = n; i-- > 0;) {
      rest = rest.shifted_left(1);
      rest.set_bit(0, x.get_bit(i));
      if (!less(rest, y)) {
        rest = subtract<ap_uint<n>>(rest, y);
        q.set_bit(i, true);
      }
    }
    const ap_uint<n> m = QUOTIENT ? q : rest;
    return (QUOTIENT ? na != nb : na) ? R(subtract<ap_int<n>>(ap_int<n>(0), m)) : R(m);
  }
}

/// Order by value. AMD compares as C does where the unsigned side is the wider one, which makes a
/// negative number large: such a comparison means two things, so it ends the simulation.
template <int W, bool S, int W2, bool S2>
constexpr bool less(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  if constexpr (S != S2) {
    if constexpr (S ? W2 >= W : W >= W2) {
      if (S ? a.sign() : b.sign()) misuse("ap_int: order of a negative and an unsigned number");
    } else if (S ? a.sign() : b.sign()) {
      return S;
    }
  }
  constexpr int n = max_of(max_of(ap_int_base<W, S>::kWords, ap_int_base<W2, S2>::kWords), 1);
  if constexpr (S && S2) {
    const int64_t x = int64_t(a.word(n - 1)), y = int64_t(b.word(n - 1));
    if (x != y) return x < y;
  }
  for (int i = n - 1; i >= 0; --i)
    if (a.word(i) != b.word(i)) return a.word(i) < b.word(i);
  return false;
}

template <int W, bool S, int W2, bool S2>
constexpr bool equal(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {
  if constexpr (S != S2) {
    if (S ? a.sign() : b.sign()) {
      // AMD compares the bits at the wider width (at least 32), so equal bits would be equal there.
      constexpr int n = max_of(max_of(W, W2), 32);
      if (equal(a.template resized<ap_uint<n>>(), b.template resized<ap_uint<n>>()))
        misuse("ap_int: equality of a negative and an unsigned number");
      return false;
    }
  }
  constexpr int n = max_of(ap_int_base<W, S>::kWords, ap_int_base<W2, S2>::kWords);
  for (int i = 0; i < n; ++i)
    if (a.word(i) != b.word(i)) return false;
  return true;
}

template <int W, bool S, int W2, bool S2>
constexpr Integer<W, S> shift(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& n, bool left) {
  // AMD: a negative amount shifts the other way; an unsigned one counts modulo 2^32.
  const bool up = left != n.sign();
  const uint64_t amount = n.sign() ? uint64_t(0) - n.word(0) : S2 ? n.word(0) : uint64_t(uint32_t(n.word(0)));
  const Integer<W, S> r = up ? a.shifted_left(amount) : a.shifted_right(amount);
  LIGHTMAMBA_CSIM_WHERE_UNKNOWN;
  LIGHTMAMBA_CSIM_KEPT(!up || r.shifted_right(amount).equals(a), "does not fit, shifted left,", a, type_name(W, S));
  return r;
}

}  // namespace csim
}  // namespace lightmamba

#define LIGHTMAMBA_CSIM_ARITHMETIC(OP, KIND, CALL)                                           \
  template <class L, class R, class = lightmamba::csim::IfPair<L, R>>                        \
  constexpr typename lightmamba::csim::Result<L, R>::KIND operator OP(const L& a, const R& b) { \
    using lightmamba::csim::Operand;                                                         \
    using T = typename lightmamba::csim::Result<L, R>::KIND;                                 \
    return lightmamba::csim::CALL<T>(Operand<L>::get(a), Operand<R>::get(b));                \
  }
LIGHTMAMBA_CSIM_ARITHMETIC(+, plus, add)
LIGHTMAMBA_CSIM_ARITHMETIC(-, minus, subtract)
LIGHTMAMBA_CSIM_ARITHMETIC(*, mult, multiply)
namespace lightmamba { namespace csim {
template <class R, class A, class B> R quotient(const A& a, const B& b) { return divide<true, R>(a, b); }
template <class R, class A, class B> R remainder(const A& a, const B& b) { return divide<false, R>(a, b); }
#define LIGHTMAMBA_CSIM_BITS(NAME, OP)                                                       \
  template <class R, int W, bool S, int W2, bool S2>                                         \
  constexpr R NAME(const ap_int_base<W, S>& a, const ap_int_base<W2, S2>& b) {               \
    R r(0);                                                                                  \
    for (int i = 0; i < R::kWords; ++i) r.set_word(i, a.word(i) OP b.word(i));               \
    r.normalise();                                                                           \
    return r;                                                                                \
  }
LIGHTMAMBA_CSIM_BITS(bits_and, &)
LIGHTMAMBA_CSIM_BITS(bits_or, |)
LIGHTMAMBA_CSIM_BITS(bits_xor, ^)
#undef LIGHTMAMBA_CSIM_BITS
} }
LIGHTMAMBA_CSIM_ARITHMETIC(/, div, quotient)
LIGHTMAMBA_CSIM_ARITHMETIC(%, mod, remainder)
LIGHTMAMBA_CSIM_ARITHMETIC(&, logic, bits_and)
LIGHTMAMBA_CSIM_ARITHMETIC(|, logic, bits_or)
LIGHTMAMBA_CSIM_ARITHMETIC(^, logic, bits_xor)
#undef LIGHTMAMBA_CSIM_ARITHMETIC

#define LIGHTMAMBA_CSIM_RELATION(OP, EXPRESSION)                                             \
  template <class L, class R, class = lightmamba::csim::IfPair<L, R>>                        \
  constexpr bool operator OP(const L& l, const R& r) {                                       \
    const auto& a = lightmamba::csim::Operand<L>::get(l);                                    \
    const auto& b = lightmamba::csim::Operand<R>::get(r);                                    \
    return EXPRESSION;                                                                       \
  }
LIGHTMAMBA_CSIM_RELATION(==, lightmamba::csim::equal(a, b))
LIGHTMAMBA_CSIM_RELATION(!=, !lightmamba::csim::equal(a, b))
LIGHTMAMBA_CSIM_RELATION(<, lightmamba::csim::less(a, b))
LIGHTMAMBA_CSIM_RELATION(>, lightmamba::csim::less(b, a))
LIGHTMAMBA_CSIM_RELATION(<=, !lightmamba::csim::less(b, a))
LIGHTMAMBA_CSIM_RELATION(>=, !lightmamba::csim::less(a, b))
#undef LIGHTMAMBA_CSIM_RELATION

#define LIGHTMAMBA_CSIM_SHIFT(OP, LEFT)                                                      \
  template <class L, class R, class = std::enable_if_t<(lightmamba::csim::Operand<L>::kKind > 1 && \
                                                        lightmamba::csim::Operand<R>::kKind > 0)>> \
  constexpr auto operator OP(const L& a, const R& n) {                                       \
    using lightmamba::csim::Operand;                                                         \
    return lightmamba::csim::shift(Operand<L>::get(a), Operand<R>::get(n), LEFT);            \
  }
LIGHTMAMBA_CSIM_SHIFT(<<, true)
LIGHTMAMBA_CSIM_SHIFT(>>, false)
#undef LIGHTMAMBA_CSIM_SHIFT

#define LIGHTMAMBA_CSIM_ASSIGN(OP)                                                           \
  template <int W, bool S, class R,                                                          \
            class = std::enable_if_t<(lightmamba::csim::Operand<R>::kKind > 0)>>             \
  constexpr ap_int_base<W, S>& operator OP##=(ap_int_base<W, S>& a, const R& b) {            \
    return a = a OP b;                                                                       \
  }                                                                                          \
  template <int W, bool S, class R,                                                          \
            class = std::enable_if_t<(lightmamba::csim::Operand<R>::kKind > 0)>>             \
  ap_range_ref<W, S> operator OP##=(ap_range_ref<W, S> a, const R& b) {                      \
    return a = a.get() OP b;                                                                 \
  }                                                                                          \
  template <int W, bool S, class R,                                                          \
            class = std::enable_if_t<(lightmamba::csim::Operand<R>::kKind > 0)>>             \
  ap_bit_ref<W, S> operator OP##=(ap_bit_ref<W, S> a, const R& b) {                          \
    return a = ap_uint<1>(a) OP b;                                                           \
  }
LIGHTMAMBA_CSIM_ASSIGN(+)
LIGHTMAMBA_CSIM_ASSIGN(-)
LIGHTMAMBA_CSIM_ASSIGN(*)
LIGHTMAMBA_CSIM_ASSIGN(/)
LIGHTMAMBA_CSIM_ASSIGN(%)
LIGHTMAMBA_CSIM_ASSIGN(&)
LIGHTMAMBA_CSIM_ASSIGN(|)
LIGHTMAMBA_CSIM_ASSIGN(^)
LIGHTMAMBA_CSIM_ASSIGN(<<)
LIGHTMAMBA_CSIM_ASSIGN(>>)
#undef LIGHTMAMBA_CSIM_ASSIGN

namespace lightmamba { namespace csim {
/// An operand of a concatenation: integers that can be written stay references.
template <class T> struct Part { using type = std::decay_t<T>; };
template <class T> struct Part<T&> {
  using Base = ap_int_base<Operand<std::decay_t<T>>::kWidth, Operand<std::decay_t<T>>::kSigned>;
  using type = std::conditional_t<IsBase<T>::value && !std::is_const<T>::value, Base&, std::decay_t<T>>;
};
template <class T> struct IsPart : std::integral_constant<bool, (Operand<T>::kKind > 1)> {};
template <int W, bool S> struct IsPart<ap_bit_ref<W, S>> : std::true_type {};
} }
template <class L, class R, class = std::enable_if_t<
    lightmamba::csim::IsPart<std::decay_t<L>>::value && lightmamba::csim::IsPart<std::decay_t<R>>::value>>
ap_concat_ref<typename lightmamba::csim::Part<L>::type, typename lightmamba::csim::Part<R>::type>
operator,(L&& high, R&& low) {
  return {high, low};
}

#endif  // LIGHTMAMBA_CSIM_OPERATORS_HPP

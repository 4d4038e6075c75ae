#ifndef LIGHTMAMBA_CSIM_REFERENCES_HPP
#define LIGHTMAMBA_CSIM_REFERENCES_HPP
// Parts of an integer that can be read and written: range, bit, concatenation. See ap_int.h.

/// Bits l to h of an integer; reads as an unsigned number of h - l + 1 bits.
template <int W, bool S> struct ap_range_ref {
  ap_int_base<W, S>* target;
  int h, l;
#ifdef LIGHTMAMBA_CSIM_CHECKED
  const char* at_file;
  int at_line;
  ap_range_ref(ap_int_base<W, S>* t, int hi, int lo, const char* file, int line)
      : target(t), h(hi), l(lo), at_file(file), at_line(line) {
#else
  ap_range_ref(ap_int_base<W, S>* t, int hi, int lo) : target(t), h(hi), l(lo) {
#endif
    // AMD reverses the bits where hi < lo; no kernel needs that, so it is refused.
    if (lo < 0 || hi < lo || hi >= W) lightmamba::csim::misuse("ap_int: range(hi, lo) not in width");
  }
  ap_range_ref(const ap_range_ref&) = default;
  int length() const { return h - l + 1; }
  ap_uint<W> get() const {
    if (h - l < 64) return ap_uint<W>(target->slice64(h, l));
    ap_uint<W> r(0);
    for (int i = 0, lo = l; lo <= h; ++i, lo += 64)
      r.set_word(i, target->slice64(lightmamba::csim::min_of(lo + 63, h), lo));
    return r;
  }
  bool any_bit(int from) const {
    for (int i = from; i <= h; ++i) if (target->get_bit(i)) return true;
    return false;
  }
  /// Bits that fit the range, of an unsigned or of a two's complement number.
  template <int W2, bool S2> bool holds(const ap_int_base<W2, S2>& x) const {
    const uint64_t top = x.word((h - l) >> 6) >> ((h - l) & 63) & 1;
    const int n = h - l + 1;
    const auto fits = [&](uint64_t fill) {
      for (int i = n >> 6; i <= ap_int_base<W2, S2>::kWords; ++i) {
        const uint64_t beyond = i == n >> 6 ? ~uint64_t(0) << (n & 63) : ~uint64_t(0);
        if ((x.word(i) & beyond) != (fill & beyond)) return false;
      }
      return true;
    };
    return fits(0) || (top != 0 && fits(~uint64_t(0)));
  }
  template <int W2, bool S2> void put(const ap_int_base<W2, S2>& x) {
    LIGHTMAMBA_CSIM_KEPT(holds(x), "does not fit", x, "a range of " + std::to_string(h - l + 1) + " bits");
    for (int i = 0, lo = l; lo <= h; ++i, lo += 64)
      target->set_slice64(lightmamba::csim::min_of(lo + 63, h), lo, x.word(i));
  }
  ap_range_ref& operator=(const ap_range_ref& x) { put(x.get()); return *this; }
  template <class T, int K = lightmamba::csim::Operand<T>::kKind, class = std::enable_if_t<(K > 0)>>
  ap_range_ref& operator=(const T& x) {
    put(lightmamba::csim::Operand<T>::get(x));
    return *this;
  }
  operator ap_ulong() const { return to_uint64(); }
  ap_ulong to_uint64() const {
    LIGHTMAMBA_CSIM_KEPT(h - l < 64 || !any_bit(l + 64), "does not fit", *target, "64 bits");
    return target->slice64(lightmamba::csim::min_of(h, l + 63), l);
  }
  ap_slong to_int64() const { return ap_slong(to_uint64()); }
  int to_int() const { return int(to_uint()); }
  unsigned to_uint() const {
    const ap_ulong bits = to_uint64();
    LIGHTMAMBA_CSIM_KEPT(bits >> 32 == 0, "does not fit", bits, "32 bits");
    return unsigned(bits);
  }
  bool or_reduce() const { return !get().iszero(); }
  bool xor_reduce() const { return get().xor_reduce(); }
  bool and_reduce() const {
    for (int i = l; i <= h; ++i) if (!target->get_bit(i)) return false;
    return true;
  }
};

template <int W, bool S> struct ap_bit_ref {
  ap_int_base<W, S>* target;
  int index;
  ap_bit_ref(ap_int_base<W, S>* t, int i) : target(t), index(i) {
    if (i < 0 || i >= W) lightmamba::csim::misuse("ap_int: bit index out of the width");
  }
  ap_bit_ref(const ap_bit_ref&) = default;
  operator bool() const { return target->get_bit(index); }
  bool to_bool() const { return *this; }
  bool get() const { return *this; }
  bool operator~() const { return !bool(*this); }
  int length() const { return 1; }
  template <int W2, bool S2> void put(const ap_int_base<W2, S2>& x) {
    target->set_bit(index, x.get_bit(0));
  }
  ap_bit_ref& operator=(const ap_bit_ref& x) { target->set_bit(index, bool(x)); return *this; }
  /// AMD: any value but zero sets the bit.
  template <class T, int K = lightmamba::csim::Operand<T>::kKind, class = std::enable_if_t<(K > 0)>>
  ap_bit_ref& operator=(const T& x) {
    target->set_bit(index, !lightmamba::csim::Operand<T>::get(x).iszero());
    return *this;
  }
};

/// (high, low): A and B are references where the operands can be written, values otherwise.
template <class A, class B> struct ap_concat_ref {
  A high;
  B low;
  using High = lightmamba::csim::Operand<std::decay_t<A>>;
  using Low = lightmamba::csim::Operand<std::decay_t<B>>;
  static constexpr int kWidth = High::kWidth + Low::kWidth;
  int length() const { return high.length() + low.length(); }
  ap_uint<kWidth> get() const {
    ap_uint<kWidth> l = Low::get(low).template resized<ap_uint<kWidth>>();
    if (low.length() < kWidth) l = ap_uint<kWidth>(l.range(low.length() - 1, 0).get());
    return High::get(high).template resized<ap_uint<kWidth>>().shifted_left(uint64_t(low.length())) | l;
  }
  template <int W2, bool S2> void put(const ap_int_base<W2, S2>& x) {
    const auto bits = x.template resized<ap_uint<lightmamba::csim::max_of(W2, kWidth)>>();
    assign(low, bits.range(low.length() - 1, 0).get());
    assign(high, bits.range(length() - 1, low.length()).get());
  }
  ap_concat_ref(A h, B l) : high(h), low(l) {}
  ap_concat_ref(const ap_concat_ref&) = default;
  const ap_concat_ref& operator=(const ap_concat_ref& x) { put(x.get()); return *this; }
  template <class T, int K = lightmamba::csim::Operand<T>::kKind, class = std::enable_if_t<(K > 0)>>
  const ap_concat_ref& operator=(const T& x) {
    put(lightmamba::csim::Operand<T>::get(x));
    return *this;
  }
  operator ap_ulong() const { return get().to_uint64(); }
  ap_ulong to_uint64() const { return get().to_uint64(); }
  int to_int() const { return get().to_int(); }

 private:
  template <int W, bool S, int W2, bool S2>
  static void assign(ap_int_base<W, S>& t, const ap_int_base<W2, S2>& x) {
    t = x.template resized<ap_int_base<W, S>>();
  }
  template <class T, int W2, bool S2>
  static auto assign(T& t, const ap_int_base<W2, S2>& x) -> decltype(t.put(x)) { t.put(x); }
};

#endif  // LIGHTMAMBA_CSIM_REFERENCES_HPP

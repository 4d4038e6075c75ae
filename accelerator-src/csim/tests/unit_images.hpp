// The images of the units and the messages of the chains, byte by byte from docs/formats.md.
#ifndef LIGHTMAMBA_TESTS_UNIT_IMAGES_HPP
#define LIGHTMAMBA_TESTS_UNIT_IMAGES_HPP

#include "unit_reference.hpp"

namespace reference {

/// Bytes in words of 64.
struct Bytes {
  std::vector<uint8_t> bytes;
  void put(int64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes.push_back(uint8_t(uint64_t(value) >> (8 * i)));
  }
  void pad() {
    while (bytes.size() % 64 != 0) bytes.push_back(0);
  }
  /// Values of `bits` bits each, contiguous, padded to a word.
  void pack(const std::vector<int>& values, int bits) {
    pad();
    const size_t first = bytes.size();
    bytes.resize(first + (values.size() * size_t(bits) + 511) / 512 * 64, 0);
    for (size_t i = 0; i < values.size(); ++i) {
      for (int b = 0; b < bits; ++b) {
        const size_t bit = i * size_t(bits) + size_t(b);
        if (values[i] >> b & 1) bytes[first + bit / 8] |= uint8_t(1 << bit % 8);
      }
    }
  }
};

inline int record_size() { return 2 * C::kConv + 5 <= 16 ? 16 : 2 * C::kConv + 5 <= 32 ? 32 : 64; }

/// A segment: rows of one unit in blocks of 16; null: padding.
inline void put_segment(Bytes& out, const std::vector<const Row*>& rows, const std::vector<const Record*>& records,
                        int rows_per_record, int length, int group, int bits, bool biased) {
  const Row zero = {std::vector<int>(size_t(length), 0), std::vector<int>(size_t(length / group), 0), 0, 0};
  const Record none;
  for (size_t first = 0; first < rows.size(); first += 16) {
    const size_t last = std::min(rows.size(), first + 16);
    out.pad();
    for (size_t r = first; r < last && rows_per_record > 0; r += size_t(rows_per_record)) {
      const Record* of_row = records[r / size_t(rows_per_record)];
      const Record& record = of_row == nullptr ? none : *of_row;
      const size_t begin = out.bytes.size();
      for (int tap : record.taps) out.put(tap, 2);
      out.put(record.bias, 4);
      out.put(record.scale, 1);
      out.bytes.resize(begin + size_t(record_size()), 0);
    }
    out.pad();
    for (size_t r = first; r < last; ++r) {
      const Row& row = rows[r] == nullptr ? zero : *rows[r];
      for (int m : row.mantissas) out.put(m, 1);
      out.put(row.kappa, 1);
      if (biased) out.put(row.bias, 4);
    }
    out.pad();
    for (size_t r = first; r < last; ++r) out.pack(rows[r] == nullptr ? zero.weights : rows[r]->weights, bits);
  }
}

template <typename T>
std::vector<const T*> dealt(const std::vector<T>& list, int unit) {
  std::vector<const T*> rows;
  const size_t rounds = (list.size() + C::kUnits - 1) / C::kUnits;
  for (size_t r = 0; r < rounds; ++r) {
    const size_t k = r * C::kUnits + size_t(unit);
    rows.push_back(k < list.size() ? &list[k] : nullptr);
  }
  return rows;
}

inline int state_words_of(int width) { return (C::kState * width + 511) / 512; }

/// Bytes of a context.
inline int context_size() {
  int size = 1;
  while (size < 2 * (C::kConv - 1) + kGroups) size *= 2;
  return size;
}

/// Words of the state region of one sequence of a unit.
inline int slot_words(const Model& model, int unit) {
  int words = 0;
  for (const Layer& layer : model.layers) {
    for (int first = unit; first < C::kInner; first += 8 * C::kUnits) {
      words += (8 * context_size() + 63) / 64;
      for (int c = first; c < std::min(C::kInner, first + 8 * C::kUnits); c += C::kUnits)
        words += state_words_of(layer.widths[size_t(c / C::kHeadDim)]);
    }
  }
  return words;
}

/// The image; behind it lies the state region.
inline Bytes unit_image(const Model& model, int unit) {
  Bytes out;
  out.bytes.resize(64, 0);
  for (const Layer& layer : model.layers)
    for (int width : layer.widths) out.put(width, 1);
  out.pad();
  for (int i = 0; i < 512; ++i) out.put(silu_entry(i), 2);
  for (const Layer& layer : model.layers) {
    put_segment(out, dealt(layer.shared, unit), dealt(layer.shared_records, unit), 1, C::kModel, C::kWeightGroupModel,
                model.weight_bits, C::kBias != 0);
    std::vector<const Row*> pairs;
    const std::vector<const Row*> x = dealt(layer.x, unit);
    const std::vector<const Row*> z = dealt(layer.z, unit);
    for (size_t i = 0; i < x.size(); ++i) {
      pairs.push_back(x[i]);
      pairs.push_back(z[i]);
    }
    put_segment(out, pairs, dealt(layer.x_records, unit), 2, C::kModel, C::kWeightGroupModel, model.weight_bits,
                C::kBias != 0);
    put_segment(out, dealt(layer.out, unit), {}, 0, C::kInner, C::kWeightGroupInner, model.weight_bits, C::kBias != 0);
  }
  put_segment(out, dealt(model.head, unit), {}, 0, C::kModel, C::kWeightGroupModel, model.head_bits, false);
  const int header[2] = {slot_words(model, unit), int(out.bytes.size() / 64)};
  for (size_t i = 0; i < 8; ++i) out.bytes[i] = uint8_t(unsigned(header[i / 4]) >> (8 * (i % 4)));
  return out;
}

/// The state of a sequence as a unit's slot holds it: for every block the contexts, then the mantissas.
/// @param layers so many of the first layers
inline Bytes slot_image(const Model& model, const Sequence& sequence, int unit, size_t layers) {
  Bytes out;
  for (size_t l = 0; l < layers; ++l) {
    for (int first = unit; first < C::kInner; first += 8 * C::kUnits) {
      const int end = std::min(C::kInner, first + 8 * C::kUnits);
      for (int c = first; c < first + 8 * C::kUnits; c += C::kUnits) {
        const size_t begin = out.bytes.size();
        for (int k = 0; k < C::kConv - 1 && c < end; ++k) out.put(sequence.x_history[l][size_t(c)][size_t(k)], 2);
        for (int g = 0; g < kGroups && c < end; ++g) out.put(sequence.exponents[l][size_t(c)][size_t(g)], 1);
        out.bytes.resize(begin + size_t(context_size()), 0);
      }
      out.pad();
      for (int c = first; c < end; c += C::kUnits)
        out.pack(sequence.mantissas[l][size_t(c)], model.layers[l].widths[size_t(c / C::kHeadDim)]);
    }
  }
  return out;
}

inline Bytes vector_message(const Vector& vector) {
  Bytes out;
  out.put(vector.t, 4);
  out.put(vector.u, 4);
  out.pad();
  out.pack(vector.d, 4);
  out.pack(vector.q, vector.bits);
  return out;
}

inline Bytes state_message(const Message& message, const Layer& layer) {
  Bytes out;
  out.put(message.gate_shift, 1);
  for (int e : message.eb) out.put(e, 1);
  while (out.bytes.size() < 32) out.put(0, 1);
  for (int e : message.ec) out.put(e, 1);
  out.pad();
  out.pack(message.b, 8);
  out.pack(message.c, 8);
  for (size_t h = 0; h < message.dtm.size(); ++h) {
    out.put(message.dtm[h], 2);
    out.put(message.dte[h], 1);
    out.put(layer.widths[h], 1);
    out.put(message.decay[h], 4);
    out.put(message.skip[h], 4);
    out.put(0, 4);
  }
  out.pad();
  return out;
}

}  // namespace reference

#endif

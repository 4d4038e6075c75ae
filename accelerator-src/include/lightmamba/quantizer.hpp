/// @file
/// Dynamic quantization of a vector into an ACTIVATION message (numerics.md, section 2; formats.md, section 5).
#ifndef LIGHTMAMBA_QUANTIZER_HPP
#define LIGHTMAMBA_QUANTIZER_HPP

#include "lightmamba/fixed_point.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// The normed residual, for in_proj and the head.
template <typename C>
struct ModelVector {
  typedef C Config;
  typedef Value Element;
  static constexpr int kLength = C::kModel;
  static constexpr int kGroup = C::kActivationGroupModel;
  static constexpr int kExponentWords = Schedule<C>::kModelExponentWords;
};

/// The transformed inner vector, for out_proj.
template <typename C>
struct InnerVector {
  typedef C Config;
  typedef ap_int<C::kTransformedBits> Element;
  static constexpr int kLength = C::kInner;
  static constexpr int kGroup = C::kActivationGroupInner;
  static constexpr int kExponentWords = Schedule<C>::kInnerExponentWords;
};

/// Quantizes one vector: group exponents while it arrives, then header, exponents and values.
/// @tparam V ModelVector or InnerVector
/// @param head whether it goes to the LM head, whose activations have 8 bits in every scheme
template <typename V>
void quantize_vector(hls::stream<typename V::Element>& values, hls::stream<Norm>& norms, hls::stream<Word>& message,
                     bool head) {
#pragma HLS INLINE off
  typedef typename V::Config C;
  typedef typename V::Element Element;
  constexpr int kGroups = V::kLength / V::kGroup;
  constexpr int kExponentsPerWord = Schedule<C>::kExponentsPerWord;
  constexpr int kLanes = kWordBits / C::kActivationBits;
  constexpr int kHeadLanes = kWordBits / kHeadActivationBits;
  const int qmax = head ? C::kHeadActivationMax : C::kActivationMax;
  const int limit = head ? C::kHeadActivationExponentLimit : C::kActivationExponentLimit;
  LIGHTMAMBA_MEMORY(Element, vector, [V::kLength]);
  LIGHTMAMBA_MEMORY(unsigned char, exponents, [kGroups]);
  LIGHTMAMBA_MEMORY(unsigned char, relative, [kGroups]);
  int largest_exponent = 0;
  Wide largest = 0;
QUANTIZE_TAKE:
  for (int i = 0; i < V::kLength; ++i) {
#pragma HLS PIPELINE II=1
    const Element value = values.read();
    vector[i] = value;
    const Wide m = magnitude(value.to_int64());
    largest = i % V::kGroup == 0 || m > largest ? m : largest;
    if (i % V::kGroup == V::kGroup - 1) {
      const int e = exponent(largest, limit);
      exponents[i / V::kGroup] = static_cast<unsigned char>(e);
      largest_exponent = max_of(largest_exponent, e);
    }
  }

  const Norm norm = norms.read();
  Word header = 0;
  header.range(31, 0) = ap_int<32>(norm.j.to_int() - largest_exponent);
  header.range(63, 32) = ap_uint<32>(norm.u);
  message.write(header);

QUANTIZE_EXPONENT_WORD:
  for (int w = 0; w < V::kExponentWords; ++w) {
#pragma HLS LOOP_FLATTEN off
    Word word = 0;
  QUANTIZE_EXPONENT:
    for (int i = 0; i < kExponentsPerWord; ++i) {
#pragma HLS PIPELINE II=1
      const int a = w * kExponentsPerWord + i;
      if (a < kGroups) {
        const int d = min_of(largest_exponent - exponents[a], C::kRelativeExponentMax);
        relative[a] = static_cast<unsigned char>(d);
        word.range(4 * i + 3, 4 * i) = ap_uint<4>(d);
      }
    }
    message.write(word);
  }

  Word word = 0;
QUANTIZE_VALUE:
  for (int i = 0; i < V::kLength; ++i) {
#pragma HLS PIPELINE II=1
    const bool bytes = head || C::kActivationBits == kHeadActivationBits;
    const int lane = i % (bytes ? kHeadLanes : kLanes);
    const int in_force = largest_exponent - relative[i / V::kGroup];
    const Wide q = clip(rnd(vector[i].to_int64(), in_force), qmax);
    if (bytes) {
      word.range(8 * lane + 7, 8 * lane) = ap_int<8>(q);
    } else {
      word.range(4 * lane + 3, 4 * lane) = ap_int<4>(q);
    }
    if (lane == (bytes ? kHeadLanes : kLanes) - 1 || i == V::kLength - 1) {
      message.write(word);
      word = 0;
    }
  }
}

/// Process: quantizes the residual vectors of every token.
template <typename C>
void quantize_model(hls::stream<Value>& values, hls::stream<Norm>& norms, hls::stream<Word>& message, int tokens,
                    int logits_for_all) {
QUANTIZE_MODEL_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
    const int count = C::kLayers + (has_logits(token, tokens, logits_for_all) ? 1 : 0);
  QUANTIZE_MODEL_VECTOR:
    for (int vector = 0; vector < count; ++vector) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=65
      quantize_vector<ModelVector<C> >(values, norms, message, vector == C::kLayers);
    }
  }
}

/// Process: quantizes the transformed inner vector of every layer and token.
template <typename C>
void quantize_inner(hls::stream<ap_int<C::kTransformedBits> >& values, hls::stream<Norm>& norms,
                    hls::stream<Word>& message, int tokens) {
QUANTIZE_INNER_TOKEN:
  for (int token = 0; token < tokens; ++token) {
#pragma HLS LOOP_FLATTEN off
#pragma HLS LOOP_TRIPCOUNT min=1 max=512
  QUANTIZE_INNER_LAYER:
    for (int layer = 0; layer < C::kLayers; ++layer) {
#pragma HLS LOOP_FLATTEN off
      quantize_vector<InnerVector<C> >(values, norms, message, false);
    }
  }
}

}  // namespace lightmamba

#endif

/// @file
/// The context of a channel (formats.md, section 2).
#ifndef LIGHTMAMBA_CONTEXT_HPP
#define LIGHTMAMBA_CONTEXT_HPP

#include "lightmamba/schedule.hpp"

namespace lightmamba {

/// Bits of the exponent of a state group (numerics.md, section 6).
constexpr int kStateExponentBits = 6;

/// What a channel takes from a token to the next beside the mantissas of its state.
template <typename C>
struct ChannelContext {
  ap_uint<8 * Schedule<C>::kHistoryBytes> history;                      ///< x[t-K+1] .. x[t-1], oldest first
  ap_uint<kStateExponentBits * Schedule<C>::kStateGroups> exponents;  ///< of the state groups, the first one lowest
};

/// How contexts lie in words: in parts of equal size, of which a context has one, or two if it is longer than a word.
template <typename C>
struct ContextParts {
  typedef Schedule<C> S;
  static constexpr int kBits = min_of(8 * S::kContextBytes, kWordBits);
  static constexpr int kInWord = kWordBits / kBits;
  static constexpr int kOfContext = 8 * S::kContextBytes / kBits;
  static constexpr int kOfBlock = S::kChannelBlockRounds * kOfContext;
  typedef ap_uint<8 * S::kContextBytes> Record;
};

/// The context from its bytes.
template <typename C>
ChannelContext<C> unpack_context(const typename ContextParts<C>::Record& record) {
#pragma HLS INLINE
  typedef Schedule<C> S;
  ChannelContext<C> context;
  context.history = record.range(8 * S::kHistoryBytes - 1, 0);
  context.exponents = 0;
UNPACK_EXPONENT:
  for (int g = 0; g < S::kStateGroups; ++g) {
#pragma HLS UNROLL
    const int from = 8 * (S::kHistoryBytes + g);
    context.exponents.range(kStateExponentBits * g + kStateExponentBits - 1, kStateExponentBits * g) =
        record.range(from + kStateExponentBits - 1, from);
  }
  return context;
}

/// The bytes of a context.
template <typename C>
typename ContextParts<C>::Record pack_context(const ChannelContext<C>& context) {
#pragma HLS INLINE
  typedef Schedule<C> S;
  typename ContextParts<C>::Record record = 0;
  record.range(8 * S::kHistoryBytes - 1, 0) = context.history;
PACK_EXPONENT:
  for (int g = 0; g < S::kStateGroups; ++g) {
#pragma HLS UNROLL
    const int from = 8 * (S::kHistoryBytes + g);
    record.range(from + kStateExponentBits - 1, from) =
        context.exponents.range(kStateExponentBits * g + kStateExponentBits - 1, kStateExponentBits * g);
  }
  return record;
}

/// Takes the contexts of a block out of words, for each of `sequences` sequences.
/// @param contexts of the block, [sequence][round]
template <typename C>
void load_contexts(hls::stream<Word>& words, ChannelContext<C>* contexts, int sequences) {
#pragma HLS INLINE off
  typedef ContextParts<C> P;
  typedef typename P::Record Record;
  static_assert(P::kOfContext <= 2, "lightmamba: the context of a channel has at most two words");
  Word word = 0;
  Record record = 0;
LOAD_CONTEXT:
  for (int i = 0; i < sequences * P::kOfBlock; ++i) {
#pragma HLS PIPELINE II=1
#pragma HLS LOOP_TRIPCOUNT min=8 max=128
    if (i % P::kOfBlock % P::kInWord == 0) {
      word = words.read();
    }
    const Record part = Record(word.range(P::kBits - 1, 0));
    record = P::kOfContext == 1 ? part : Record((part << P::kBits) | (record >> P::kBits));
    word = word >> P::kBits;
    if (i % P::kOfContext == P::kOfContext - 1) {
      contexts[i / P::kOfContext] = unpack_context<C>(record);
    }
  }
}

}  // namespace lightmamba

#endif

// Single stages and primitives on cases from a file (argv[1]): one case a line, one line of results each.
// Numbers are decimal; images and messages are hexadecimal bytes, first byte first.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "lightmamba_csim.hpp"

#include "lightmamba_config.hpp"

#include "lightmamba/conv1d.hpp"
#include "lightmamba/gate.hpp"
#include "lightmamba/gated_norm.hpp"
#include "lightmamba/gemv.hpp"
#include "lightmamba/hadamard.hpp"
#include "lightmamba/quantizer.hpp"
#include "lightmamba/requantize.hpp"
#include "lightmamba/rsqrt.hpp"
#include "lightmamba/selective_scan.hpp"
#include "lightmamba/silu.hpp"
#include "lightmamba/softplus_decay.hpp"

using namespace lightmamba;
typedef Config C;
typedef Schedule<C> S;

static short silu_table[C::kSiluEntries + 1];
static int rsqrt_table[C::kRsqrtEntries];
static int exp2_table[C::kExp2Entries];
static int log1p_table[C::kLog1pEntries];

static std::vector<Word> words(const std::string& hex) {
  std::vector<Word> result((hex.size() / 2 + kWordBytes - 1) / kWordBytes, Word(0));
  for (size_t i = 0; i < hex.size() / 2; ++i) {
    const int byte = std::stoi(hex.substr(2 * i, 2), nullptr, 16);
    const int bit = static_cast<int>(i % kWordBytes) * 8;
    result[i / kWordBytes].range(bit + 7, bit) = ap_uint<8>(byte);
  }
  return result;
}

static Wide number(std::istream& in) {
  Wide value = 0;
  if (!(in >> value)) lightmamba::csim::misuse("a case lacks a number");
  return value;
}

static std::vector<Wide> numbers(std::istream& in, int count) {
  std::vector<Wide> result;
  for (int i = 0; i < count; ++i) result.push_back(number(in));
  return result;
}

static void load_tables(std::istream& in, const std::string& op) {
  if (op == "SILU") for (int i = 0; i <= C::kSiluEntries; ++i) silu_table[i] = static_cast<short>(number(in));
  if (op == "RSQRT") for (int i = 0; i < C::kRsqrtEntries; ++i) rsqrt_table[i] = static_cast<int>(number(in));
  if (op == "EXP2") for (int i = 0; i < C::kExp2Entries; ++i) exp2_table[i] = static_cast<int>(number(in));
  if (op == "LOG1P") for (int i = 0; i < C::kLog1pEntries; ++i) log1p_table[i] = static_cast<int>(number(in));
}

/// Beats of one vector, in lane 0; zeros behind its end.
template <int Bits>
static void write_beats(std::istream& in, hls::stream<LaneBeat<Bits> >& to, int length) {
  const std::vector<Wide> v = numbers(in, length);
  for (int base = 0; base < length; base += kBeatValues) {
    LaneBeat<Bits> beat;
    beat.values = 0;
    beat.lane = 0;
    for (int i = base; i < length && i < base + kBeatValues; ++i) {
      set_element<Bits>(beat.values, i - base, ap_int<Bits>(v[static_cast<size_t>(i)]));
    }
    to.write(beat);
  }
}

static void transform(std::istream& in, std::ostream& out) {
  hls::stream<LaneBeat<C::kGateBits>, S::kInnerBeats> from("from");
  hls::stream<LanePair<C::kTransformedBits>, S::kInnerBeats> to("to");
  write_beats<C::kGateBits>(in, from, C::kInner);
  transform_vectors<C>(from, to, 1);
  for (int base = 0; base < C::kInner; base += 2 * kBeatValues) {
    const LanePair<C::kTransformedBits> pair = to.read();
    for (int i = 0; i < 2 * kBeatValues && base + i < C::kInner; ++i) {
      out << element<C::kTransformedBits>(i < kBeatValues ? pair.even : pair.odd, i % kBeatValues).to_int64() << ' ';
    }
  }
}

static void write_norm(std::istream& in, hls::stream<Norm>& norms) {
  Norm norm;
  norm.u = ap_uint<17>(number(in));
  norm.j = ap_int<8>(number(in));
  norms.write(norm);
}

static void print_words(hls::stream<Word>& message, std::ostream& out, int words) {
  for (int w = 0; w < words; ++w) {
    const Word word = message.read();
    for (int i = 0; i < kWordBytes; ++i) out << field<8>(word, i).to_int() << ' ';
  }
}

// The case says the bits of an activation.
static void quantize(std::istream& in, std::ostream& out) {
  hls::stream<ValueBeat, S::kModelBeats> values("values");
  hls::stream<Norm, 1> norms("norms");
  hls::stream<Word, C::kModel> message("message");
  const int bits = static_cast<int>(number(in));
  write_norm(in, norms);
  write_beats<32>(in, values, C::kModel);
  quantize_mixed<C>(values, norms, message, 0, 1, bits);
  print_words(message, out, S::model_message_words(bits));
}

static void quantize_transformed(std::istream& in, std::ostream& out) {
  hls::stream<LaneBeat<C::kTransformedBits>, S::kInnerBeats> values("values");
  hls::stream<LanePair<C::kTransformedBits>, S::kInnerBeats> pairs("pairs");
  hls::stream<Norm, 1> norms("norms");
  hls::stream<Word, C::kInner> message("message");
  const int bits = static_cast<int>(number(in));
  write_norm(in, norms);
  write_beats<C::kTransformedBits>(in, values, C::kInner);
  for (int beat = 0; beat < S::kInnerBeats; beat += 2) {
    LanePair<C::kTransformedBits> pair;
    pair.lane = 0;
    pair.even = values.read().values;
    pair.odd = 0;
    if (beat + 1 < S::kInnerBeats) pair.odd = values.read().values;
    pairs.write(pair);
  }
  quantize_ordered<C>(pairs, norms, message, 1, bits);
  print_words(message, out, S::inner_message_words(bits));
}

// Rows of in_proj, of out_proj or of the head: bits of weights and activations, lanes, a message a lane.
static void product(std::istream& in, std::ostream& out, bool inner, bool biased) {
  const int weight_bits = static_cast<int>(number(in));
  const int activation_bits = static_cast<int>(number(in));
  const int lanes = static_cast<int>(number(in));
  const int rows = static_cast<int>(number(in));
  std::string message, scales, weights;
  hls::stream<Word, 4096> vector_words("vector_words"), scale_words("scale_words"), weight_words("weight_words");
  hls::stream<Mantissas<C>, 4096> mantissas("mantissas");
  hls::stream<RowScale<C>, 4096> row_scales("row_scales");
  hls::stream<VectorNorm, C::kLanes> norms("norms");
  hls::stream<RowProducts<C>, 4096> products("products");
  for (int lane = 0; lane < lanes; ++lane) {
    in >> message;
    for (const Word& w : words(message)) vector_words.write(w);
  }
  in >> scales >> weights;
  for (const Word& w : words(scales)) scale_words.write(w);
  for (const Word& w : words(weights)) weight_words.write(w);
  const int weight_log2 = exact_log2(inner ? C::kWeightGroupInner : C::kWeightGroupModel);
  unpack_segment<C>(scale_words, mantissas, row_scales, rows, inner ? S::kInnerWeightGroups : S::kModelWeightGroups,
                    weight_log2, weight_bits, biased);
  multiply_rows<C>(vector_words, weight_words, mantissas, norms, products, rows, inner ? C::kInner : C::kModel,
                   exact_log2(inner ? C::kActivationGroupInner : C::kActivationGroupModel), weight_log2, weight_bits,
                   activation_bits, lanes);
  std::vector<VectorNorm> of_lane;
  for (int lane = 0; lane < lanes; ++lane) of_lane.push_back(norms.read());
  for (int row = 0; row < rows; ++row) {
    const RowProducts<C> p = products.read();
    const RowScale<C> scale = row_scales.read();
    for (int lane = 0; lane < lanes; ++lane) {
      out << p.acc[lane].to_int64() << ' '
          << scale_product<C>(p.acc[lane], of_lane[static_cast<size_t>(lane)], scale).to_int64() << ' ';
    }
  }
}

static void gated(std::istream& in, std::ostream& out) {
  const SquareSum epsilon = SquareSum(number(in));
  const int gain_shift = static_cast<int>(number(in));
  std::string gains;
  in >> gains;
  const std::vector<Word> constants = words(gains);
  hls::stream<ValueBeat, S::kInnerBeats> values("values");
  hls::stream<LaneBeat<C::kGateBits>, S::kInnerBeats> weighted("weighted");
  hls::stream<Norm, 1> norms("norms");
  write_beats<32>(in, values, C::kInner);
  if (C::kNormGroups == 1) {
    weigh_vectors<C>(constants.data(), values, weighted, norms, epsilon, gain_shift, rsqrt_table, 1);
  } else {
    weigh_groups<C>(constants.data(), values, weighted, norms, epsilon, gain_shift, rsqrt_table, 1);
  }
  const Norm norm = norms.read();
  out << norm.u.to_int() << ' ' << norm.j.to_int();
  for (int base = 0; base < C::kInner; base += kBeatValues) {
    const LaneBeat<C::kGateBits> beat = weighted.read();
    for (int i = 0; i < kBeatValues && base + i < C::kInner; ++i) {
      out << ' ' << element<C::kGateBits>(beat.values, i).to_int64();
    }
  }
}

static void convolution(std::istream& in, std::ostream& out) {
  const int index = static_cast<int>(number(in));
  std::string records;
  in >> records;
  const ConvolutionRecord<C> unpacked = unpack_record<C>(words(records)[0], index);
  short history[C::kConv - 1];
  for (int k = 0; k < C::kConv - 1; ++k) history[k] = static_cast<short>(number(in));
  out << convolve_step<C>(unpacked, history, ap_int<16>(number(in)));
  for (int k = 0; k < C::kConv - 1; ++k) out << ' ' << history[k];
}

static void one_case(const std::string& op, std::istream& in, std::ostream& out) {
  if (op == "bitlen") {
    out << bit_length(number(in));
  } else if (op == "rnd") {
    const std::vector<Wide> a = numbers(in, 2);
    out << rnd(a[0], static_cast<int>(a[1]));
  } else if (op == "shift16" || op == "shift48" || op == "shift62") {
    const std::vector<Wide> a = numbers(in, 2);
    const int s = static_cast<int>(a[1]);
    out << (op == "shift16" ? shift<16>(a[0], s).to_int64()
                            : (op == "shift48" ? shift<48>(a[0], s).to_int64() : shift<62>(a[0], s).to_int64()));
  } else if (op == "sat24") {
    out << sat<24>(number(in)).to_int64();
  } else if (op == "exponent") {
    const std::vector<Wide> a = numbers(in, 2);
    out << exponent(a[0], static_cast<int>(a[1]));
  } else if (op == "silu") {
    out << silu<C>(number(in), silu_table).to_int64();
  } else if (op == "rsqrt") {
    const std::vector<Wide> a = numbers(in, 2);
    const SquareSum s = (SquareSum(a[0]) << 40) + SquareSum(a[1]);
    const Norm norm = rsqrt<C>(s, rsqrt_table);
    out << norm.u.to_int() << ' ' << norm.j.to_int();
  } else if (op == "softplus") {
    const std::vector<Wide> a = numbers(in, 4);
    out << softplus<C>(a[0], a[1], a[2], a[3], exp2_table, log1p_table);
  } else if (op == "decay") {
    const std::vector<Wide> a = numbers(in, 3);
    out << decay<C>(a[0], a[1], static_cast<int>(a[2]), exp2_table);
  } else if (op == "gate") {
    const std::vector<Wide> a = numbers(in, 3);
    out << gate_value<C>(a[0], a[1], static_cast<int>(a[2]), silu_table).to_int64();
  } else if (op == "state") {
    const std::vector<Wide> a = numbers(in, 7);
    const ScaledOperand<C> dx(static_cast<signed char>(a[3]), static_cast<int>(a[4] + a[6]));
    out << scan_element<C>(static_cast<short>(a[0]), static_cast<int>(a[1]), ap_uint<C::kDecayFraction + 1>(a[2]), dx,
                           static_cast<signed char>(a[5]))
               .to_int64();
  } else if (op == "hadamard") {
    transform(in, out);
  } else if (op == "quantize") {
    quantize(in, out);
  } else if (op == "quantize_inner") {
    quantize_transformed(in, out);
  } else if (op == "product") {
    product(in, out, false, C::kBias != 0);
  } else if (op == "product_inner") {
    product(in, out, true, C::kBias != 0);
  } else if (op == "product_head") {
    product(in, out, false, false);
  } else if (op == "gated") {
    gated(in, out);
  } else if (op == "convolution") {
    convolution(in, out);
  } else {
    lightmamba::csim::misuse("unknown case", op.c_str());
  }
}

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream file(argv[1]);
  std::ostringstream out;
  csim::Simulation simulation(1);
  simulation.start("stages", [&] {
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream in(line);
      std::string op;
      in >> op;
      if (op == "SILU" || op == "RSQRT" || op == "EXP2" || op == "LOG1P") {
        load_tables(in, op);
      } else {
        one_case(op, in, out);
        out << '\n';
      }
    }
  });
  simulation.run();
  std::fputs(out.str().c_str(), stdout);
  return 0;
}

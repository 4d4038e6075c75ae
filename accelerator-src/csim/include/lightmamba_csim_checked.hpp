#ifndef LIGHTMAMBA_CSIM_CHECKED_HPP
#define LIGHTMAMBA_CSIM_CHECKED_HPP
// With LIGHTMAMBA_CSIM_CHECKED, a conversion of an ap integer that changes its value ends the simulation. What is meant
// to lose bits says so: it takes a range(), which is bits and not a number, or masks them away before.
// Without it, the macros are empty and nothing is checked.

#include <string>

#include "lightmamba_csim_base.hpp"

#ifdef LIGHTMAMBA_CSIM_CHECKED
/// Parameters and arguments that say where in the source a conversion stands.
#define LIGHTMAMBA_CSIM_WHERE const char *at_file = __builtin_FILE(), int at_line = __builtin_LINE()
#define LIGHTMAMBA_CSIM_AND_WHERE , LIGHTMAMBA_CSIM_WHERE
#define LIGHTMAMBA_CSIM_HERE at_file, at_line
#define LIGHTMAMBA_CSIM_AND_HERE , LIGHTMAMBA_CSIM_HERE
/// For operators, which cannot take further parameters.
#define LIGHTMAMBA_CSIM_WHERE_UNKNOWN const char* at_file = nullptr; const int at_line = 0
/// Ends the simulation unless `kept`; FROM is a number, TO names a type.
#define LIGHTMAMBA_CSIM_KEPT(kept, how, from, to)                                                \
  do {                                                                                           \
    if (!(kept))                                                                                 \
      lightmamba::csim::lost(how, lightmamba::csim::described(from), to, at_file, at_line);      \
  } while (false)
#else
#define LIGHTMAMBA_CSIM_WHERE
#define LIGHTMAMBA_CSIM_AND_WHERE
#define LIGHTMAMBA_CSIM_HERE
#define LIGHTMAMBA_CSIM_AND_HERE
#define LIGHTMAMBA_CSIM_WHERE_UNKNOWN static_assert(true, "")
#define LIGHTMAMBA_CSIM_KEPT(kept, how, from, to) do {} while (false)
#endif

namespace lightmamba {
namespace csim {

/// Name of the running process and its unit; the processes' header sets it.
inline std::string (*running_process)() = nullptr;

inline std::string type_name(int width, bool is_signed) {
  return (is_signed ? "ap_int<" : "ap_uint<") + std::to_string(width) + ">";
}

/// A number with its type: decimal up to 64 bits, hexadecimal words above.
template <class N> std::string described(const N& x) {
  std::string value;
  if constexpr (std::is_integral<N>::value) {
    return std::to_string(sizeof(N) * 8) + "-bit integer " + std::to_string(x);
  } else {
    if constexpr (N::kWords == 1) {
      value = N::sign_flag ? std::to_string(int64_t(x.low())) : std::to_string(x.low());
    } else {
      value = "0x";
      char digits[17];
      for (int i = N::kWords; i-- > 0;) {
        std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(x.word(i)));
        value += digits;
      }
    }
    return type_name(N::width, N::sign_flag) + " " + value;
  }
}

/// Ends the program: a number does not fit where it goes.
[[noreturn]] inline void lost(const char* how, const std::string& from, const std::string& to, const char* file,
                              int line) {
  std::fflush(stdout);
  const std::string process = running_process == nullptr ? "" : running_process();
  std::fprintf(stderr, "LOSS of bits: %s %s in %s%s", from.c_str(), how, to.c_str(), process.c_str());
  if (file != nullptr) std::fprintf(stderr, " (%s:%d)", file, line);
  std::fprintf(stderr, "\n");
  std::fflush(stderr);
  std::_Exit(kExitLoss);
}

}  // namespace csim
}  // namespace lightmamba

#endif  // LIGHTMAMBA_CSIM_CHECKED_HPP

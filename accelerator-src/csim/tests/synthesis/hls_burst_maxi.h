#ifndef LIGHTMAMBA_SYNTHESIS_HLS_BURST_MAXI_H
#define LIGHTMAMBA_SYNTHESIS_HLS_BURST_MAXI_H
// A memory port as a front end for synthesis has it: operations without a body.

#include <cstddef>

namespace hls {

template <typename T> class burst_maxi {
 public:
  void read_request(size_t offset, size_t length);
  T read();
  void write_request(size_t offset, size_t length);
  void write(const T& value);
  void write_response();

 private:
  T* base_;
};

}  // namespace hls

#endif  // LIGHTMAMBA_SYNTHESIS_HLS_BURST_MAXI_H

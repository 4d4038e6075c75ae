#ifndef LIGHTMAMBA_SYNTHESIS_HLS_STREAM_H
#define LIGHTMAMBA_SYNTHESIS_HLS_STREAM_H
// Streams as a front end for synthesis has them: operations without a body.

namespace hls {

template <typename T, int DEPTH = 0> class stream;

template <typename T> class stream<T, 0> {
 public:
  stream();
  explicit stream(const char* name);
  stream(const stream&) = delete;
  T read();
  void read(T& value);
  void write(const T& value);
};

template <typename T, int DEPTH> class stream : public stream<T, 0> {
 public:
  explicit stream(const char* name);
};

}  // namespace hls

#endif  // LIGHTMAMBA_SYNTHESIS_HLS_STREAM_H

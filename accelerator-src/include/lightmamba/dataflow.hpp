#ifndef LIGHTMAMBA_DATAFLOW_HPP
#define LIGHTMAMBA_DATAFLOW_HPP
// One source for Vitis and for simulation: what a dataflow region, a stream and a memory become.
//
//   void top(...) {
//   #pragma HLS dataflow
//     LIGHTMAMBA_STREAM(word_t, words, 4);
//     LIGHTMAMBA_DATAFLOW_REGION;            // after every stream, before the first process
//     LIGHTMAMBA_PROCESS(load, memory, words, n);
//     LIGHTMAMBA_PROCESS(LIGHTMAMBA_INSTANCE(consume, Config, 4), words, n);
//   }                                        // simulation: waits here for all processes
//
// Types with a comma need a `using`. LIGHTMAMBA_CSIM is defined by the simulation's compile line.

#include <ap_int.h>
#include <hls_stream.h>

#define LIGHTMAMBA_INSTANCE(name, ...) name<__VA_ARGS__>
#define LIGHTMAMBA_TEXT_(...) #__VA_ARGS__
#define LIGHTMAMBA_TEXT(...) LIGHTMAMBA_TEXT_(__VA_ARGS__)

#if defined(LIGHTMAMBA_CSIM) && !defined(__SYNTHESIS__)

#include "lightmamba_csim_memory.hpp"

#define LIGHTMAMBA_DATAFLOW_REGION lightmamba::csim::Region lightmamba_region
#define LIGHTMAMBA_PROCESS(function, ...)                                                    \
  lightmamba_region.spawn(                                                                   \
      LIGHTMAMBA_TEXT(function),                                                             \
      [](auto&&... lightmamba_args) {                                                        \
        function(static_cast<decltype(lightmamba_args)&&>(lightmamba_args)...);              \
      },                                                                                     \
      __VA_ARGS__)
#define LIGHTMAMBA_MEMORY(type, name, dims)                   \
  lightmamba::csim::Memory<type dims> lightmamba_at_##name;   \
  auto& name = lightmamba_at_##name.get()
#define LIGHTMAMBA_PERSISTENT_MEMORY(type, name, dims)        \
  static char lightmamba_at_##name;                           \
  auto& name = lightmamba::csim::persistent<type dims>(&lightmamba_at_##name, #name)
#define LIGHTMAMBA_STREAM(type, name, depth) hls::stream<type, depth> name(#name)
#define LIGHTMAMBA_STREAM_ARRAY(type, name, depth, count) \
  hls::stream<type, depth> name[count];                   \
  lightmamba::csim::name_streams(name, #name)

#else

#define LIGHTMAMBA_DATAFLOW_REGION
#define LIGHTMAMBA_PROCESS(function, ...) function(__VA_ARGS__)
#define LIGHTMAMBA_MEMORY(type, name, dims) type name dims
#define LIGHTMAMBA_PERSISTENT_MEMORY(type, name, dims) static type name dims

#ifdef LIGHTMAMBA_STREAM_DEPTH_BY_PRAGMA  // front ends without hls::stream's second argument
#define LIGHTMAMBA_PRAGMA(...) _Pragma(#__VA_ARGS__)
#define LIGHTMAMBA_STREAM(type, name, size) \
  hls::stream<type> name(#name);            \
  LIGHTMAMBA_PRAGMA(HLS stream variable = name depth = size)
#define LIGHTMAMBA_STREAM_ARRAY(type, name, size, count) \
  hls::stream<type> name[count];                         \
  LIGHTMAMBA_PRAGMA(HLS stream variable = name depth = size)
#else
#define LIGHTMAMBA_STREAM(type, name, depth) hls::stream<type, depth> name(#name)
#define LIGHTMAMBA_STREAM_ARRAY(type, name, depth, count) hls::stream<type, depth> name[count]
#endif

#endif

#endif  // LIGHTMAMBA_DATAFLOW_HPP

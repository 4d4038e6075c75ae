#ifndef LIGHTMAMBA_CSIM_AP_AXI_SDATA_H
#define LIGHTMAMBA_CSIM_AP_AXI_SDATA_H
// Stand-in for AMD's ap_axi_sdata.h: a beat of an AXI stream.

#include "ap_int.h"

/// W data bits, U user, I id, D destination; a side channel of width 0 keeps one unused bit.
template <int W, int U = 0, int I = 0, int D = 0> struct ap_axiu {
  ap_uint<W> data;
  ap_uint<(W + 7) / 8> keep;
  ap_uint<(W + 7) / 8> strb;
  ap_uint<(U > 0 ? U : 1)> user;
  ap_uint<1> last;
  ap_uint<(I > 0 ? I : 1)> id;
  ap_uint<(D > 0 ? D : 1)> dest;
};
template <int W, int U = 0, int I = 0, int D = 0> struct ap_axis {
  ap_int<W> data;
  ap_uint<(W + 7) / 8> keep;
  ap_uint<(W + 7) / 8> strb;
  ap_uint<(U > 0 ? U : 1)> user;
  ap_uint<1> last;
  ap_uint<(I > 0 ? I : 1)> id;
  ap_uint<(D > 0 ? D : 1)> dest;
};

#endif  // LIGHTMAMBA_CSIM_AP_AXI_SDATA_H

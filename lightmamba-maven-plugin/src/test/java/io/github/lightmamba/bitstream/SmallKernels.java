package io.github.lightmamba.bitstream;

import io.github.lightmamba.pipeline.FileDigests;
import io.github.lightmamba.pipeline.Inputs;
import io.github.lightmamba.pipeline.Outcome;
import io.github.lightmamba.pipeline.Sha256;
import io.github.lightmamba.pipeline.Stage;
import io.github.lightmamba.pipeline.Workspace;
import io.github.lightmamba.progress.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A folder {@code 2-kernels} of two kernels in the form of the generated ones, made as a stage makes it. */
final class SmallKernels implements Stage<SmallKernels.Request> {
  /** What is asked: the files, by path. */
  record Request(Workspace workspace, String board, Map<String, String> files) {}

  private static final String UNIT =
      """
      #include "lightmamba/unit.hpp"
      extern "C" {
      void lightmamba_unit(const ap_uint<512>* image, int tokens,
          hls::stream<ap_uint<512> >& activation_in, hls::stream<ap_uint<512> >& activation_out) {
      #pragma HLS INTERFACE mode=m_axi port=image bundle=image offset=slave depth=64
      #pragma HLS INTERFACE mode=s_axilite port=return
      MULTIPLY_WORD:
        for (int i = 0; i < tokens; i++) {}
      }
      }
      """;

  private static final String CORE =
      """
      #include "lightmamba/core.hpp"
      extern "C" {
      void lightmamba_core(const ap_uint<512>* parameters, int* token_out, int tokens,
          hls::stream<ap_uint<512> >& activation_out, hls::stream<ap_uint<512> >& activation_in) {
      #pragma HLS INTERFACE mode=m_axi port=parameters bundle=parameters offset=slave depth=64
      #pragma HLS INTERFACE mode=m_axi port=token_out bundle=token_out offset=slave depth=64
      #pragma HLS INTERFACE mode=s_axilite port=return
      NORM_LANE:
        for (int i = 0; i < tokens; i++) {}
      }
      }
      """;

  /** Returns the files for a board. */
  static Map<String, String> files(String board) {
    boolean versal = board.equals("vck190");
    String part = versal ? "xcvc1902-vsva2197-2MP-e-S" : "xcu280-fsvh2892-2L-e";
    Map<String, String> files = new TreeMap<>();
    files.put("hls/unit.cpp", UNIT);
    files.put("hls/core.cpp", CORE);
    files.put("include/lightmamba/unit.hpp", "#include \"lightmamba/types.hpp\"\n");
    files.put("include/lightmamba/core.hpp", "#include \"lightmamba/types.hpp\"\n");
    files.put("include/lightmamba/types.hpp", "#include <ap_int.h>\n");
    files.put("images/unit_0.bin", "weights");
    for (String kernel : new String[] {"unit", "core"}) {
      files.put(
          "hls/hls_" + kernel + ".cfg",
          "part=" + part + "\nfreqhz=250000000\n[hls]\nflow_target=vitis\nsyn.file=" + kernel
              + ".cpp\nsyn.cflags=-I. -I../include\nsyn.top=lightmamba_" + kernel
              + "\npackage.output.format=xo\npackage.output.syn=1\n");
    }
    String link =
        """
        [connectivity]
        nk=lightmamba_core:1:core
        nk=lightmamba_unit:2:unit_0.unit_1
        sp=core.parameters:%s
        sp=core.token_out:%s
        sp=unit_0.image:%s
        sp=unit_1.image:%s
        stream_connect=core.activation_out:unit_0.activation_in:16
        stream_connect=unit_0.activation_out:unit_1.activation_in:16
        stream_connect=unit_1.activation_out:core.activation_in:16
        """;
    files.put(
        "hls/link.cfg",
        versal
            ? link.formatted("DDR", "DDR", "DDR", "LPDDR")
            : link.formatted("DDR[1]", "DDR[1]", "HBM[1]", "HBM[2]"));
    return files;
  }

  @Override
  public String goal() {
    return "generate-kernels";
  }

  @Override
  public Path folder(Request request) {
    return request.workspace().kernels(request.board());
  }

  @Override
  public Inputs inputs(Request request, FileDigests digests) {
    return Inputs.builder()
        .identity("board", request.board())
        .digest("files", Sha256.of(request.files().toString()))
        .build();
  }

  @Override
  public Outcome run(Request request, Path output, Progress progress) throws IOException {
    for (Map.Entry<String, String> file : request.files().entrySet()) {
      Path path = output.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
    }
    return Outcome.GOOD;
  }
}

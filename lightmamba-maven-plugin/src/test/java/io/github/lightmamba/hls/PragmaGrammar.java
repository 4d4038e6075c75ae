package io.github.lightmamba.hls;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The pragmas of Vitis HLS, restated as data.
 *
 * <p>Source: AMD's published front end, Xilinx/hls-llvm-project, {@code clang/include/clang/Basic/XlxPragmaOption.td},
 * in its two published states. What only the later one has carries a plus sign. The words of {@code bind_op},
 * {@code bind_storage} and {@code offset} are those of UG1399 2022.2; the grammar itself takes any identifier there.
 */
final class PragmaGrammar {
  /** What a value is. */
  enum Kind {
    VARIABLE,
    INTEGER,
    DECIMAL,
    IDENTIFIER,
    CHOICE,
    PRESENT
  }

  /** Whether every release takes it. */
  enum Status {
    PUBLIC,
    DEPRECATED,
    HIDDEN,
    LATER
  }

  /**
   * An option.
   *
   * @param choices lower-case words of a choice
   * @param bare whether a choice may stand without its name
   */
  record Option(String name, Kind kind, List<String> choices, boolean required, boolean bare, Status status) {}

  /** A pragma, or one mode of the pragma interface. */
  record Pragma(String name, Status status, Map<String, Option> options) {}

  /**
   * A line a pragma: {@code name: option=kind}. Kinds: variable, integer, decimal, identifier, present, or words.
   * Marks behind a kind: ! required, * the word may stand alone, - deprecated, ^ hidden, + later; the last three behind
   * a pragma's name too.
   */
  private static final String TEXT =
      """
      aggregate: variable=variable! compact=bit|byte|none|auto*
      alias: ports=variable! offset=variable distance=variable
      allocation: instances=variable! limit=integer! type=operation|function*
      array_partition: variable=variable! factor=integer dim=integer type=block|cyclic|complete*\
      \sdynamic=present^ off=present+
      array_reshape: variable=variable! factor=integer dim=integer type=block|cyclic|complete* object=present\
      \soff=present+
      array_stencil^: variable=variable! off=present
      bind_op: variable=variable!\
      \sop=mul|add|sub|fadd|fsub|fdiv|fexp|flog|fmul|frsqrt|frecip|fsqrt|dadd|dsub|ddiv|dexp|dlog|dmul|drsqrt|\
      drecip|dsqrt|hadd|hsub|hdiv|hmul|hsqrt|facc|fmacc|fmadd!\
      \simpl=dsp|fabric|meddsp|fulldsp|maxdsp|primitivedsp|auto|none latency=integer
      bind_storage: variable=variable! type=fifo|ram_1p|ram_1wnr|ram_2p|ram_s2p|ram_t2p|rom_1p|rom_2p|rom_np!\
      \simpl=bram|bram_ecc|lutram|uram|uram_ecc|srl|memory|auto latency=integer
      cache+: port=variable! lines=integer depth=integer
      data_pack-: variable=variable! instance=identifier byte_pad=struct_level|field_level*
      dataflow: disable_start_propagation=present interval=integer-
      dependence: cross_variables=variable^ variable=variable class=array|pointer* type=intra|inter*\
      \sdependent=true|false* direction=raw|war|waw* distance=integer
      disaggregate: variable=variable!
      expression_balance: off=present
      function_instantiate: variable=variable!
      inline: type=self|all|region*^ recursive=present off=present
      interface m_axi: port=variable! name=identifier bundle=identifier depth=integer offset=slave|direct|off\
      \snum_read_outstanding=integer num_write_outstanding=integer max_read_burst_length=integer\
      \smax_write_burst_length=integer latency=integer max_widen_bitwidth=integer channel=integer
      interface axis: port=variable! name=identifier register=present register_mode=forward|reverse|off|both*\
      \sdepth=integer
      interface s_axilite: port=variable! name=identifier autorestart=present+ bundle=identifier offset=integer\
      \sclock=identifier storage_impl=auto|bram|uram
      interface bram: port=variable! name=identifier depth=integer latency=integer storage_type=identifier
      interface ap_memory: port=variable! name=identifier depth=integer latency=integer storage_type=identifier
      interface ap_none: port=variable! name=identifier register=present depth=integer latency=integer\
      \sdirect_io=true|false+
      interface ap_fifo: port=variable! name=identifier register=present depth=integer latency=integer\
      \sdirect_io=true|false+
      interface ap_ack: port=variable! name=identifier register=present depth=integer latency=integer\
      \sdirect_io=true|false+
      interface ap_vld: port=variable! name=identifier register=present depth=integer latency=integer\
      \sdirect_io=true|false+
      interface ap_stable: port=variable! name=identifier register=present depth=integer latency=integer\
      \sdirect_io=true|false+
      interface ap_hs: port=variable! name=identifier register=present depth=integer latency=integer\
      \sinterrupt=integer direct_io=true|false+
      interface ap_ovld: port=variable! name=identifier register=present depth=integer latency=integer\
      \sinterrupt=integer direct_io=true|false+
      interface ap_bus-: port=variable! name=identifier register=present depth=integer latency=integer
      interface ap_ctrl_none: port=variable! name=identifier
      interface ap_ctrl_hs: port=variable! name=identifier
      interface ap_ctrl_chain: port=variable! name=identifier
      latency: min=integer max=integer
      loop_flatten: off=present
      loop_merge: force=present
      loop_tripcount: min=integer max=integer! avg=integer
      occurrence: cycle=integer off=present+
      performance: target_ti=decimal target_tl=decimal assume_ti=decimal^ assume_tl=decimal^ unit=cycle|sec+\
      \sscope=loop|region^
      pipeline: ii=integer rewind=present enable_flush=present- off=present style=stp|flp|frp
      protocol: mode=floating|fixed*
      reset: variable=variable! off=present
      resource-: variable=variable! core=identifier! latency=integer metadata=identifier\
      \smemory_style=auto|distribute|block|uram*
      shared-: variable=variable!
      stable: variable=variable!
      stable_content^: variable=variable!
      stream: variable=variable! depth=integer dim=integer- off=present- type=fifo|pipo|shared|unsync
      top: name=identifier
      unroll: factor=integer type=partial|complete|region*^ skip_exit_check=present off=present+
      """;

  private static final Map<String, Pragma> PRAGMAS = read();

  private PragmaGrammar() {}

  /** Returns all pragmas by lower-case name; the modes of interface by "interface mode". */
  static Map<String, Pragma> pragmas() {
    return PRAGMAS;
  }

  private static Map<String, Pragma> read() {
    Map<String, Pragma> pragmas = new LinkedHashMap<>();
    for (String line : TEXT.lines().toList()) {
      int colon = line.indexOf(':');
      String name = line.substring(0, colon);
      Map<String, Option> options = new LinkedHashMap<>();
      for (String option : line.substring(colon + 1).strip().split(" ")) {
        String[] parts = option.split("=");
        options.put(parts[0], option(parts[0], parts[1]));
      }
      String plain = name.replaceAll("[-^+]$", "");
      pragmas.put(plain, new Pragma(plain, status(name), options));
    }
    return pragmas;
  }

  private static Option option(String name, String marked) {
    String kind = marked.replaceAll("[!*^+-]+$", "");
    boolean choice = kind.contains("|");
    return new Option(name, choice ? Kind.CHOICE : Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
        choice ? Arrays.asList(kind.split("\\|")) : List.of(), marked.contains("!"), marked.contains("*"),
        status(marked));
  }

  private static Status status(String marked) {
    return switch (marked.charAt(marked.length() - 1)) {
      case '-' -> Status.DEPRECATED;
      case '^' -> Status.HIDDEN;
      case '+' -> Status.LATER;
      default -> Status.PUBLIC;
    };
  }
}

package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.hls.PragmaGrammar.Kind;
import io.github.lightmamba.hls.PragmaGrammar.Status;
import org.junit.jupiter.api.Test;

class PragmaGrammarTest {
  @Test
  void hasWhatTheFrontEndHas() {
    // Counted in the source: 31 pragmas beside interface and its 15 modes, the old ap_bus; and cache, which UG1399 has.
    assertThat(PragmaGrammar.pragmas().keySet()).filteredOn(name -> name.startsWith("interface")).hasSize(16);
    assertThat(PragmaGrammar.pragmas().keySet()).filteredOn(name -> !name.startsWith("interface")).hasSize(32);
    PragmaGrammar.Option type = PragmaGrammar.pragmas().get("bind_storage").options().get("type");
    assertThat(type.kind()).isEqualTo(Kind.CHOICE);
    assertThat(type.required()).isTrue();
    assertThat(type.bare()).isFalse();
    assertThat(type.choices()).contains("ram_2p", "fifo").hasSize(9);
    PragmaGrammar.Option unroll = PragmaGrammar.pragmas().get("unroll").options().get("type");
    assertThat(unroll.status()).isEqualTo(Status.HIDDEN);
    assertThat(unroll.bare()).isTrue();
  }

  @Test
  void valuesAreExpressions() {
    PragmaText text =
        PragmaText.of("HLS array_partition variable = a factor=2 * Shape<C>::kRows(4, 2) + -1 cyclic dim=1");
    assertThat(text.name()).isEqualTo("array_partition");
    assertThat(text.options()).extracting(PragmaText.Option::name)
        .containsExactly("variable", "factor", "cyclic", "dim");
    assertThat(text.value("factor")).isEqualTo("2 * Shape < C > :: kRows ( 4 , 2 ) + - 1");
    assertThat(PragmaText.of("hls INTERFACE s_axilite port=return").mode()).isEqualTo("s_axilite");
    assertThat(PragmaText.of("HLS interface mode=M_AXI port=a").mode()).isEqualTo("m_axi");
    assertThat(PragmaText.of("HLS pipeline off").has("off")).isTrue();
    assertThat(PragmaText.of("HLS pipeline off=false").has("off")).isFalse();
  }
}

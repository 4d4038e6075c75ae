package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InputsTest {
  @Test
  void fingerprintIsTheDigestOfTheCanonicalForm() {
    Inputs inputs = Inputs.builder().value("b", 2).identity("a", "x").digest("c", "00ff").build();
    String canonical =
        "{\"goal\":\"g\",\"inputs\":{\"a\":{\"identity\":true,\"value\":\"x\"},"
            + "\"b\":{\"identity\":false,\"value\":\"2\"},\"c\":{\"identity\":false,\"sha256\":\"00ff\"}}}";
    assertThat(Fingerprint.of("g", inputs).sha256()).isEqualTo(Sha256.of(canonical));
  }

  @Test
  void fingerprintDoesNotDependOnOrderButOnEverythingElse() {
    Fingerprint ab = Fingerprint.of("g", Inputs.builder().value("a", 1).value("b", 2).build());
    assertThat(Fingerprint.of("g", Inputs.builder().value("b", 2).value("a", 1).build())).isEqualTo(ab);
    assertThat(Fingerprint.of("h", Inputs.builder().value("b", 2).value("a", 1).build())).isNotEqualTo(ab);
    assertThat(Fingerprint.of("g", Inputs.builder().value("b", 1).value("a", 2).build())).isNotEqualTo(ab);
    assertThat(Fingerprint.of("g", Inputs.builder().value("a", 1).digest("b", "2").build())).isNotEqualTo(ab);
  }

  @Test
  void changesAreInWords() {
    Inputs before = Inputs.builder().value("windows", 24).digest("text", "aa").value("gone", 1).build();
    Inputs after = Inputs.builder().value("windows", 8).digest("text", "bb").value("new", "a\nb").build();
    assertThat(after.changesSince(before))
        .isEqualTo(List.of("windows 24 -> 8", "text changed", "new added (a b)", "gone removed"));
    assertThat(after.changesSince(after)).isEmpty();
  }

  @Test
  void namesAreUnique() {
    assertThatThrownBy(() -> Inputs.builder().value("a", 1).value("a", 2)).hasMessageContaining("name a");
  }

  @Test
  void laterStagesInheritWhoseOutputItIs() {
    Manifest earlier =
        new Manifest(
            "quantize",
            "1",
            "ff",
            true,
            Inputs.builder().identity("scheme", "w8a8").value("windows", 3).build().entries(),
            List.of(new Output("m", 1, "aa")),
            "s",
            "e");
    Map<String, Input> entries = Inputs.builder().stage("quantized model", earlier).build().entries();
    assertThat(entries).containsOnlyKeys("quantized model", "scheme");
    assertThat(entries.get("scheme").identity()).isTrue();
    assertThat(entries.get("quantized model").sha256()).isEqualTo(earlier.content());
  }
}

package io.github.lightmamba.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ErrorDocumentTest {
  @Test
  void documentAndCodesAgree() throws IOException {
    String document = Files.readString(Path.of("../docs/errors.md"));
    List<String> documented =
        Pattern.compile("^## (LM-[A-Z]+-[0-9]{3})", Pattern.MULTILINE)
            .matcher(document)
            .results()
            .map(MatchResult::group)
            .map(heading -> heading.substring(3))
            .toList();
    assertThat(documented).containsExactlyElementsOf(Arrays.stream(ErrorCode.values()).map(ErrorCode::id).toList());
    assertThat(documented).doesNotHaveDuplicates();
    for (String section : document.split("(?m)^## ")) {
      if (section.startsWith("LM-")) {
        assertThat(section).contains("**Cause:**").contains("**Do:**");
      }
    }
  }
}

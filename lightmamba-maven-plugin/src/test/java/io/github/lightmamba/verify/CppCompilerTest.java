package io.github.lightmamba.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The C++ compiler")
class CppCompilerTest {
  @Test
  @DisplayName("that is not there is named, with what to install")
  void missing() {
    assertThatThrownBy(() -> CppCompiler.find("/nowhere/g++"))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.COMPILER_MISSING))
        .hasMessageContainingAll("/nowhere/g++", "install");
  }
}

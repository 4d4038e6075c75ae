package io.github.lightmamba.vitis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A version of Vitis")
class ToolBannerTest {
  @ParameterizedTest
  @CsvSource({
    "****** v++ v2022.2 (64-bit),  **** SW Build 3671529 on 2022-10-13-17:52:11,2022.2,3671529",
    "****** v++ v2020.1 (64-bit),  **** SW Build 2902540 on Wed May 27 19:54:35 MDT 2020,2020.1,2902540",
    "****** v++ v2020.2 (64-bit),  **** SW Build (by xbuild) on 2020-11-18-05:13:29,2020.2,(by xbuild)",
    "****** v++ v2022.2.1 (64-bit),  **** SW Build 1 on x,2022.2,1",
    "****** v++ v2026.1 (64-bit),  **** SW Build 7 on x,2026.1,7"
  })
  @DisplayName("is read from the banner, whatever stands around it")
  void banner(String first, String second, String version, String build) {
    ToolBanner banner =
        ToolBanner.find(List.of("Option Map File Used: 'x'", "", first, second, "    ** Copyright", "")).orElseThrow();
    assertThat(banner.tool()).isEqualTo("v++");
    assertThat(banner.version()).hasToString(version);
    assertThat(banner.build()).isEqualTo(build);
    assertThat(banner.standIn()).isFalse();
  }

  @Test
  @DisplayName("has an order, and nothing else is one")
  void versions() {
    assertThat(VitisVersion.of("2022.2")).isLessThan(VitisVersion.of("2023.1"));
    assertThat(VitisVersion.of("2023.1").between(VitisVersion.of("2022.2"), VitisVersion.of("2023.1"))).isTrue();
    assertThat(VitisVersion.of("2023.2").between(VitisVersion.of("2022.2"), VitisVersion.of("2023.1"))).isFalse();
    for (String other : List.of("", "2019.2", "2023", "2023.", "23.1", "2023.1x", "2023.10", "Vitis 2023.1")) {
      assertThat(VitisVersion.parse(other)).as(other).isEmpty();
    }
    assertThat(ToolBanner.find(List.of("v++: command not found"))).isEmpty();
  }
}

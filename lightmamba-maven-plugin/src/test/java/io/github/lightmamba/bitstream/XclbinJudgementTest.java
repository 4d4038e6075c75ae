package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.vitis.LinkConfig;
import io.github.lightmamba.xclbin.MemoryBank;
import io.github.lightmamba.xclbin.Xclbin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The xclbin of a build")
class XclbinJudgementTest {
  @TempDir private static Path root;

  private static Xclbin xclbin;
  private static String link;

  @BeforeAll
  static void build() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.run();
    xclbin = Xclbin.read(build.folder().resolve("lightmamba-u280.xclbin"));
    link = build.files.get("hls/link.cfg");
  }

  @Test
  @DisplayName("is compared with what was asked for: instances and memories, missing, wrong or too many")
  void judgement() throws IOException {
    String asked = link;
    assertThat(problems(xclbin, asked, BuildTarget.HW)).isEmpty();
    assertThat(problems(xclbin, asked, BuildTarget.HW_EMU)).singleElement().asString().contains("not for hw_emu");
    assertThat(problems(xclbin, asked.replace("HBM[2]", "HBM[3]"), BuildTarget.HW))
        .containsExactly("unit_1.image is connected to [HBM[2]], not to [HBM[3]]");
    assertThat(problems(xclbin, asked.replace("2:unit_0.unit_1", "3:unit_0.unit_1.unit_2"), BuildTarget.HW))
        .containsExactly("the instance unit_2 is missing");
    String without = asked.replaceAll("(?m)^(?:sp|stream_connect|nk=lightmamba_core).*$", "");
    assertThat(problems(xclbin, without, BuildTarget.HW))
        .containsExactly("the instance lightmamba_core:core was not asked for");
    assertThat(problems(xclbin, asked + "sp=unit_0.nowhere:HBM[1]\n", BuildTarget.HW))
        .containsExactly("unit_0.nowhere is connected to nothing, not to [HBM[1]]");
  }

  @Test
  @DisplayName("may name its DDR banks as some cards do")
  void banks() throws IOException {
    assertThat(problems(renamed(xclbin, "DDR[1]", "bank1"), link, BuildTarget.HW)).isEmpty();
    assertThat(problems(renamed(xclbin, "DDR[1]", "bank0"), link, BuildTarget.HW)).isNotEmpty();
  }

  private static Xclbin renamed(Xclbin x, String tag, String other) {
    List<MemoryBank> memories =
        x.memories().stream()
            .map(
                bank ->
                    bank.tag().equals(tag)
                        ? new MemoryBank(bank.type(), bank.used(), bank.sizeKiB(), bank.baseAddress(), other)
                        : bank)
            .toList();
    assertThat(memories).isNotEqualTo(x.memories());
    return new Xclbin(
        x.file(), x.header(), x.sections(), x.instances(), memories, x.connections(), x.groups(),
        x.groupConnections(), x.clocks(), x.kernels(), x.build(), x.keyValues(), x.imageMarked());
  }

  private List<String> problems(Xclbin made, String wanted, BuildTarget target) throws IOException {
    LinkConfig asked = LinkConfig.read(Files.writeString(root.resolve("asked.cfg"), wanted));
    return XclbinJudgement.problems(made, asked, target, made.header().platform());
  }
}

package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A bitstream build")
class NetlistsTest {
  @TempDir private Path root;

  @Test
  @DisplayName("synthesises the blocks of a link once for all strategies, and says so in no key")
  void netlists() throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.U280, "2022.2");
    build.standIn.play("congestion unless Performance_Explore");
    build.strategies = List.of("default", "Performance_Explore");
    build.run();
    assertThat(build.steps().resolve("work/link-default-250/step.log")).content().contains(" 0 of 9 jobs complete");
    Path second = build.steps().resolve("link-performance_explore-250");
    assertThat(second.resolve("step.log"))
        .content()
        .contains("9 of 9 jobs complete")
        .doesNotContain(" 0 of 9 jobs complete");
    assertThat(build.steps().resolve("work/link-performance_explore-250/command.sh"))
        .content()
        .contains(" --remote_ip_cache ../ip ");
    Manifest link = Manifest.read(second).orElseThrow();
    assertThat(link.inputs().get("command").toString()).contains("v++ -l").doesNotContain("ip_cache");
  }

  @ParameterizedTest
  @CsvSource({"--remote_ip_cache elsewhere", "--no_ip_cache"})
  @DisplayName("keeps the netlists of blocks where vppOptions say")
  void netlistsElsewhere(String options) throws IOException {
    TestBuild build = TestBuild.compiled(root, Board.VCK190, "2023.2");
    build.vppOptions = List.of(options.split(" "));
    build.run();
    assertThat(build.steps().resolve("work/link-default-250/command.sh"))
        .content()
        .contains(options)
        .doesNotContain("../ip");
  }

  @Test
  @DisplayName("starts afresh when the netlists of blocks have grown too large")
  void tooManyNetlists() throws IOException {
    StepRequest request = new TestBuild(root, Board.U280, "2022.2").request().step();
    Path folder = request.work().resolve("ip");
    Netlists.prepare(request, 8);
    assertThat(folder).isEmptyDirectory();
    Path entry = Files.writeString(Files.createDirectories(folder.resolve("2022.2/a")).resolve("netlist"), "8 bytes.");
    Netlists.prepare(request, 8);
    assertThat(entry).exists();
    Netlists.prepare(request, 7);
    assertThat(folder).isEmptyDirectory();
  }
}

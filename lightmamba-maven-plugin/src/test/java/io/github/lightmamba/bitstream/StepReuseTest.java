package io.github.lightmamba.bitstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.lightmamba.kernel.Board;
import io.github.lightmamba.pipeline.Json;
import io.github.lightmamba.pipeline.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A bitstream build")
class StepReuseTest {
  @TempDir private Path root;

  @Test
  @DisplayName("compiles only the kernel that changed, and takes the rest from the cache after a clean")
  void incremental() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2023.2");
    build.run();
    build.files.put("images/unit_0.bin", "weights of another checkpoint");
    build.lines.clear();
    build.run();
    assertThat(build.lines).anyMatch(line -> line.startsWith("build-bitstream: up to date"));
    build.files.put("include/lightmamba/unit.hpp", "#include \"lightmamba/types.hpp\"\n// changed\n");
    build.lines.clear();
    build.run();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_core: up to date"))
        .anyMatch(line -> line.startsWith("compile-lightmamba_unit: runs because of include/lightmamba/unit.hpp"))
        .anyMatch(line -> line.startsWith("link-default-250: runs because of kernel lightmamba_unit.xo changed"));
    StepStage.delete(build.workspace().root());
    build.lines.clear();
    build.run();
    assertThat(build.lines).filteredOn(line -> line.contains("from the cache")).hasSize(4);
    assertThat(build.lines).noneMatch(line -> line.contains("link-default-250: runs"));
  }

  @Test
  @DisplayName("has a key of contents: a file that an option names counts with what is in it, not with its place")
  void keys() throws IOException {
    TestBuild build = new TestBuild(root, Board.U280, "2022.2");
    Path script = Files.writeString(root.resolve("pre.tcl"), "# one");
    build.vppOptions = List.of("--vivado.prop", "run.impl_1.STEPS.OPT_DESIGN.TCL.PRE=" + script);
    build.run();
    JsonNode report = Json.read(build.folder().resolve("report.json"), JsonNode.class);
    for (JsonNode step : report.path("steps")) {
      Manifest manifest =
          Json.read(build.steps().resolve(step.path("step").asText()).resolve("manifest.json"), Manifest.class);
      assertThat(step.path("inputs").fieldNames())
          .as("every input of the key")
          .toIterable()
          .containsExactlyElementsOf(manifest.inputs().keySet());
      assertThat(step.path("fingerprint").asText()).isEqualTo(manifest.fingerprint());
      assertThat(step.path("inputs").toString()).doesNotContain(root.toString(), "plugin");
    }
    JsonNode link = report.path("steps").path(2).path("inputs");
    assertThat(link.has("vppOptions: pre.tcl")).isTrue();
    Path moved = Files.move(script, Files.createDirectories(root.resolve("elsewhere")).resolve("pre.tcl"));
    build.vppOptions = List.of("--vivado.prop", "run.impl_1.STEPS.OPT_DESIGN.TCL.PRE=" + moved);
    build.lines.clear();
    build.run();
    assertThat(build.lines).anyMatch(line -> line.startsWith("build-bitstream: up to date"));
    Files.writeString(moved, "# two");
    build.lines.clear();
    build.run();
    assertThat(build.lines)
        .anyMatch(line -> line.startsWith("compile-lightmamba_unit: up to date"))
        .anyMatch(line -> line.startsWith("link-default-250: runs because of vppOptions: pre.tcl changed"));
  }
}

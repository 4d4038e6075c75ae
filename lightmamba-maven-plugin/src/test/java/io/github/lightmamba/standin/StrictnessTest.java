package io.github.lightmamba.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.vitis.VitisVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The stand-in refuses")
class StrictnessTest {
  private static final String PLATFORM = "xilinx_u280_gen3x16_xdma_1_202211_1";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2022.2 | -c --mode hls --config c --work_dir w | unrecognised option '--mode'",
        "2023.1 | -c --mode hls --freqhz=300000000 --config c --work_dir w | unrecognised option '--freqhz'",
        "2023.1 | -l --freqhz=300MHz -o x.xsa a.xo | unrecognised option '--freqhz'",
        "2023.2 | -c --mode hls -k gemv --work_dir w | unrecognised option '-k'",
        "2023.2 | -c --kernel_frequency 300 -k gemv | unrecognised option '--kernel_frequency'",
        "2023.2 | -l --hls.clock 300000000:k | unrecognised option '--hls.clock'",
        "2023.2 | -l --package.boot_mode sd | unrecognised option '--package.boot_mode'",
        "2023.2 | -l --nonsense | unrecognised option '--nonsense'",
        "2024.1 | -l --trace_memory x | unrecognised option '--trace_memory'",
        "2023.1 | -l -c | exactly one of",
        "2023.1 | -t hw | exactly one of",
        "2023.1 | -l -t | argument for option '-t' is missing",
        "2023.1 | -l -t --platform p | argument for option '-t' is missing",
        "2023.1 | -l -t hw -t hw | more than once",
        "2023.1 | -l --save-temps=1 | does not take any arguments",
        "2023.1 | -l --config nowhere.cfg | Failed to open config file"
      })
  @DisplayName("options that its version does not have, or not here, or not so")
  void options(String version, String line, String reason) {
    assertThatThrownBy(() -> parse(version, line.split(" ")))
        .isInstanceOf(Rejection.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2023.1 | [hls];package.output.format=xo | unrecognised option '--hls.package.output.format'",
        "2023.2 | [connectivity];nk=a:1 | unrecognised option '--connectivity.nk'",
        "2023.2 | [hls];syn.top=a;syn.top=b | more than once",
        "2023.2 | [hls];syn.nonsense=a | unrecognised option",
        "2023.2 | [hls];syn.top | Invalid line"
      })
  @DisplayName("keys of configuration files that its version does not have, or not here, or not so")
  void configurations(String version, String text, String reason) throws IOException {
    Path file = Files.writeString(folder.resolve("c.cfg"), text.replace(';', '\n'));
    assertThatThrownBy(() -> parse(version, "-c", "--mode", "hls", "--config", file.toString(), "--work_dir", "w"))
        .isInstanceOf(Rejection.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nk=other:1 | names no kernel",
        "nk=gemv:2:a | 1 names for 2",
        "nk=gemv:2:a.a | an instance twice",
        "nk=gemv:1:a;sp=b.w:HBM[0] | names no instance: b",
        "nk=gemv:1:a;sp=a.nothing:HBM[0] | invalid port or argument name: nothing",
        "nk=gemv:1:a;sp=a.n:HBM[0] | invalid port or argument name: n",
        "nk=gemv:1:a;sp=a.w:HBM[32] | invalid sp tag: HBM[32]",
        "nk=gemv:1:a;sp=a.w:HBM[30:32] | invalid sp tag",
        "nk=gemv:1:a;sp=a.w:HBM[3:1] | invalid sp tag",
        "nk=gemv:1:a;sp=a.w:LPDDR | invalid sp tag",
        "nk=gemv:1:a;sp=a.w:HBM[0];sp=a.w:HBM[1] | twice for a.w",
        "nk=gemv:1:a;slr=a:SLR3 | no region",
        "nk=gemv:1:a;stream_connect=a.o:a.w | joins no two streams",
        "nk=gemv:2:a.b;stream_connect=a.o:b.i;stream_connect=a.o:b.i | a stream twice",
        "nk=gemv:1:a;sp=a.w:HBM[0] | a.i is connected to nothing"
      })
  @DisplayName("connectivity that does not fit kernels or platform")
  void connectivity(String text, String reason) throws IOException {
    Path file = Files.writeString(folder.resolve("l.cfg"), "[connectivity]\n" + text.replace(';', '\n'));
    assertThatThrownBy(() -> connectivity(file)).isInstanceOf(Rejection.class).hasMessageContaining(reason);
  }

  @Test
  @DisplayName("no good connectivity: ranges go to every bank, what is not mapped to the first one")
  void goodConnectivity() throws IOException, Rejection {
    String text = "[connectivity]\nnk=gemv:1:a\nsp=a.w:HBM[2:3]\nsc=a.o:a.i\nslr=a:SLR0\n";
    Connectivity connectivity = connectivity(Files.writeString(folder.resolve("l.cfg"), text));
    assertThat(connectivity.mapped().get("a.w")).containsExactly("HBM[2]", "HBM[3]");
    assertThat(connectivity.mapped().get("a.v")).containsExactly("HBM[0]");
    assertThat(connectivity.messages())
        .contains("INFO: [CFGEN 83-2226] Inferring mapping for argument a.v to HBM[0]")
        .hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"300 MHz", "300mhz", "0.1234567MHz", "MHz", "300", "-300000000"})
  @DisplayName("frequencies in another form than whole Hz or MHz without a space")
  void frequencies(String value) throws IOException, Rejection {
    Command command = parse("2023.2", "-l", "--freqhz=" + value);
    assertThatThrownBy(() -> Frequency.asked(command)).isInstanceOf(Rejection.class);
    assertThat(Frequency.asked(parse("2023.2", "-l", "--freqhz=300MHz:k_1.ap_clk"))).isEqualTo(300);
    assertThat(Frequency.asked(parse("2023.2", "-l", "--freqhz", "250500000"))).isEqualTo(250.5);
    assertThat(Frequency.asked(parse("2022.2", "-l", "--kernel_frequency", "0:300|1:500"))).isEqualTo(300);
  }

  @Test
  @DisplayName("targets that are none, and software emulation since 2025.1")
  void targets() throws IOException, Rejection {
    StandIn.target(parse("2024.2", "-l", "-t", "sw_emu"));
    for (String words : List.of("2025.1 sw_emu", "2024.2 hardware")) {
      Command command = parse(words.split(" ")[0], "-l", "-t", words.split(" ")[1]);
      assertThatThrownBy(() -> StandIn.target(command)).hasMessageContaining("option target");
    }
  }

  @Test
  @DisplayName("platforms that are not there, and those of another version: the U280 ends with 2023.2")
  void platforms() throws IOException, Rejection {
    StandInInstallation installation = StandInInstallation.create(folder, VitisVersion.of("2023.2"));
    String repository = installation.platforms().toString();
    assertThat(PlatformModel.find(PLATFORM, repository, VitisVersion.of("2023.2")).board()).isEqualTo("u280");
    assertThatThrownBy(() -> PlatformModel.find(PLATFORM, repository, VitisVersion.of("2024.1")))
        .hasMessageContaining("60-1299");
    assertThatThrownBy(() -> PlatformModel.find(PLATFORM, folder.toString(), VitisVersion.of("2023.2")))
        .hasMessageContaining("60-1258");
  }

  @Test
  @DisplayName("sources without the kernel; those of the project's own kernels are understood")
  void sources() throws IOException, Rejection {
    Path kernels = Path.of("../accelerator-src/kernels");
    KernelObject core = KernelSource.parse(List.of(kernels.resolve("core.cpp.ftl")), "lightmamba_core").kernel();
    assertThat(core.arguments()).hasSize(20);
    assertThat(core.arguments()).filteredOn(argument -> argument.kind() == 1).extracting("port")
        .containsExactly("M_AXI_PARAMETERS", "M_AXI_EMBEDDING", "M_AXI_TOKEN_IN", "M_AXI_TOKEN_OUT", "M_AXI_TRACE");
    assertThat(core.arguments()).filteredOn(argument -> argument.kind() == 4).extracting("name")
        .containsExactly("activation_out", "activation_in", "result_out", "result_in");
    KernelObject unit = KernelSource.parse(List.of(kernels.resolve("unit.cpp.ftl")), "lightmamba_unit").kernel();
    // Eleven scalars, eight bytes each; streams have no register.
    assertThat(unit.arguments()).extracting("offset")
        .containsExactly(
            0x10, 0x18, 0x20, 0x28, 0x30, 0x38, 0x40, 0x48, 0x50, 0x58, 0x60, 0, 0, 0, 0, 0, 0, 0, 0);
    Path file = folder.resolve("unit.xo");
    unit.write(file);
    assertThat(KernelObject.read(file)).isEqualTo(unit);
    assertThatThrownBy(() -> KernelSource.parse(List.of(kernels.resolve("unit.cpp.ftl")), "other"))
        .hasMessageContaining("Cannot find the top function 'other'");
    Files.writeString(file, "no zip");
    assertThatThrownBy(() -> KernelObject.read(file)).isInstanceOf(Rejection.class);
  }

  private static Command parse(String version, String... words) throws IOException, Rejection {
    return Command.parse("v++", VitisVersion.of(version), List.of(words));
  }

  private Connectivity connectivity(Path file) throws IOException, Rejection {
    List<KernelObject.Argument> arguments = new ArrayList<>();
    arguments.add(new KernelObject.Argument("w", 1, "M_AXI_W", 8, 0x10, "int*"));
    arguments.add(new KernelObject.Argument("v", 1, "M_AXI_V", 8, 0x1c, "int*"));
    arguments.add(new KernelObject.Argument("n", 0, "S_AXI_CONTROL", 4, 0x28, "int"));
    arguments.add(new KernelObject.Argument("i", 4, "i", 4, 0, "hls::stream"));
    arguments.add(new KernelObject.Argument("o", 4, "o", 4, 0, "hls::stream"));
    PlatformModel platform =
        PlatformModel.known().stream().filter(model -> model.name().equals(PLATFORM)).findFirst().orElseThrow();
    Command command = parse("2022.2", "-l", "--config", file.toString());
    return new Connectivity(command, platform, List.of(new KernelObject("gemv", "ap_ctrl_chain", arguments)), false);
  }
}

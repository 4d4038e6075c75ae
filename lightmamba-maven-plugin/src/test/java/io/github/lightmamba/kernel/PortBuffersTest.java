package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.estimate.PortAssumptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Vitis HLS keeps {@code outstanding} bursts of {@code burst_length} words inside of the kernel (UG1399, M_AXI). */
@DisplayName("The buffers of the ports that the pragmas ask for")
class PortBuffersTest {
  private static final Path KERNELS = Path.of("..", "accelerator-src", "kernels");

  @Test
  @DisplayName("are those of the resource model and of the estimate")
  void memory() throws IOException {
    assertThat(words("memory.cpp.ftl", "max_read_burst_length", "num_read_outstanding"))
        .containsExactly(ResourceModel.READ_BUFFER);
    assertThat(words("memory.cpp.ftl", "max_write_burst_length", "num_write_outstanding"))
        .containsExactly(ResourceModel.WRITE_BUFFER);
    assertThat(PortAssumptions.READ_AHEAD).isEqualTo(ResourceModel.READ_BUFFER);
  }

  @Test
  @DisplayName("are written in the bursts that the estimate assumes")
  void writes() throws IOException {
    assertThat(options("memory.cpp.ftl", "max_write_burst_length")).containsExactly(PortAssumptions.WRITE_BURST);
    assertThat(options("memory.cpp.ftl", "num_write_outstanding"))
        .containsExactly(PortAssumptions.WRITES_OUTSTANDING);
  }

  @Test
  @DisplayName("are for parameters as large as the estimate assumes, and not larger than a BRAM is deep")
  void core() throws IOException {
    assertThat(words("core.cpp.ftl", "max_read_burst_length", "num_read_outstanding"))
        .contains(PortAssumptions.READ_AHEAD)
        .allMatch(words -> words <= PortAssumptions.READ_AHEAD);
  }

  /** Returns the values of an option of all ports of a kernel that have it. */
  private static Set<Integer> options(String kernel, String option) throws IOException {
    Set<Integer> values = new LinkedHashSet<>();
    for (String line : Files.readAllLines(KERNELS.resolve(kernel))) {
      Matcher value = Pattern.compile(option + "=(\\d+)").matcher(line);
      if (line.contains("mode=m_axi") && value.find()) {
        values.add(Integer.parseInt(value.group(1)));
      }
    }
    return values;
  }

  /** Returns the products of two options of all ports of a kernel that have both. */
  private static Set<Integer> words(String kernel, String length, String outstanding) throws IOException {
    Set<Integer> words = new LinkedHashSet<>();
    for (String line : Files.readAllLines(KERNELS.resolve(kernel))) {
      Matcher ofLength = Pattern.compile(length + "=(\\d+)").matcher(line);
      Matcher ofBursts = Pattern.compile(outstanding + "=(\\d+)").matcher(line);
      if (line.contains("mode=m_axi") && ofLength.find() && ofBursts.find()) {
        words.add(Integer.parseInt(ofLength.group(1)) * Integer.parseInt(ofBursts.group(1)));
      }
    }
    return words;
  }
}

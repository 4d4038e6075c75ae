package io.github.lightmamba.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.lightmamba.pipeline.CodeLocation;
import io.github.lightmamba.pipeline.PluginCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceleratorSourceTest {
  private static final Map<String, String> FILES =
      new TreeMap<>(
          Map.of(
              "include/lightmamba/unit.hpp", "unit",
              "include/lightmamba/core.hpp", "core",
              "kernels/top.cpp.ftl", "top",
              ".cache/index", "hidden",
              "kernels/.swp", "hidden"));

  @TempDir Path temp;

  @Test
  void folderJarAndClassesHoldTheSame() throws IOException {
    AcceleratorSource folder = AcceleratorSource.of(write("mine", ""));
    AcceleratorSource classes =
        AcceleratorSource.bundled(new CodeLocation(classes("classes")));
    AcceleratorSource jar = AcceleratorSource.bundled(new CodeLocation(jar()));
    for (AcceleratorSource source : new AcceleratorSource[] {folder, classes, jar}) {
      assertThat(source.list())
          .containsExactly("include/lightmamba/core.hpp", "include/lightmamba/unit.hpp", "kernels/top.cpp.ftl");
      assertThat(source.read("kernels/top.cpp.ftl")).asString(StandardCharsets.UTF_8).isEqualTo("top");
      assertThat(source.digest()).isEqualTo(folder.digest());
      assertThatThrownBy(() -> source.read("../secret"))
          .hasMessageContaining("LM-FILE-001")
          .hasMessageContaining("../secret");
    }
  }

  @Test
  void copyIsEqual() throws IOException {
    AcceleratorSource source = AcceleratorSource.of(write("mine", ""));
    source.copyTo(temp.resolve("copy"));
    assertThat(AcceleratorSource.of(temp.resolve("copy")).digest()).isEqualTo(source.digest());
    assertThat(temp.resolve("copy/.cache")).doesNotExist();
  }

  @Test
  void digestSeesNamesAndContents() throws IOException {
    Path folder = write("mine", "");
    String before = AcceleratorSource.of(folder).digest();
    Files.writeString(folder.resolve("kernels/top.cpp.ftl"), "Top");
    String changed = AcceleratorSource.of(folder).digest();
    Files.writeString(folder.resolve("kernels/top.cpp.ftl"), "top");
    assertThat(AcceleratorSource.of(folder).digest()).isEqualTo(before).isNotEqualTo(changed);
    Files.move(folder.resolve("kernels/top.cpp.ftl"), folder.resolve("kernels/Top.cpp.ftl"));
    assertThat(AcceleratorSource.of(folder).digest()).isNotEqualTo(before);
  }

  @Test
  void aFolderOfAnotherLayoutIsRefused() {
    assertThatThrownBy(() -> AcceleratorSource.of(temp))
        .hasMessageContaining("LM-PARAM-002")
        .hasMessageContaining("acceleratorSource")
        .hasMessageContaining("include/lightmamba/");
  }

  private Path write(String name, String prefix) throws IOException {
    for (var entry : FILES.entrySet()) {
      Path file = temp.resolve(name).resolve(prefix + entry.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, entry.getValue());
    }
    return temp.resolve(name);
  }

  private Path classes(String name) throws IOException {
    Path root = write(name, PluginCode.ACCELERATOR_SOURCES);
    Files.writeString(root.resolve("Other.class"), "code");
    return root;
  }

  private Path jar() throws IOException {
    Path jar = temp.resolve("plugin.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out)) {
      zip.putNextEntry(new JarEntry(PluginCode.ACCELERATOR_SOURCES));
      for (var entry : FILES.entrySet()) {
        zip.putNextEntry(new JarEntry(PluginCode.ACCELERATOR_SOURCES + entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
      zip.putNextEntry(new JarEntry("Other.class"));
    }
    return jar;
  }
}

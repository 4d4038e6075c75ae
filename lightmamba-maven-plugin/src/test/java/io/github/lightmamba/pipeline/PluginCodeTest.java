package io.github.lightmamba.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginCodeTest {
  private static final Map<String, String> FILES =
      new TreeMap<>(Map.of("a/B.class", "code", "a/C.class", "more", "META-INF/MANIFEST.MF", "Built-Today: yes\n"));

  @TempDir Path temp;

  @Test
  void jarAndFolderOfTheSameContentAreEqual() throws IOException {
    assertThat(PluginCode.digest(jar("one.jar", FILES, 0)))
        .isEqualTo(PluginCode.digest(folder("classes", FILES)))
        .isEqualTo(PluginCode.digest(jar("later.jar", FILES, 1_000_000_000_000L)));
  }

  @Test
  void onlyCodeCounts() throws IOException {
    String before = PluginCode.digest(folder("before", FILES));
    Map<String, String> rebuilt = new TreeMap<>(FILES);
    rebuilt.put("META-INF/MANIFEST.MF", "Built-Tomorrow: yes\n");
    rebuilt.put(PluginCode.ACCELERATOR_SOURCES + "include/lightmamba/a.hpp", "kernel");
    assertThat(PluginCode.digest(folder("rebuilt", rebuilt))).isEqualTo(before);
    Map<String, String> changed = new TreeMap<>(FILES);
    changed.put("a/B.class", "Code");
    assertThat(PluginCode.digest(folder("changed", changed))).isNotEqualTo(before);
    Map<String, String> moved = new TreeMap<>(FILES);
    moved.put("a/D.class", moved.remove("a/C.class"));
    assertThat(PluginCode.digest(folder("moved", moved))).isNotEqualTo(before);
  }

  @Test
  void ownCodeHasADigest() throws IOException {
    assertThat(PluginCode.digest()).matches("[0-9a-f]{64}").isEqualTo(PluginCode.digest(CodeLocation.own()));
  }

  private CodeLocation folder(String name, Map<String, String> files) throws IOException {
    for (var entry : files.entrySet()) {
      Path file = temp.resolve(name).resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, entry.getValue());
    }
    return new CodeLocation(temp.resolve(name));
  }

  private CodeLocation jar(String name, Map<String, String> files, long time) throws IOException {
    Path jar = temp.resolve(name);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out)) {
      for (var entry : files.entrySet()) {
        JarEntry jarEntry = new JarEntry(entry.getKey());
        jarEntry.setTime(time);
        zip.putNextEntry(jarEntry);
        zip.write(entry.getValue().getBytes());
        zip.closeEntry();
      }
    }
    return new CodeLocation(jar);
  }
}

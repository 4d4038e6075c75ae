package io.github.lightmamba.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** The file through which Takari's inner Maven finds the plugin of the reactor without an installation. */
final class ReactorState {
  private ReactorState() {}

  /** Adds the parent POM, which Maven 4 wants to resolve too, and which no repository has. */
  static void addParent() throws IOException {
    Properties test = new Properties();
    try (InputStream in = ReactorState.class.getResourceAsStream("/test.properties")) {
      test.load(in);
    }
    Path file = Path.of(test.getProperty("workspaceStateProperties"));
    Properties state = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      state.load(in);
    }
    String key = "io.github.lightmamba:lightmamba-parent:pom::" + test.getProperty("project.version");
    Path parent = file.resolve("../../../pom.xml").normalize(); // The state lies in the module's target folder.
    if (state.putIfAbsent(key, parent.toString()) == null) {
      try (Writer out = Files.newBufferedWriter(file)) {
        state.store(out, null);
      }
    }
  }
}

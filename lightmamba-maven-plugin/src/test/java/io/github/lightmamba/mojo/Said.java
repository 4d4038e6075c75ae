package io.github.lightmamba.mojo;

import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.Mojo;
import org.apache.maven.plugin.logging.SystemStreamLog;

/** What a goal says. */
final class Said {
  private Said() {}

  /** Runs a goal and returns its lines of information. */
  static List<String> by(Mojo mojo) throws Exception {
    List<String> lines = new ArrayList<>();
    mojo.setLog(
        new SystemStreamLog() {
          @Override
          public void info(CharSequence line) {
            lines.add(line.toString());
          }
        });
    mojo.execute();
    return lines;
  }
}

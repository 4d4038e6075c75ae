package io.github.lightmamba.vitis;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a command is made from: values by name, most of them one, some a list. Immutable. The names are those in
 * {@code commands.json}: {@code target} (hw or hw_emu), {@code platform}, {@code kernel}, {@code instance},
 * {@code clock} (whole Hz), {@code config}, {@code include}, {@code define}, {@code input}, {@code output},
 * {@code option}, {@code tempDir}, {@code logDir}, {@code reportDir}, {@code workDir}, {@code outDir}, {@code ipCache},
 * {@code reportLevel}, {@code optimize}, {@code imageFormat}, {@code rootfs}, {@code kernelImage}, {@code sdFile},
 * {@code sdDir}.
 */
public final class CommandValues {
  private final Map<String, List<String>> values;

  private CommandValues(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Returns no values. */
  public static CommandValues none() {
    return new CommandValues(Map.of());
  }

  /** Returns these and one more; an earlier value of the name is replaced. */
  public CommandValues with(String name, String value) {
    return with(name, List.of(value));
  }

  /** Returns these and a path. */
  public CommandValues with(String name, Path value) {
    return with(name, value.toString());
  }

  /** Returns these and a list; an empty one is as if it was not given. */
  public CommandValues with(String name, List<String> list) {
    Map<String, List<String>> more = new LinkedHashMap<>(values);
    more.put(name, List.copyOf(list));
    return new CommandValues(more);
  }

  List<String> get(String name) {
    return values.getOrDefault(name, List.of());
  }

  Set<String> names() {
    return values.keySet();
  }
}

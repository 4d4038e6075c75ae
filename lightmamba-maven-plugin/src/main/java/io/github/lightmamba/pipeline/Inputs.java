package io.github.lightmamba.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that a stage's output depends on, by names that people understand, in the order in which they were given.
 *
 * <p>Content only: never an absolute path, a time or a machine's name.
 */
public final class Inputs {
  private final Map<String, Input> entries;

  private Inputs(Map<String, Input> entries) {
    this.entries = Collections.unmodifiableMap(entries);
  }

  /** Starts an empty list. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the inputs of a manifest. */
  static Inputs of(Map<String, Input> entries) {
    return new Inputs(new LinkedHashMap<>(entries));
  }

  /** Returns the inputs by name, in order. */
  public Map<String, Input> entries() {
    return entries;
  }

  /**
   * Returns what differs from earlier inputs, in words, for example {@code scheme w8a8 -> w4a4} or {@code checkpoint
   * model.safetensors changed}.
   *
   * @param before the inputs of the output at hand
   */
  public List<String> changesSince(Inputs before) {
    List<String> changes = new ArrayList<>();
    entries.forEach(
        (name, input) -> {
          String change = input.change(name, before.entries.get(name));
          if (change != null) {
            changes.add(change);
          }
        });
    before.entries.keySet().stream()
        .filter(name -> !entries.containsKey(name))
        .forEach(name -> changes.add(name + " removed"));
    return changes;
  }

  /** Returns only the inputs that say whose output this is. */
  Inputs identity() {
    Map<String, Input> identity = new LinkedHashMap<>();
    entries.forEach(
        (name, input) -> {
          if (input.identity()) {
            identity.put(name, input);
          }
        });
    return new Inputs(identity);
  }

  /** Collects inputs; names are unique. */
  public static final class Builder {
    private final Map<String, Input> entries = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a value.
     *
     * @param name for example {@code windows}
     * @param value its value; its text is what counts
     */
    public Builder value(String name, Object value) {
      return put(name, new Input(value.toString(), null, false));
    }

    /**
     * Adds a value that says whose output this is.
     *
     * @param name for example {@code scheme}
     * @param value its value; its text is what counts
     */
    public Builder identity(String name, Object value) {
      return put(name, new Input(value.toString(), null, true));
    }

    /**
     * Adds the content of a file.
     *
     * @param name for example {@code calibration text}
     * @param file the file; its path does not count
     * @param digests where its digest comes from
     */
    public Builder file(String name, Path file, FileDigests digests) {
      return digest(name, digests.sha256(file));
    }

    /**
     * Adds the content of a file that says whose output this is.
     *
     * @param name for example {@code checkpoint model.safetensors}
     * @param file the file; its path does not count
     * @param digests where its digest comes from
     */
    public Builder identityFile(String name, Path file, FileDigests digests) {
      return put(name, new Input(null, digests.sha256(file), true));
    }

    /**
     * Adds a content by its digest.
     *
     * @param name for example {@code plugin code}
     * @param sha256 its digest
     */
    public Builder digest(String name, String sha256) {
      return put(name, new Input(null, sha256, false));
    }

    /**
     * Adds the output of an earlier stage: its content, and whose it is.
     *
     * @param name for example {@code quantized model}
     * @param manifest the earlier stage's manifest
     */
    public Builder stage(String name, Manifest manifest) {
      digest(name, manifest.content());
      Inputs.of(manifest.inputs()).identity().entries.forEach(entries::putIfAbsent);
      return this;
    }

    /** Ends the list. */
    public Inputs build() {
      return new Inputs(new LinkedHashMap<>(entries));
    }

    private Builder put(String name, Input input) {
      if (entries.putIfAbsent(name, input) != null) {
        throw new IllegalArgumentException("two inputs of the name " + name);
      }
      return this;
    }
  }
}

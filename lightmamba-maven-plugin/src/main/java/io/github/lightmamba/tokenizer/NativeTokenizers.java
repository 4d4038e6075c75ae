package io.github.lightmamba.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Brings the native tokenizer library into this process without leaving a trace.
 *
 * <p>Java loads a native file for one class loader only, and a Maven build has one for each plugin realm; so each
 * loader extracts the library into a folder of its own, which is deleted as soon as the library is loaded. The
 * library's telemetry and downloads are switched off meanwhile, and so is its talk of GPUs and jars in the build's log.
 * System properties belong to the whole process: a lock that all class loaders share guards them, and what was there is
 * put back.
 */
final class NativeTokenizers {
  /** Start of the names of the folders that this process extracts the library to. */
  static final String FOLDER_PREFIX = "lightmamba-tokenizers-" + ProcessHandle.current().pid() + "-";

  /**
   * The level of the library's loggers, read by the logging of Maven 3 when a logger is made, which is when its class
   * is loaded. A level of the user's own, as in {@code -Dorg.slf4j.simpleLogger.log.ai.djl=debug}, stays.
   */
  static final String LOG_LEVEL = "org.slf4j.simpleLogger.log.ai.djl";

  /** The same for Maven 4, which looks for it first, and complains if it finds only the other one. */
  static final String LOG_LEVEL_MAVEN_4 = "maven.logger.log.ai.djl";

  /** Java interns constants for the whole process, so this is one lock for all class loaders. */
  private static final Object PROCESS_LOCK = "io.github.lightmamba.tokenizer.NativeTokenizers";

  private NativeTokenizers() {}

  /**
   * Reads a tokenizer; the first call in a class loader loads the library.
   *
   * @param json the content of tokenizer.json
   * @param options of the library
   */
  static HuggingFaceTokenizer open(InputStream json, Map<String, String> options) throws IOException {
    synchronized (PROCESS_LOCK) {
      Path cache = Files.createTempDirectory(FOLDER_PREFIX);
      Properties before = new Properties();
      Thread thread = Thread.currentThread();
      ClassLoader contextLoader = thread.getContextClassLoader();
      Map<String, String> settings = settings(cache);
      settings.keySet().forEach(name -> remember(name, before));
      try {
        settings.forEach(System::setProperty);
        thread.setContextClassLoader(NativeTokenizers.class.getClassLoader());
        return HuggingFaceTokenizer.newInstance(json, options);
      } finally {
        thread.setContextClassLoader(contextLoader);
        settings.keySet().forEach(name -> restore(name, before));
        delete(cache);
      }
    }
  }

  private static Map<String, String> settings(Path cache) {
    Map<String, String> settings = new HashMap<>();
    settings.put("ai.djl.offline", "true");
    settings.put("OPT_OUT_TRACKING", "true");
    settings.put("DJL_CACHE_DIR", cache.toString());
    // Asked before DJL_CACHE_DIR, so that an environment variable of that name does not bring two loaders together.
    settings.put("ENGINE_CACHE_DIR", cache.toString());
    settings.put("RUST_FLAVOR", "cpu");
    String level = System.getProperty(LOG_LEVEL_MAVEN_4, System.getProperty(LOG_LEVEL, "error"));
    settings.put(LOG_LEVEL, level);
    settings.put(LOG_LEVEL_MAVEN_4, level);
    return settings;
  }

  private static void remember(String name, Properties before) {
    String value = System.getProperty(name);
    if (value != null) {
      before.setProperty(name, value);
    }
  }

  private static void restore(String name, Properties before) {
    String value = before.getProperty(name);
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      List<File> files = all.sorted(Comparator.reverseOrder()).map(Path::toFile).toList();
      // Windows keeps a loaded library; deleteOnExit goes in the opposite order of its calls.
      List<File> kept = files.stream().filter(file -> !file.delete()).sorted().toList();
      kept.forEach(File::deleteOnExit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.github.lightmamba.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@DisplayName("The tokenizer")
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class TextTokenizerTest {
  private static final Path MODEL = Path.of("..", "sample-project", "model");
  private static final List<String> PROPERTIES =
      List.of(
          "ai.djl.offline",
          "OPT_OUT_TRACKING",
          "DJL_CACHE_DIR",
          "ENGINE_CACHE_DIR",
          "RUST_FLAVOR",
          NativeTokenizers.LOG_LEVEL,
          NativeTokenizers.LOG_LEVEL_MAVEN_4);

  @TempDir private Path folder;

  @Test
  @DisplayName("reads a text of any length: nothing is cut at 512 tokens")
  void longText() throws IOException {
    String text = Files.readString(MODEL.resolve("heldout.txt"));
    try (TextTokenizer tokenizer = TextTokenizer.open(MODEL)) {
      int[] tokens = tokenizer.encode(text);
      assertThat(tokens.length).isGreaterThan(24 * 512);
      assertThat(tokenizer.decode(tokens)).isEqualTo(text);
    }
  }

  @Test
  @DisplayName("does not follow a truncation or padding that tokenizer.json itself asks for")
  void fileAsksForTruncation() throws IOException {
    String json = Files.readString(MODEL.resolve("tokenizer.json"));
    String changed =
        json.replace(
                "\"truncation\": null",
                "\"truncation\": {\"direction\":\"Right\",\"max_length\":8,\"strategy\":\"LongestFirst\",\"stride\":0}")
            .replace(
                "\"padding\": null",
                "\"padding\": {\"strategy\":{\"Fixed\":64},\"direction\":\"Right\",\"pad_to_multiple_of\":null,"
                    + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"<|endoftext|>\"}");
    assertThat(changed).contains("\"max_length\":8", "\"pad_id\":0");
    Files.writeString(folder.resolve("tokenizer.json"), changed);
    String text = "To Sherlock Holmes she is always THE woman. I have seldom heard him mention her.";
    try (TextTokenizer plain = TextTokenizer.open(MODEL);
        TextTokenizer asking = TextTokenizer.open(folder)) {
      assertThat(asking.encode(text)).isEqualTo(plain.encode(text)).hasSizeBetween(9, 63);
    }
  }

  @Test
  @DisplayName("adds no special tokens and drops none")
  void specialTokens() {
    try (TextTokenizer tokenizer = TextTokenizer.open(MODEL.resolve("tokenizer.json"))) {
      String text = "A na\u00efve \u732b \ud83d\ude00.\n";
      int[] tokens = tokenizer.encode(text);
      assertThat(tokens).doesNotContain(0);
      assertThat(tokenizer.decode(tokens)).isEqualTo(text);
      assertThat(tokenizer.encode("")).isEmpty();
      assertThat(tokenizer.decode(new int[] {0})).isEqualTo("<|endoftext|>");
    }
  }

  @Test
  @DisplayName("works in several class loaders of one process at once")
  void severalClassLoaders() throws Exception {
    int[] expected;
    try (TextTokenizer tokenizer = TextTokenizer.open(MODEL)) {
      expected = tokenizer.encode("It is a truth universally acknowledged");
    }
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<URLClassLoader> loaders = new ArrayList<>();
    try {
      List<Callable<int[]>> work = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        URLClassLoader loader = isolated();
        loaders.add(loader);
        work.add(() -> encodeIn(loader, "It is a truth universally acknowledged"));
      }
      for (Future<int[]> result : threads.invokeAll(work)) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdown();
      for (URLClassLoader loader : loaders) {
        loader.close();
      }
    }
    assertThat(extractedFolders()).isEmpty();
  }

  @Test
  @DisplayName("leaves no folder behind")
  void noFolder() {
    try (TextTokenizer tokenizer = TextTokenizer.open(MODEL)) {
      assertThat(tokenizer.encode("x")).isNotEmpty();
    }
    assertThat(extractedFolders()).isEmpty();
  }

  @Test
  @DisplayName("is offline while it loads, and puts back the properties that were there")
  void properties() throws IOException {
    Map<String, String> before = new ConcurrentHashMap<>();
    for (String name : PROPERTIES) {
      if (System.getProperty(name) != null) {
        before.put(name, System.getProperty(name));
      }
    }
    System.setProperty("ai.djl.offline", "false");
    System.clearProperty("OPT_OUT_TRACKING");
    System.setProperty("DJL_CACHE_DIR", "somewhere");
    try {
      Map<String, String> during = new ConcurrentHashMap<>();
      byte[] json = Files.readAllBytes(MODEL.resolve("tokenizer.json"));
      ByteArrayInputStream spy =
          new ByteArrayInputStream(json) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
              PROPERTIES.forEach(name -> during.put(name, System.getProperty(name)));
              return super.read(target, offset, length);
            }
          };
      try (HuggingFaceTokenizer tokenizer = NativeTokenizers.open(spy, Map.of())) {
        assertThat(tokenizer.encode("x").getIds()).isNotEmpty();
      }
      assertThat(during).containsEntry("ai.djl.offline", "true").containsEntry("OPT_OUT_TRACKING", "true");
      assertThat(during).containsEntry("RUST_FLAVOR", "cpu").containsEntry(
          "ENGINE_CACHE_DIR", during.get("DJL_CACHE_DIR"));
      assertThat(during)
          .containsEntry(NativeTokenizers.LOG_LEVEL, "error")
          .containsEntry(NativeTokenizers.LOG_LEVEL_MAVEN_4, "error");
      assertThat(during.get("DJL_CACHE_DIR")).contains(NativeTokenizers.FOLDER_PREFIX);
      assertThat(System.getProperty("ai.djl.offline")).isEqualTo("false");
      assertThat(System.getProperty("OPT_OUT_TRACKING")).isNull();
      assertThat(System.getProperty("DJL_CACHE_DIR")).isEqualTo("somewhere");
    } finally {
      for (String name : PROPERTIES) {
        System.clearProperty(name);
      }
      before.forEach(System::setProperty);
    }
  }

  @Test
  @DisplayName("names a missing and a malformed tokenizer.json")
  void badFiles() throws IOException {
    assertThatThrownBy(() -> TextTokenizer.open(folder))
        .isInstanceOfSatisfying(
            LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOKENIZER_INVALID))
        .hasMessageContaining("tokenizer.json cannot be read");
    for (String content : List.of("", "{}", "{\"version\":", "[1]")) {
      Files.writeString(folder.resolve("tokenizer.json"), content);
      assertThatThrownBy(() -> TextTokenizer.open(folder))
          .as(content)
          .isInstanceOfSatisfying(
              LightMambaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TOKENIZER_INVALID))
          .hasMessageContaining("tokenizer.json is no tokenizer");
    }
  }

  @Test
  @DisplayName("says on which platforms it runs when this one is not among them")
  void unsupportedPlatform() throws Exception {
    for (String[] platform : new String[][] {{"os.arch", "sparc"}, {"os.name", "Plan 9"}}) {
      String before = System.setProperty(platform[0], platform[1]);
      try (URLClassLoader loader = isolated()) {
        assertThatThrownBy(() -> encodeIn(loader, "x"))
            .isInstanceOf(InvocationTargetException.class)
            .cause()
            .hasMessageContaining("LM-TOK-001: the tokenizer library does not run on")
            .hasMessageContaining(platform[1])
            .hasMessageContaining("Linux x86-64");
      } finally {
        System.setProperty(platform[0], before);
      }
    }
    assertThat(extractedFolders()).isEmpty();
  }

  private static int[] encodeIn(ClassLoader loader, String text) throws ReflectiveOperationException {
    Class<?> type = loader.loadClass(TextTokenizer.class.getName());
    assertThat(type).isNotSameAs(TextTokenizer.class);
    Object tokenizer = type.getMethod("open", Path.class).invoke(null, MODEL);
    int[] tokens = (int[]) type.getMethod("encode", String.class).invoke(tokenizer, text);
    type.getMethod("close").invoke(tokenizer);
    return tokens;
  }

  /** Loads everything again, as another plugin realm does. */
  private static URLClassLoader isolated() throws MalformedURLException {
    // Surefire hides the class path behind a jar with a manifest, and tells the true one here.
    String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<URL> urls = new ArrayList<>();
    for (String entry : path.split(File.pathSeparator)) {
      urls.add(new File(entry).toURI().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static List<String> extractedFolders() {
    String[] names = new File(System.getProperty("java.io.tmpdir")).list();
    return Arrays.stream(names).filter(name -> name.startsWith(NativeTokenizers.FOLDER_PREFIX)).toList();
  }
}

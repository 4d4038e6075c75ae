package io.github.lightmamba.tokenizer;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** The tokenizer of a checkpoint, {@code tokenizer.json}. Thread-safe. */
public final class TextTokenizer implements AutoCloseable {
  /** The library cuts a text at 512 tokens unless it is told not to. */
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "DO_NOT_TRUNCATE", "padding", "DO_NOT_PAD");

  private final HuggingFaceTokenizer tokenizer;

  private TextTokenizer(HuggingFaceTokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * Opens a tokenizer.
   *
   * @param file a {@code tokenizer.json}, or the folder that holds one
   * @throws LightMambaException if the file is missing or malformed, or the library does not run on this platform
   */
  public static TextTokenizer open(Path file) {
    Path json = Files.isDirectory(file) ? file.resolve("tokenizer.json") : file;
    try (InputStream content = Files.newInputStream(json)) {
      return new TextTokenizer(NativeTokenizers.open(content, OPTIONS));
    } catch (IOException e) {
      throw invalid(
          json + " cannot be read (" + e + ").", "put the checkpoint's tokenizer.json beside its weights.", e);
    } catch (RuntimeException e) {
      throw failure(json, e);
    } catch (LinkageError | AssertionError e) {
      throw unsupportedPlatform(e);
    }
  }

  private static LightMambaException failure(Path json, RuntimeException e) {
    if (e instanceof EngineException) {
      return unsupportedPlatform(e);
    }
    return invalid(
        json + " is no tokenizer (" + e.getMessage() + ").", "get the checkpoint's original tokenizer.json.", e);
  }

  private static LightMambaException unsupportedPlatform(Throwable cause) {
    return invalid(
        "the tokenizer library does not run on %s %s (%s)."
            .formatted(System.getProperty("os.name"), System.getProperty("os.arch"), cause),
        "use Linux x86-64 or aarch64 with glibc, macOS on aarch64 or Windows on x86-64.",
        cause);
  }

  private static LightMambaException invalid(String what, String remedy, Throwable cause) {
    return new LightMambaException(ErrorCode.TOKENIZER_INVALID, what, remedy, cause);
  }

  /** Returns the tokens of a text of any length, without special tokens. */
  public int[] encode(String text) {
    return Arrays.stream(tokenizer.encode(text, false, false).getIds()).mapToInt(Math::toIntExact).toArray();
  }

  /** Returns the text of tokens, special tokens included. */
  public String decode(int[] tokens) {
    return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), false);
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}

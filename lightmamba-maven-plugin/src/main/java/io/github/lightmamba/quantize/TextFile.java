package io.github.lightmamba.quantize;

import io.github.lightmamba.error.ErrorCode;
import io.github.lightmamba.error.LightMambaException;
import io.github.lightmamba.perplexity.TextOverlap;
import io.github.lightmamba.tokenizer.TextTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A text as tokens.
 *
 * @param parameter the parameter that named it, for messages
 * @param path its file
 * @param tokens its tokens
 */
public record TextFile(String parameter, Path path, int[] tokens) {
  /** Texts are read whole; a language model's evaluation needs far less. */
  private static final long BYTES_MAX = 64L << 20;

  /**
   * Reads a text.
   *
   * @throws LightMambaException {@link ErrorCode#FILE_NOT_READABLE} if it cannot be read, {@link
   *     ErrorCode#TEXT_INVALID} if it is over 64 MiB
   */
  public static TextFile read(String parameter, Path path, TextTokenizer tokenizer) {
    try {
      if (Files.size(path) > BYTES_MAX) {
        throw new LightMambaException(
            ErrorCode.TEXT_INVALID,
            "The " + parameter + " " + path + " has " + Files.size(path) + " bytes, the limit is " + BYTES_MAX + ".",
            "give the beginning of the text.");
      }
      String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
      return new TextFile(parameter, path, tokenizer.encode(text));
    } catch (IOException e) {
      throw new LightMambaException(
          ErrorCode.FILE_NOT_READABLE,
          "The " + parameter + " " + path + " cannot be read (" + e + ").",
          "check path and permissions.",
          e);
    }
  }

  /**
   * Requires a length.
   *
   * @throws LightMambaException {@link ErrorCode#TEXT_INVALID} if the text is shorter
   */
  public void requireTokens(int needed) {
    if (tokens.length < needed) {
      throw new LightMambaException(
          ErrorCode.TEXT_INVALID,
          "The " + parameter + " " + path + " has " + tokens.length + " tokens, at least " + needed + " are needed.",
          "give a longer text.");
    }
  }

  /**
   * Requires that the tokenizer knows no more tokens than the model.
   *
   * @param vocabulary the tokens of the model
   * @throws LightMambaException {@link ErrorCode#TOKENIZER_INVALID} with the first token that the model does not have
   */
  public void requireVocabulary(int vocabulary) {
    for (int token : tokens) {
      if (token >= vocabulary) {
        throw new LightMambaException(
            ErrorCode.TOKENIZER_INVALID,
            "The tokenizer makes token " + token + " of the " + parameter + " " + path
                + ", which is outside the vocabulary of " + vocabulary + ".",
            "use the tokenizer.json that belongs to the checkpoint.");
      }
    }
  }

  /**
   * Requires that no run of {@link TextOverlap#WINDOW} tokens stands in both texts: an evaluation on what calibration
   * has seen measures nothing.
   *
   * @throws LightMambaException {@link ErrorCode#TEXT_INVALID} with the place in both
   */
  public void requireIndependent(TextFile other) {
    TextOverlap.find(tokens, other.tokens)
        .ifPresent(
            overlap -> {
              throw new LightMambaException(
                  ErrorCode.TEXT_INVALID,
                  "The " + parameter + " shares " + TextOverlap.WINDOW + " tokens with the " + other.parameter
                      + ": from token " + overlap.first() + " on, there from token " + overlap.second() + " on.",
                  "give an " + parameter + " that the calibration has not seen.");
            });
  }
}

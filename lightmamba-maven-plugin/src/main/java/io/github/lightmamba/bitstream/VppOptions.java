package io.github.lightmamba.bitstream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words that are added to the commands of v++, by step. Immutable.
 *
 * @param compile for the compilation of each kernel
 * @param link for the link
 * @param packaging for the packaging; on a DFX platform for the command that makes the card
 */
public record VppOptions(List<String> compile, List<String> link, List<String> packaging) {
  /** No words. */
  public static final VppOptions NONE = new VppOptions(List.of(), List.of(), List.of());

  /** What may stand before a word, for people. */
  public static final String FORM =
      "words of v++, each with compile:, link: or package: before it, or nothing (the link)";

  /** An option begins with a dash, so letters and a colon before one are meant for us. */
  private static final Pattern PREFIX = Pattern.compile("(compile|link|package):(.*)", Pattern.DOTALL);
  private static final Pattern FOREIGN = Pattern.compile("(?!compile:|link:|package:)\\w+:-.*", Pattern.DOTALL);

  /** Copies the lists. */
  public VppOptions {
    compile = List.copyOf(compile);
    link = List.copyOf(link);
    packaging = List.copyOf(packaging);
  }

  /**
   * Sorts words by their prefix, which is taken away.
   *
   * @param words each with {@code compile:}, {@code link:} or {@code package:} before it; one without is for the link
   */
  public static VppOptions of(List<String> words) {
    List<String> compile = new ArrayList<>();
    List<String> link = new ArrayList<>();
    List<String> packaging = new ArrayList<>();
    for (String word : words) {
      Matcher matcher = PREFIX.matcher(word);
      if (!matcher.matches()) {
        link.add(word);
        continue;
      }
      switch (matcher.group(1)) {
        case "compile" -> compile.add(matcher.group(2));
        case "package" -> packaging.add(matcher.group(2));
        default -> link.add(matcher.group(2));
      }
    }
    return new VppOptions(compile, link, packaging);
  }

  /** Returns the first word that names a step that there is not, if there is one. */
  public static Optional<String> foreign(List<String> words) {
    return words.stream().filter(word -> FOREIGN.matcher(word).matches()).findFirst();
  }

  /** Returns all words, in the order of the steps. */
  List<String> all() {
    List<String> all = new ArrayList<>(compile);
    all.addAll(link);
    all.addAll(packaging);
    return all;
  }
}

package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A pragma cut into its parts.
 *
 * @param space HLS in any case, or another word
 * @param name lower case; empty if missing
 * @param options in order, without the mode of an interface
 * @param mode of an interface, lower case; else empty
 */
record PragmaText(String space, String name, List<Option> options, String mode) {
  /** An option as written; the value is null where there is none. */
  record Option(String name, List<Token> value) {
    String key() {
      return name.toLowerCase(Locale.ROOT);
    }

    String text() {
      return value == null ? "" : Token.join(value);
    }
  }

  private static final Set<String> BINARY =
      Set.of("+", "-", "*", "/", "%", "<<", ">>", "<", ">", "<=", ">=", "==", "!=", "&", "|", "^", "&&", "||", "?", ":",
          ",");

  static PragmaText of(String text) {
    List<Token> tokens = Tokenizer.of(text).code();
    String space = tokens.isEmpty() ? "" : tokens.get(0).text();
    String name = tokens.size() < 2 ? "" : tokens.get(1).text().toLowerCase(Locale.ROOT);
    List<Option> options = new ArrayList<>();
    int at = 2;
    while (at < tokens.size()) {
      String option = tokens.get(at++).text();
      List<Token> value = null;
      if (at < tokens.size() && tokens.get(at).is("=")) {
        int end = value(tokens, at + 1);
        value = tokens.subList(at + 1, end);
        at = end;
      }
      options.add(new Option(option, value));
    }
    String mode = "";
    if (name.equals("interface")) {
      for (Option option : options) {
        boolean bare = option.value() == null
            && PragmaGrammar.pragmas().containsKey("interface " + option.key());
        if (option.key().equals("mode") || bare) {
          mode = (bare ? option.name() : option.text()).toLowerCase(Locale.ROOT);
          options.remove(option);
          break;
        }
      }
    }
    return new PragmaText(space, name, options, mode);
  }

  boolean hls() {
    return space.equalsIgnoreCase("HLS");
  }

  boolean has(String option) {
    return options.stream().anyMatch(o -> o.key().equals(option) && !o.text().equalsIgnoreCase("false"));
  }

  /** Returns an option's value, or an empty text. */
  String value(String option) {
    return options.stream().filter(o -> o.key().equals(option)).map(Option::text).findFirst().orElse("");
  }

  /** Returns the index behind an expression. */
  private static int value(List<Token> tokens, int start) {
    int at = start;
    while (at < tokens.size()) {
      while (at < tokens.size() && tokens.get(at).text().matches("[-+!~]")) {
        at++;
      }
      at = primary(tokens, at);
      if (at >= tokens.size() || !BINARY.contains(tokens.get(at).text())) {
        return at;
      }
      at++;
    }
    return at;
  }

  private static int primary(List<Token> tokens, int start) {
    int at = start;
    boolean expected = true;
    while (at < tokens.size()) {
      Token token = tokens.get(at);
      if (Brackets.opens(token)) {
        at = Brackets.close(tokens, at) + 1;
        expected = false;
      } else if (token.is("::") || token.is(".") || token.is("->")) {
        at++;
        expected = true;
      } else if (expected && token.kind() != Token.Kind.SYMBOL) {
        at++;
        expected = false;
      } else {
        return at;
      }
    }
    return at;
  }
}

package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Function.Parameter;
import io.github.lightmamba.hls.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Finds functions and what else stands at the level of namespaces and types; {@link StatementParser} does bodies. */
final class Parser {
  private static final Set<String> TYPES = Set.of("struct", "class", "union");
  private static final Set<String> NO_FUNCTION = Set.of("decltype", "alignas", "static_assert", "__attribute__");
  private static final Set<String> NO_VARIABLE =
      Set.of("constexpr", "const", "typedef", "using", "static_assert", "friend", "public", "private", "protected");

  private final String file;
  private final Tokenizer.Tokens tokens;
  private final List<Token> code;
  private final List<Function> functions = new ArrayList<>();
  private final Set<String> records = new HashSet<>();
  private final List<Statement> loose = new ArrayList<>();
  private int at;

  Parser(String file, Tokenizer.Tokens tokens) {
    this.file = file;
    this.tokens = tokens;
    code = tokens.code();
  }

  SourceFile file() {
    scope(false, true);
    return new SourceFile(file, code, tokens.comments(), functions, constants(), records, loose);
  }

  /** Declarations up to the closing brace or the end of the file. */
  private void scope(boolean external, boolean namespace) {
    while (at < code.size() && !code.get(at).is("}")) {
      Token token = code.get(at);
      if (token.kind() == Kind.PRAGMA) {
        loose.add(new Statement.Pragma(token.line(), PragmaText.of(token.text())));
        at++;
      } else if (token.kind() == Kind.INCLUDE || token.is(";")) {
        at++;
      } else {
        declaration(external, namespace);
      }
    }
  }

  private void declaration(boolean external, boolean namespace) {
    int start = at;
    Set<String> values = new HashSet<>();
    while (code.get(at).is("template") && code.get(at + 1).is("<")) {
      int behind = Brackets.behindParameters(code, at + 1);
      templateValues(code.subList(at + 2, behind - 1), values);
      at = behind;
    }
    int head = at;
    boolean linkage = code.get(at).is("extern") && code.get(at + 1).kind() == Kind.TEXT;
    int name = -1;
    int parameters = -1;
    boolean initialised = false;
    for (; at < code.size(); at++) {
      Token token = code.get(at);
      if (token.is(";")) {
        at++;
        break;
      } else if (token.is("{")) {
        if (block(head, name, parameters, initialised, values, external || linkage)) {
          return;
        }
      } else if (token.is("<") && at > head && code.get(at - 1).word() && Brackets.behindAngle(code, at) > 0) {
        at = Brackets.behindAngle(code, at) - 1;
      } else if (token.is("(")) {
        boolean operator = at > head + 1 && code.get(at - 2).is("operator");
        boolean candidate = name < 0 && !initialised && at > head && (code.get(at - 1).word() || operator)
            && !NO_FUNCTION.contains(code.get(at - 1).text());
        name = candidate ? at - 1 : name;
        parameters = candidate ? at : parameters;
        at = Brackets.close(code, at);
      } else if (token.is("[")) {
        at = Brackets.close(code, at);
      } else if (token.is("=") && !code.get(at - 1).is("operator")) {
        initialised = true;
      }
    }
    List<Token> all = code.subList(start, at);
    boolean variable = namespace && name < 0 && values.isEmpty() && !code.get(start).is("template")
        && !TYPES.contains(code.get(head).text()) && !code.get(head).is("enum")
        && all.stream().noneMatch(t -> NO_VARIABLE.contains(t.text()));
    if (variable) {
      loose.add(new Statement.Simple(all.get(0).line(), all));
    }
  }

  /** At an opening brace; answers whether the declaration ends with it. */
  private boolean block(
      int head, int name, int parameters, boolean initialised, Set<String> values, boolean external) {
    List<Token> before = code.subList(head, at);
    boolean type = name < 0 && before.stream().anyMatch(t -> TYPES.contains(t.text()));
    boolean namespace = before.stream().anyMatch(t -> t.is("namespace")) || name < 0 && before.size() == 2
        && before.get(0).is("extern");
    if (!initialised && (type || namespace)) {
      if (type && Scalars.only(code.subList(at + 1, Brackets.close(code, at)), records)) {
        before.stream().filter(Token::word).skip(1).findFirst().ifPresent(t -> records.add(t.text()));
      }
      at++;
      scope(external, namespace);
      at += namespace ? 1 : 0;
      return namespace;
    }
    if (name < 0 || initialised) {
      at = Brackets.close(code, at);
      return false;
    }
    StatementParser body = new StatementParser(code, at);
    Statement.Block block = body.block();
    at = body.position();
    functions.add(new Function(file, code.get(name).line(), code.get(name).text(), code.subList(head, name), values,
        parameters(parameters), block, external));
    return true;
  }

  private List<Parameter> parameters(int open) {
    List<Parameter> parameters = new ArrayList<>();
    for (List<Token> part : Brackets.split(code.subList(open + 1, Brackets.close(code, open)))) {
      int name = -1;
      for (int i = 0; i < part.size() && !part.get(i).is("="); i++) {
        if (part.get(i).is("<") && Brackets.behindAngle(part, i) > 0) {
          i = Brackets.behindAngle(part, i) - 1;
        } else if (part.get(i).is("[")) {
          i = Brackets.close(part, i);
        } else if (part.get(i).word()) {
          name = i;
        }
      }
      List<Token> type = new ArrayList<>(part);
      String text = name < 0 ? "" : type.remove(name).text();
      parameters.add(new Parameter(type, text));
    }
    return parameters;
  }

  private static void templateValues(List<Token> parameters, Set<String> values) {
    for (List<Token> part : Brackets.split(parameters)) {
      String first = part.get(0).text();
      if (!first.equals("typename") && !first.equals("class") && !first.equals("template")) {
        part.stream().takeWhile(t -> !t.is("=")).filter(Token::word).reduce((a, b) -> b)
            .ifPresent(t -> values.add(t.text()));
      }
    }
  }

  /** The last word in front of the initialiser of everything that is constexpr. */
  private Set<String> constants() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < code.size(); i++) {
      if (code.get(i).is("constexpr")) {
        String name = "";
        for (int j = i + 1; j < code.size() && !code.get(j).text().matches("[=(\\[{;]"); j++) {
          if (code.get(j).is("<") && Brackets.behindAngle(code, j) > 0) {
            j = Brackets.behindAngle(code, j) - 1;
          } else if (code.get(j).word()) {
            name = code.get(j).text();
          }
        }
        names.add(name);
      }
    }
    return names;
  }
}

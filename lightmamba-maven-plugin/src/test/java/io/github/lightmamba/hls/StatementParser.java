package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses a function body. */
final class StatementParser {
  private static final Set<String> LOOPS = Set.of("for", "while", "do");

  private final List<Token> code;
  private int at;

  /** Starts at the opening brace of a body. */
  StatementParser(List<Token> code, int at) {
    this.code = code;
    this.at = at;
  }

  /** Returns the index behind what was parsed. */
  int position() {
    return at;
  }

  Statement.Block block() {
    int line = code.get(at++).line();
    List<Statement> statements = new ArrayList<>();
    while (!code.get(at).is("}")) {
      statements.add(statement());
    }
    at++;
    return new Statement.Block(line, statements);
  }

  private Statement statement() {
    Token token = code.get(at);
    if (token.kind() == Kind.PRAGMA) {
      at++;
      return new Statement.Pragma(token.line(), PragmaText.of(token.text()));
    }
    if (token.is("{")) {
      return block();
    }
    if (token.is("case") || token.is("default")) {
      while (!code.get(at++).is(":")) {
        continue;
      }
      return code.get(at).is("}") ? new Statement.Simple(token.line(), List.of()) : statement();
    }
    String label = null;
    if (token.word() && code.get(at + 1).is(":")) {
      label = token.text();
      at += 2;
    }
    Token first = code.get(at);
    if (LOOPS.contains(first.text())) {
      return loop(first, label);
    }
    if (first.is("if") || first.is("switch")) {
      return branch(first);
    }
    return label != null ? statement() : simple(first);
  }

  private Statement loop(Token first, String label) {
    at++;
    if (first.is("do")) {
      Statement body = statement();
      at++;
      List<Token> condition = parentheses();
      int end = code.get(at++).line();
      return new Statement.Loop(first.line(), end, "do", label, condition, body);
    }
    List<Token> header = parentheses();
    Statement body = statement();
    return new Statement.Loop(first.line(), code.get(at - 1).line(), first.text(), label, header, body);
  }

  private Statement branch(Token first) {
    at += code.get(at + 1).is("constexpr") ? 2 : 1;
    List<Token> condition = parentheses();
    List<Statement> branches = new ArrayList<>(List.of(statement()));
    if (first.is("if") && code.get(at).is("else")) {
      at++;
      branches.add(statement());
    }
    return new Statement.Branch(first.line(), condition, branches);
  }

  private List<Token> parentheses() {
    int close = Brackets.close(code, at);
    List<Token> inside = code.subList(at + 1, close);
    at = close + 1;
    return inside;
  }

  private Statement simple(Token first) {
    int start = at;
    while (!code.get(at).is(";")) {
      at = Brackets.opens(code.get(at)) ? Brackets.close(code, at) + 1 : at + 1;
    }
    at++;
    return new Statement.Simple(first.line(), code.subList(start, at - 1));
  }
}

package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds calls and accesses to streams in tokens. */
final class Calls {
  /** A call of a free function; {@code name} carries no namespace and no template arguments. */
  record Call(String name, List<List<Token>> arguments, int line) {}

  /** A read or write of a stream. */
  record Access(String stream, boolean write, int line, boolean chosen) {}

  private static final Set<String> NO_CALL =
      Set.of("if", "for", "while", "switch", "return", "sizeof", "static_cast", "reinterpret_cast", "const_cast",
          "dynamic_cast", "decltype", "alignof", "catch", "LIGHTMAMBA_STREAM", "LIGHTMAMBA_STREAM_ARRAY",
          "LIGHTMAMBA_MEMORY", "LIGHTMAMBA_PERSISTENT_MEMORY", "LIGHTMAMBA_INSTANCE");
  private static final Set<String> READS = Set.of("read", "read_nb", "empty", "size");
  private static final Set<String> WRITES = Set.of("write", "write_nb", "full");

  private Calls() {}

  /** Returns the calls in a statement, without those in statements inside it. */
  static List<Call> in(List<Token> tokens) {
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i + 1 < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean member = i > 0 && (tokens.get(i - 1).is(".") || tokens.get(i - 1).is("->"));
      int open = token.word() && !member && !NO_CALL.contains(token.text()) ? behindName(tokens, i) : -1;
      if (open > 0 && open < tokens.size() && tokens.get(open).is("(")) {
        List<List<Token>> arguments = Brackets.split(tokens.subList(open + 1, Brackets.close(tokens, open)));
        boolean process = token.is("LIGHTMAMBA_PROCESS") && !arguments.isEmpty();
        calls.add(process
            ? new Call(processName(arguments.get(0)), arguments.subList(1, arguments.size()), token.line())
            : new Call(token.text(), arguments, token.line()));
      }
    }
    return calls;
  }

  /** The index behind a name and its template arguments; just behind the name if it has none. */
  private static int behindName(List<Token> tokens, int name) {
    if (tokens.get(name + 1).is("<")) {
      int behind = Brackets.behindAngle(tokens, name + 1);
      return behind > 0 && behind < tokens.size() && tokens.get(behind).is("(") ? behind : -1;
    }
    return name + 1;
  }

  /** The function in {@code f}, {@code ns::f<C>} or {@code LIGHTMAMBA_INSTANCE(f, C)}. */
  private static String processName(List<Token> function) {
    if (function.get(0).is("LIGHTMAMBA_INSTANCE")) {
      return function.get(2).text();
    }
    return function.stream().takeWhile(t -> !t.is("<")).filter(Token::word).reduce((a, b) -> b).map(Token::text)
        .orElse("");
  }

  /** Returns the direct accesses to the named streams; a statement with ? or a short circuit chooses among its own. */
  static Stream<Access> accesses(Statement statement, Set<String> streams) {
    List<Token> tokens = statement.tokens();
    List<Access> found = new ArrayList<>();
    boolean chosen = false;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      chosen |= token.is("?") || token.is("&&") || token.is("||");
      boolean member = i > 0 && (tokens.get(i - 1).is(".") || tokens.get(i - 1).is("->"));
      if (token.word() && !member && streams.contains(token.text())) {
        int next = i + 1;
        while (next < tokens.size() && tokens.get(next).is("[")) {
          next = Brackets.close(tokens, next) + 1;
        }
        if (next + 1 < tokens.size() && tokens.get(next).is(".")) {
          String method = tokens.get(next + 1).text();
          if (READS.contains(method) || WRITES.contains(method)) {
            found.add(new Access(token.text(), WRITES.contains(method), token.line(), chosen));
          }
        } else if (i == 0 && next < tokens.size() && tokens.get(next).text().matches("<<|>>")) {
          found.add(new Access(token.text(), tokens.get(next).is("<<"), token.line(), chosen));
        }
      }
    }
    return found.stream();
  }

  /** Returns the name of a variable that is passed as it is, with or without an index; else an empty text. */
  static String variable(List<Token> argument) {
    boolean plain = !argument.isEmpty() && argument.get(0).word()
        && (argument.size() == 1 || argument.get(1).is("[") && Brackets.close(argument, 1) == argument.size() - 1);
    return plain ? argument.get(0).text() : "";
  }
}

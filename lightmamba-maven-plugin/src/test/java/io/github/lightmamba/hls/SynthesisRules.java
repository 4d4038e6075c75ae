package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Statement.Simple;
import io.github.lightmamba.hls.Token.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What Vitis HLS does not synthesise, or another front end would trip over. */
final class SynthesisRules {
  private static final Map<String, Rule> WORDS = words();
  private static final Set<String> HEAP = Set.of("malloc", "calloc", "realloc", "free", "alloca");
  private static final Set<String> SYSTEM =
      Set.of("printf", "fprintf", "sprintf", "puts", "putchar", "scanf", "fopen", "fclose", "fread", "fwrite", "exit",
          "abort", "system", "time", "clock", "sleep", "usleep", "getenv", "rand", "srand", "signal", "fork");
  private static final Set<String> INCLUDES =
      Set.of("<ap_int.h>", "<hls_stream.h>", "<hls_burst_maxi.h>", "<cstdint>",
          "<cstddef>", "<climits>", "<type_traits>");
  private static final Set<String> STANDARD =
      Set.of("int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "size_t",
          "conditional", "conditional_t", "enable_if", "enable_if_t", "is_same", "integral_constant", "true_type",
          "false_type");

  private final Findings findings;

  SynthesisRules(Findings findings) {
    this.findings = findings;
  }

  private static Map<String, Rule> words() {
    Map<String, Rule> words = new HashMap<>();
    Map.of(
            Rule.NO_HEAP, List.of("new", "delete"),
            Rule.NO_VIRTUAL, List.of("virtual"),
            Rule.NO_EXCEPTION, List.of("try", "catch", "throw"),
            Rule.NO_GOTO, List.of("goto", "setjmp", "longjmp"),
            Rule.NO_RUNTIME_TYPE, List.of("dynamic_cast", "typeid"),
            Rule.NO_FLOATING_POINT, List.of("float", "double"),
            Rule.NO_UNION, List.of("union"),
            Rule.NO_POINTER_CAST, List.of("reinterpret_cast"),
            Rule.NO_SYSTEM_CALL, List.of("asm", "__asm__", "thread_local"))
        .forEach((rule, all) -> all.forEach(word -> words.put(word, rule)));
    return words;
  }

  void check(Program program) {
    for (SourceFile file : program.files()) {
      for (int i = 0; i < file.code().size(); i++) {
        token(file, i);
      }
      for (Statement statement : file.loose()) {
        if (statement instanceof Simple) {
          findings.add(file.name(), statement.line(), Rule.STAGE_GLOBAL, Token.join(statement.tokens()));
        }
      }
    }
    program.functions().forEach(function -> function.body().all().filter(Simple.class::isInstance)
        .filter(s -> s.tokens().stream().findFirst().filter(t -> t.is("static")).isPresent())
        .filter(s -> s.tokens().stream().noneMatch(t -> t.is("const") || t.is("constexpr")))
        .forEach(s -> findings.add(function.file(), s.line(), Rule.NO_STATIC_LOCAL,
            Token.join(s.tokens()) + " in " + function.name())));
  }

  private void token(SourceFile file, int at) {
    List<Token> code = file.code();
    Token token = code.get(at);
    String before = at > 0 ? code.get(at - 1).text() : "";
    String after = at + 1 < code.size() ? code.get(at + 1).text() : "";
    if (token.kind() == Kind.INCLUDE) {
      boolean own = token.text().matches("\"(lightmamba[/_]|ap_|hls_stream|hls_burst_maxi).*")
          || INCLUDES.contains(token.text());
      report(file, token, own ? null : Rule.NO_STANDARD_LIBRARY);
    } else if (token.kind() == Kind.NUMBER) {
      boolean hex = token.text().toLowerCase(java.util.Locale.ROOT).startsWith("0x");
      report(file, token, !hex && token.text().matches(".*[.eE].*") ? Rule.NO_FLOATING_POINT : null);
    } else if (token.is("*")) {
      pointer(file, at);
    } else if (token.word() && !before.equals(".") && !before.equals("->")) {
      boolean defaulted = token.is("delete") && before.equals("=");
      report(file, token, defaulted ? null : WORDS.get(token.text()));
      boolean half = token.is("half") && after.matches("\\w+");
      report(file, token, half ? Rule.NO_FLOATING_POINT : null);
      boolean called = after.equals("(");
      report(file, token, called && HEAP.contains(token.text()) ? Rule.NO_HEAP : null);
      report(file, token, called && SYSTEM.contains(token.text()) ? Rule.NO_SYSTEM_CALL : null);
      boolean standard = token.is("std") && after.equals("::") && at + 2 < code.size();
      String member = standard ? code.get(at + 2).text() : "";
      boolean other = standard && !STANDARD.contains(member) && !HEAP.contains(member) && !SYSTEM.contains(member);
      report(file, token, other ? Rule.NO_STANDARD_LIBRARY : null);
    }
  }

  /** Pointers to pointers, {@code T**}, and to functions, {@code (*f)(}. */
  private void pointer(SourceFile file, int at) {
    List<Token> code = file.code();
    int next = at + 1;
    while (next < code.size() && code.get(next).is("const")) {
      next++;
    }
    boolean type = at > 0 && (code.get(at - 1).word() || code.get(at - 1).is(">"));
    boolean twice = type && next < code.size() && code.get(next).is("*");
    report(file, code.get(at), twice ? Rule.NO_POINTER_TO_POINTER : null);
    boolean function = at > 0 && code.get(at - 1).is("(") && at + 3 < code.size() && code.get(at + 1).word()
        && code.get(at + 2).is(")") && code.get(at + 3).is("(");
    report(file, code.get(at), function ? Rule.NO_FUNCTION_POINTER : null);
  }

  private void report(SourceFile file, Token token, Rule rule) {
    if (rule != null) {
      findings.add(file.name(), token.line(), rule, token.text());
    }
  }
}

package io.github.lightmamba.hls;

import io.github.lightmamba.hls.PragmaGrammar.Kind;
import io.github.lightmamba.hls.PragmaGrammar.Status;
import io.github.lightmamba.hls.Statement.Block;
import io.github.lightmamba.hls.Statement.Loop;
import io.github.lightmamba.hls.Statement.Pragma;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Every pragma against the grammar, and where it may stand. */
final class PragmaRules {
  private static final Set<String> FOREIGN = Set.of("once", "GCC", "clang", "STDC");
  private static final Set<String> OF_LOOP = Set.of("loop_flatten", "loop_tripcount", "unroll");
  private static final Set<String> OF_FUNCTION = Set.of("dataflow", "interface", "inline", "top");
  private static final Map<String, Integer> LEAST =
      Map.of("factor", 1, "ii", 1, "limit", 1, "depth", 1, "cycle", 1, "max_read_burst_length", 1,
          "max_write_burst_length", 1, "num_read_outstanding", 1, "num_write_outstanding", 1);
  private static final Map<String, Integer> MOST =
      Map.of("max_read_burst_length", 256, "max_write_burst_length", 256, "max_widen_bitwidth", 1024);

  private final Findings findings;

  PragmaRules(Findings findings) {
    this.findings = findings;
  }

  void check(Program program) {
    for (SourceFile file : program.files()) {
      for (Statement statement : file.loose()) {
        if (statement instanceof Pragma pragma && grammar(file.name(), pragma)) {
          findings.add(file.name(), pragma.line(), Rule.PRAGMA_PLACE, "a pragma outside of any function");
        }
      }
      for (Function function : file.functions()) {
        Set<String> visible = new HashSet<>(Set.of("return", "this"));
        function.parameters().forEach(p -> visible.add(p.name()));
        inside(function, function.body(), function.body(), visible);
      }
    }
  }

  /** Walks a body; {@code visible} are the variables that a pragma may name. */
  private void inside(Function function, Statement statement, Statement parent, Set<String> visible) {
    if (statement instanceof Pragma pragma) {
      if (grammar(function.file(), pragma)) {
        place(function, pragma, pragma.text(), parent);
        variables(function, pragma, pragma.text(), visible);
      }
      return;
    }
    Declarations.in(statement).forEach(v -> visible.add(v.name()));
    statement.tokens().stream().filter(t -> t.kind() == Token.Kind.PRAGMA)
        .forEach(t -> grammar(function.file(), new Pragma(t.line(), PragmaText.of(t.text()))));
    for (Statement child : statement.children()) {
      boolean scope = child instanceof Block || child instanceof Loop;
      inside(function, child, statement, scope ? new HashSet<>(visible) : visible);
    }
  }

  private void place(Function function, Pragma pragma, PragmaText text, Statement parent) {
    boolean atFunction = parent == function.body();
    boolean atLoop = loopBody(function, parent);
    boolean wrong = OF_LOOP.contains(text.name()) && !atLoop
        || OF_FUNCTION.contains(text.name()) && !atFunction
        || text.name().equals("pipeline") && !atLoop && !atFunction;
    if (wrong) {
      findings.add(function.file(), pragma.line(), Rule.PRAGMA_PLACE, text.name() + " stands in "
          + (atFunction ? "the body of a function" : atLoop ? "the body of a loop" : "neither a loop nor a function"));
    }
  }

  private static boolean loopBody(Function function, Statement block) {
    return function.body().all().anyMatch(s -> s instanceof Loop loop && loop.body() == block);
  }

  private void variables(Function function, Pragma pragma, PragmaText text, Set<String> visible) {
    for (PragmaText.Option option : text.options()) {
      PragmaGrammar.Option known = options(text).get(option.key());
      boolean variable = known != null && known.kind() == Kind.VARIABLE && option.value() != null;
      if (variable && !text.name().equals("allocation")) {
        for (List<Token> part : Brackets.split(option.value())) {
          String name = part.get(0).text();
          boolean number = part.get(0).kind() == Token.Kind.NUMBER;
          if (!number && !visible.contains(name)) {
            findings.add(function.file(), pragma.line(), Rule.PRAGMA_VARIABLE,
                "no variable " + name + " is declared in front of it in " + function.name());
          }
        }
      }
    }
  }

  private static Map<String, PragmaGrammar.Option> options(PragmaText text) {
    String key = text.name().equals("interface") ? "interface " + text.mode() : text.name();
    PragmaGrammar.Pragma pragma = PragmaGrammar.pragmas().get(key);
    return pragma == null ? Map.of() : pragma.options();
  }

  /** Checks names and values; answers whether it is a known pragma of HLS. */
  private boolean grammar(String file, Pragma pragma) {
    PragmaText text = pragma.text();
    int line = pragma.line();
    if (!text.hls()) {
      if (!FOREIGN.contains(text.space())) {
        findings.add(file, line, Rule.PRAGMA_NAME, "unknown kind of pragma " + text.space());
      }
      return false;
    }
    if (text.name().equals("if")) {
      status(file, line, Status.LATER, "a pragma under a condition");
      return false;
    }
    boolean port = text.name().equals("interface");
    PragmaGrammar.Pragma known = PragmaGrammar.pragmas().get(port ? "interface " + text.mode() : text.name());
    if (known == null) {
      findings.add(file, line, port ? Rule.PRAGMA_VALUE : Rule.PRAGMA_NAME,
          port ? "interface has no mode '" + text.mode() + "'" : "no pragma of HLS is called '" + text.name() + "'");
      return false;
    }
    status(file, line, known.status(), text.name() + " " + text.mode());
    Map<String, String> given = new HashMap<>();
    for (PragmaText.Option option : text.options()) {
      option(file, line, known, option, given);
    }
    for (PragmaGrammar.Option option : known.options().values()) {
      if (option.required() && !given.containsKey(option.name())) {
        findings.add(file, line, Rule.PRAGMA_REQUIRED, known.name() + " needs " + option.name());
      }
    }
    together(file, line, known.name(), given);
    return true;
  }

  private void option(
      String file, int line, PragmaGrammar.Pragma pragma, PragmaText.Option option, Map<String, String> given) {
    String value = option.text().toLowerCase(Locale.ROOT);
    PragmaGrammar.Option known = pragma.options().get(option.key());
    if (known == null && option.value() == null) {
      value = option.key();
      known = pragma.options().values().stream().filter(o -> o.bare() && o.choices().contains(option.key()))
          .findFirst().orElse(null);
    }
    if (known == null) {
      findings.add(file, line, Rule.PRAGMA_OPTION, pragma.name() + " has no option '" + option.name() + "'");
      return;
    }
    status(file, line, known.status(), pragma.name() + " " + known.name());
    if (given.put(known.name(), value) != null) {
      findings.add(file, line, Rule.PRAGMA_OPTION, pragma.name() + " has '" + known.name() + "' twice");
    }
    String problem = problem(known, value);
    if (problem != null) {
      findings.add(file, line, Rule.PRAGMA_VALUE, pragma.name() + " " + known.name() + "=" + value + ": " + problem);
    }
  }

  private static String problem(PragmaGrammar.Option option, String value) {
    if (option.kind() == Kind.PRESENT) {
      return value.matches("|true|false|0|1") ? null : "takes no value, or true or false";
    }
    if (value.isEmpty()) {
      return "a value is missing";
    }
    boolean right = switch (option.kind()) {
      case CHOICE -> option.choices().contains(value);
      case INTEGER -> !value.matches("\".*|.*\\d\\.\\d.*");
      case IDENTIFIER -> value.matches("[a-z_]\\w*|\"[^\"]*\"");
      default -> true;
    };
    if (!right) {
      return "is not " + (option.kind() == Kind.CHOICE ? "one of " + option.choices() : "an " + option.kind());
    }
    if (option.kind() == Kind.INTEGER && value.matches("-? ?\\d{1,9}")) {
      int number = Integer.parseInt(value.replace(" ", ""));
      int most = MOST.getOrDefault(option.name(), Integer.MAX_VALUE);
      if (number < LEAST.getOrDefault(option.name(), option.name().equals("latency") ? -1 : 0) || number > most) {
        return "is out of range";
      }
      if (option.name().equals("max_widen_bitwidth") && Integer.bitCount(number) > 1) {
        return "is no power of two";
      }
    }
    return null;
  }

  /** What options ask of each other. */
  private void together(String file, int line, String pragma, Map<String, String> given) {
    boolean pieces = pragma.startsWith("array_") && given.getOrDefault("type", "complete").matches("block|cyclic");
    if (pieces && !given.containsKey("factor")) {
      findings.add(file, line, Rule.PRAGMA_REQUIRED, pragma + " " + given.get("type") + " needs factor");
    }
    if (pragma.startsWith("interface ap_ctrl") && !"return".equals(given.get("port"))) {
      findings.add(file, line, Rule.PRAGMA_VALUE, pragma + " is for port=return");
    }
    if (pragma.equals("dependence") && given.containsKey("variable") && given.containsKey("class")) {
      findings.add(file, line, Rule.PRAGMA_OPTION, "dependence has both variable and class");
    }
    String min = given.getOrDefault("min", "");
    String max = given.getOrDefault("max", "");
    if (min.matches("\\d{1,9}") && max.matches("\\d{1,9}") && Integer.parseInt(min) > Integer.parseInt(max)) {
      findings.add(file, line, Rule.PRAGMA_VALUE, pragma + " has min above max");
    }
  }

  private void status(String file, int line, Status status, String what) {
    if (status != Status.PUBLIC) {
      findings.add(file, line, Rule.PRAGMA_STATUS,
          what.strip() + " is " + (status == Status.LATER
              ? "not in the earlier of the published grammars" : status.name().toLowerCase(Locale.ROOT)));
    }
  }
}

package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Calls.Access;
import io.github.lightmamba.hls.Calls.Call;
import io.github.lightmamba.hls.Function.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All files that are checked together: functions by name, who calls whom, what is constant. */
final class Program {
  private static final Set<String> ARITHMETIC =
      Set.of("int", "long", "short", "char", "signed", "unsigned", "bool", "true", "false", "sizeof", "static_cast",
          "const", "size_t");

  private final List<SourceFile> files;
  private final Map<String, List<Function>> functions = new HashMap<>();
  private final Set<String> constants = new HashSet<>();
  private final Set<String> records = new HashSet<>();
  private final Map<Function, Set<Function>> reached = new IdentityHashMap<>();
  private final Map<Function, Map<String, Set<Boolean>>> uses = new IdentityHashMap<>();

  Program(List<SourceFile> parsed) {
    Map<String, List<Token>> aliases = Aliases.of(parsed);
    files = parsed.stream().map(file -> file.with(file.functions().stream()
        .map(f -> f.with(f.parameters().stream().map(p -> Aliases.resolve(p, aliases)).toList())).toList())).toList();
    for (SourceFile file : files) {
      constants.addAll(file.constants());
      records.addAll(file.records());
      for (Function function : file.functions()) {
        functions.computeIfAbsent(function.name(), n -> new ArrayList<>()).add(function);
      }
    }
  }

  List<SourceFile> files() {
    return files;
  }

  /** Returns the structs that have nothing but scalars. */
  Set<String> records() {
    return records;
  }

  Stream<Function> functions() {
    return files.stream().flatMap(file -> file.functions().stream());
  }

  /** Returns the functions that a call may mean: those of its name with at least as many parameters. */
  List<Function> called(Call call) {
    return functions.getOrDefault(call.name(), List.of()).stream()
        .filter(f -> f.parameters().size() >= call.arguments().size())
        .toList();
  }

  /** Returns the functions that a statement calls, with those inside it, and what these call in turn. */
  Set<Function> reachable(Statement statement) {
    Set<Function> all = new HashSet<>();
    for (Function function : calledBy(statement)) {
      all.addAll(reachable(function));
    }
    return all;
  }

  private Set<Function> reachable(Function start) {
    Set<Function> known = reached.get(start);
    if (known == null) {
      known = new HashSet<>(Set.of(start));
      List<Function> waiting = new ArrayList<>(known);
      while (!waiting.isEmpty()) {
        for (Function function : calledBy(waiting.remove(waiting.size() - 1).body())) {
          if (known.add(function)) {
            waiting.add(function);
          }
        }
      }
      reached.put(start, known);
    }
    return known;
  }

  private List<Function> calledBy(Statement statement) {
    return statement.all().flatMap(s -> Calls.in(s.tokens()).stream()).flatMap(call -> called(call).stream()).toList();
  }

  /** Returns all accesses to streams inside a statement, through calls too, by the names that the function uses. */
  List<Access> accesses(Function function, Statement statement) {
    return accesses(streams(function), statement).toList();
  }

  private Stream<Access> accesses(Set<String> streams, Statement statement) {
    Stream<Access> own = Calls.accesses(statement, streams);
    Stream<Access> passed = Calls.in(statement.tokens()).stream().flatMap(call -> passed(streams, call));
    Stream<Access> inside = statement.children().stream()
        .flatMap(child -> accesses(streams, child))
        .map(a -> statement instanceof Statement.Branch ? new Access(a.stream(), a.write(), a.line(), true) : a);
    return Stream.of(own, passed, inside).flatMap(s -> s);
  }

  private Stream<Access> passed(Set<String> streams, Call call) {
    List<Access> found = new ArrayList<>();
    for (Function callee : called(call)) {
      for (int i = 0; i < call.arguments().size(); i++) {
        String stream = Calls.variable(call.arguments().get(i));
        if (streams.contains(stream)) {
          uses(callee).getOrDefault(callee.parameters().get(i).name(), Set.of())
              .forEach(write -> found.add(new Access(stream, write, call.line(), false)));
        }
      }
    }
    return found.stream();
  }

  /** What a function does with its streams: true where it writes; a function that is just being asked does nothing. */
  private Map<String, Set<Boolean>> uses(Function function) {
    if (!uses.containsKey(function)) {
      uses.put(function, Map.of());
      uses.put(function, accesses(streams(function), function.body())
          .collect(Collectors.groupingBy(Access::stream, Collectors.mapping(Access::write, Collectors.toSet()))));
    }
    return uses.get(function);
  }

  /** Returns the streams that a function takes or declares. */
  static Set<String> streams(Function function) {
    Set<String> names = function.parameters().stream().filter(Parameter::stream).map(Parameter::name)
        .collect(Collectors.toCollection(HashSet::new));
    function.body().all().forEach(s -> Declarations.in(s).filter(Declarations.Variable::stream)
        .forEach(v -> names.add(v.name())));
    return names;
  }

  /** Whether an expression has only constants: what is constexpr, values of a template, numbers. */
  boolean constant(List<Token> expression, Function function, Predicate<String> local) {
    for (int i = 0; i < expression.size(); i++) {
      Token token = expression.get(i);
      if (token.word()) {
        String text = token.text();
        boolean qualified = i > 0 && expression.get(i - 1).is("::") && text.matches("k[A-Z]\\w*");
        boolean known = constants.contains(text) || function.values().contains(text) || local.test(text)
            || ARITHMETIC.contains(text) || Character.isUpperCase(text.charAt(0));
        if (!qualified && !known) {
          return false;
        }
      }
    }
    return true;
  }
}

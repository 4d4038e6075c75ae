package io.github.lightmamba.hls;

import io.github.lightmamba.hls.Calls.Access;
import io.github.lightmamba.hls.Calls.Call;
import io.github.lightmamba.hls.Function.Parameter;
import io.github.lightmamba.hls.Statement.Branch;
import io.github.lightmamba.hls.Statement.Pragma;
import io.github.lightmamba.hls.Statement.Simple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Regions are canonical, and their processes are stages that stand alone. */
final class DataflowRules {
  private static final Set<String> NO_EFFECT = Set.of("typedef", "using", "static_assert", "constexpr");

  private final Program program;
  private final Findings findings;

  DataflowRules(Program program, Findings findings) {
    this.program = program;
    this.findings = findings;
  }

  /** Who uses a channel: indices of processes in the order of the calls. */
  private record Users(Set<Integer> readers, Set<Integer> writers, Set<Integer> all) {
    Users() {
      this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }
  }

  void check() {
    program.functions().filter(f -> Pragmas.of(f.body()).get("dataflow").isPresent()).forEach(this::region);
  }

  private void region(Function region) {
    List<Call> processes = new ArrayList<>();
    Map<String, Declarations.Variable> locals = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (Statement statement : region.body().children()) {
      List<Declarations.Variable> declared = Declarations.in(statement).toList();
      if (statement instanceof Pragma || statement.tokens().isEmpty() && statement instanceof Simple) {
        continue;
      }
      String first = statement instanceof Simple ? statement.tokens().get(0).text() : "";
      if (NO_EFFECT.contains(first) || first.equals("LIGHTMAMBA_DATAFLOW_REGION")) {
        continue;
      }
      if (!declared.isEmpty() && statement instanceof Simple) {
        declared.forEach(v -> {
          locals.put(v.name(), v);
          lines.put(v.name(), statement.line());
        });
        if (declared.stream().anyMatch(v -> !Calls.in(v.initialiser()).isEmpty())) {
          findings.add(region.file(), statement.line(), Rule.DATAFLOW_BODY, "a value is computed by a call");
        }
      } else if (process(statement) != null) {
        Call call = process(statement);
        processes.add(call);
        stage(region, call);
      } else {
        boolean conditional = statement instanceof Branch && statement.all()
            .flatMap(s -> Calls.in(s.tokens()).stream()).anyMatch(c -> !program.called(c).isEmpty());
        findings.add(region.file(), statement.line(),
            conditional ? Rule.DATAFLOW_CONDITION : Rule.DATAFLOW_BODY,
            conditional ? "a process is called under a condition" : "neither a declaration nor a call of a process");
      }
    }
    channels(region, processes, locals, lines);
  }

  /** The call that a statement consists of, or null. */
  static Call process(Statement statement) {
    if (!(statement instanceof Simple simple) || simple.tokens().stream().anyMatch(t -> t.is("="))) {
      return null;
    }
    List<Token> tokens = simple.tokens();
    List<Call> calls = Calls.in(tokens);
    boolean whole = !calls.isEmpty() && tokens.get(0).word() && tokens.get(tokens.size() - 1).is(")")
        && !tokens.get(0).is("return") && tokens.stream().takeWhile(t -> !t.is("(")).noneMatch(t -> t.is("."));
    return whole ? calls.get(0) : null;
  }

  private void channels(Function region, List<Call> processes, Map<String, Declarations.Variable> locals,
      Map<String, Integer> lines) {
    Map<String, Users> users = new LinkedHashMap<>();
    locals.keySet().forEach(name -> users.put(name, new Users()));
    region.parameters().stream().filter(p -> p.stream() || p.memory()).forEach(p -> users.put(p.name(), new Users()));
    for (int i = 0; i < processes.size(); i++) {
      uses(processes.get(i), i, users);
    }
    for (Map.Entry<String, Users> entry : users.entrySet()) {
      String channel = entry.getKey();
      String name = channel.replaceFirst("\\[.*", "");
      boolean elements = users.keySet().stream().anyMatch(other -> other.startsWith(channel + "["));
      if (elements && entry.getValue().all().isEmpty()) {
        continue;
      }
      int line = lines.getOrDefault(name, region.line());
      Declarations.Variable local = locals.get(name);
      if (local == null) {
        Parameter port = region.parameters().get(region.indexOf(name));
        if (entry.getValue().all().size() != 1 || port.stream() && both(entry.getValue())) {
          findings.add(region.file(), line, port.stream() ? Rule.DATAFLOW_CHANNEL : Rule.DATAFLOW_MEMORY,
              "the port " + name + " is used by " + names(processes, entry.getValue().all()));
        }
      } else if (local.stream()) {
        stream(region, line, channel, processes, entry.getValue());
      } else if (local.array()) {
        List<Integer> all = List.copyOf(entry.getValue().all());
        if (all.size() > 2 || all.size() == 2 && Math.abs(all.get(1) - all.get(0)) > 1) {
          findings.add(region.file(), line, Rule.DATAFLOW_BYPASS,
              "the array " + name + " is used by " + names(processes, entry.getValue().all()));
        }
      }
    }
  }

  private static boolean both(Users users) {
    return !users.readers().isEmpty() && !users.writers().isEmpty();
  }

  private void stream(Function region, int line, String name, List<Call> processes, Users users) {
    if (users.readers().size() != 1 || users.writers().size() != 1) {
      findings.add(region.file(), line, Rule.DATAFLOW_CHANNEL, "the stream " + name + " is written by "
          + names(processes, users.writers()) + " and read by " + names(processes, users.readers()));
    } else if (users.writers().iterator().next() >= users.readers().iterator().next()) {
      findings.add(region.file(), line, Rule.DATAFLOW_FEEDBACK, "the stream " + name + " goes from "
          + names(processes, users.writers()) + " back to " + names(processes, users.readers()));
    }
  }

  private void uses(Call call, int process, Map<String, Users> users) {
    for (Function stage : program.called(call)) {
      List<Access> accesses = program.accesses(stage, stage.body());
      for (int i = 0; i < call.arguments().size(); i++) {
        Parameter parameter = stage.parameters().get(i);
        List<Token> argument = call.arguments().get(i);
        String name = argument.stream().map(Token::text).filter(users::containsKey).findFirst().orElse(null);
        if (name != null) {
          Users of = users.computeIfAbsent(channel(name, argument), n -> new Users());
          of.all().add(process);
          accesses.stream().filter(a -> a.stream().equals(parameter.name()))
              .forEach(a -> (a.write() ? of.writers() : of.readers()).add(process));
        }
      }
    }
  }

  /** An element of an array of streams is a channel of its own. */
  private static String channel(String name, List<Token> argument) {
    boolean element = argument.size() > 2 && argument.get(0).is(name) && argument.get(1).is("[");
    return element ? Token.join(argument).replace(" ", "") : name;
  }

  private static String names(List<Call> processes, Set<Integer> indices) {
    return indices.isEmpty() ? "no process" : indices.stream().map(i -> processes.get(i).name()).toList().toString();
  }

  private void stage(Function region, Call call) {
    List<Function> stages = program.called(call);
    if (stages.isEmpty()) {
      findings.add(region.file(), call.line(), Rule.STAGE_PORTS,
          "no function " + call.name() + " with " + call.arguments().size() + " parameters");
    }
    for (Function stage : stages) {
      if (!stage.returnsNothing()) {
        findings.add(stage.file(), stage.line(), Rule.STAGE_PORTS, "the stage " + stage.name() + " returns a value");
      }
      for (Parameter parameter : stage.parameters()) {
        boolean reference = parameter.type().stream().anyMatch(t -> t.is("&"));
        boolean fits = parameter.stream() ? reference
            : parameter.memory() || Scalars.is(parameter.type(), program.records());
        if (!fits) {
          findings.add(stage.file(), stage.line(), Rule.STAGE_PORTS, "the parameter " + parameter.name()
              + " of the stage " + stage.name() + " is neither a stream, a memory nor a scalar: "
              + Token.join(parameter.type()));
        }
      }
    }
  }
}

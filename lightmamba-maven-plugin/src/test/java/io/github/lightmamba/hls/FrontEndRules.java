package io.github.lightmamba.hls;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What HLS front ends that begin with LLVM's intermediate code refuse, for a stage that stands alone. */
final class FrontEndRules {
  /** Operations of streams and memory ports: the primitives of such a front end. */
  private static final Pattern STREAM = Pattern.compile("@_ZNK?3hls6stream.*");
  private static final Pattern PORT = Pattern.compile("@_ZNK?3hls10burst_maxi.*");

  /** What becomes wires, arithmetic or a copy of memory, or is only a remark for the compiler. */
  private static final Pattern INTRINSIC = Pattern.compile("@llvm\\.("
      + "(smax|smin|umax|umin|scmp|ucmp|abs|fshl|fshr|ctpop|ctlz|cttz|bswap|bitreverse)\\.\\w+|memcpy|memmove|memset|lifetime"
      + "|experimental\\.noalias|assume|[us](add|sub|mul)\\.with\\.overflow).*");
  private static final Pattern CALL =
      Pattern.compile("(?:.* = )?(?:tail |musttail |notail )?(?:call|invoke|callbr) (.*)");
  private static final Pattern VALUE = Pattern.compile(" (%[-\\w.$]+)(?=[,)])");
  private static final Pattern CALLEE = Pattern.compile("(@(?:[-\\w.$]+|\"[^\"]*\")|%[-\\w.$]+)\\(");

  private final LlvmModule module;
  private final Map<String, Set<String>> owners = new LinkedHashMap<>();

  /** @param stages names of all functions that are stages */
  FrontEndRules(LlvmModule module, List<String> stages) {
    this.module = module;
    for (String stage : stages) {
      module.reachable(stage).stream().filter(module.globals()::containsKey)
          .forEach(global -> owners.computeIfAbsent(global, g -> new LinkedHashSet<>()).add(stage));
    }
  }

  /** Returns what is wrong with a stage: a rule, and where. */
  List<String> findings(String stage) {
    List<String> findings = new ArrayList<>();
    Set<String> made = module.globals().containsKey("@llvm.global_ctors")
        ? module.reachable("@llvm.global_ctors") : Set.of();
    for (String name : module.reachable(stage)) {
      if (module.functions().containsKey(name)) {
        function(name, findings);
      } else if (module.globals().containsKey(name)) {
        global(name, made.contains(name), findings);
      }
    }
    return findings;
  }

  private void function(String name, List<String> findings) {
    LlvmModule.Function function = module.functions().get(name);
    if (function.head().matches(".*\\.\\.\\.\\) .*")) {
      findings.add("variable arguments: " + name);
    }
    Set<String> called = new LinkedHashSet<>();
    for (String line : function.instructions()) {
      Matcher call = CALL.matcher(line);
      if (call.matches()) {
        call(name, call.group(1), called, findings);
      }
      if (line.matches("(.* = )?(invoke|landingpad|resume|catchpad|catchswitch|cleanuppad)\\b.*")) {
        findings.add("exception: " + name);
      } else if (line.matches(".* = alloca .*, i\\d+ %.*")) {
        findings.add("stack of a size that is not constant: " + name);
      } else if (line.matches("(.* = )?(atomicrmw|cmpxchg|fence|load atomic|store atomic)\\b.*")) {
        findings.add("atomic access: " + name);
      } else if (line.matches("(indirectbr|.* = callbr|callbr)\\b.*")) {
        findings.add("computed jump: " + name);
      }
    }
    if (called.stream().anyMatch(other -> calledBy(other).contains(name))) {
      findings.add("recursion: " + name);
    }
  }

  private void call(String from, String text, Set<String> called, List<String> findings) {
    Matcher callee = CALLEE.matcher(text);
    if (text.matches(".*\\basm\\b.*")) {
      findings.add("assembly: " + from);
    } else if (!callee.find() || callee.group(1).startsWith("%")) {
      findings.add("computed call: " + from);
    } else if (module.functions().containsKey(callee.group(1))) {
      called.add(callee.group(1));
    } else if (STREAM.matcher(callee.group(1)).matches()) {
      if (!parameters(from).contains(stream(text.substring(callee.end())))) {
        findings.add("stream that a value chooses: " + from);
      }
    } else if (!PORT.matcher(callee.group(1)).matches() && !INTRINSIC.matcher(callee.group(1)).matches()) {
      findings.add("call of something without a body: " + callee.group(1) + " in " + from);
    }
  }

  /** The values that a function gets. */
  private Set<String> parameters(String function) {
    return VALUE.matcher(module.functions().get(function).head()).results().map(value -> value.group(1))
        .collect(Collectors.toSet());
  }

  /** The first argument, behind the place for a result where there is one. */
  private static String stream(String arguments) {
    return VALUE.matcher(arguments).results().skip(arguments.contains(" sret(") ? 1 : 0).map(value -> value.group(1))
        .findFirst().orElse("");
  }

  /** The functions that are reached from one, itself included. */
  private Set<String> calledBy(String function) {
    Set<String> reached = module.reachable(function);
    reached.retainAll(module.functions().keySet());
    return reached;
  }

  private void global(String name, boolean made, List<String> findings) {
    String text = module.globals().get(name);
    boolean variable = text.matches(" = .*\\bglobal\\b.*");
    if (text.matches(" = .*\\b(external|extern_weak|common)\\b.*")) {
      findings.add("variable or constant of another module: " + name);
    }
    if (text.contains("thread_local")) {
      findings.add("variable of a thread: " + name);
    }
    if (variable && made) {
      findings.add("variable that code initialises: " + name);
    }
    if (variable && owners.get(name).size() > 1) {
      findings.add("variable of several stages: " + name + " in " + owners.get(name));
    }
  }
}

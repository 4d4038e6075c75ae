package io.github.lightmamba.csim;

import io.github.lightmamba.csim.LoopSource.Function;
import io.github.lightmamba.csim.LoopSource.Loop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Gives the simulation copy of kernel sources the pipelines that Vitis HLS builds, from the pragmas that it reads: an
 * object around every loop that stalls ({@code style=stp}, the default), also around loops without a pragma, which
 * {@code pipeline_loops} pipelines by itself, and around the whole nest where it flattens. Loops that flush get one too,
 * which does nothing unless a run asks for it by name. Loops with dependence pragmas count their iterations
 * ({@link Dependences}). The sources stay as they are.
 *
 * <p>Where Vitis decides by what a text does not show, the worse is taken: trip counts never keep a loop from being
 * pipelined or flattened.
 */
public final class PipelineScopes {
  private static final Pattern STYLE = Pattern.compile("style\\s*=\\s*(\\w+)");
  private static final Pattern CALL = Pattern.compile("(\\w+)\\s*(?:<[^;{}()]*>)?\\s*\\(");

  private final Map<String, LoopSource> sources = new LinkedHashMap<>();
  private final Set<String> looping = new HashSet<>();
  private final List<String> pipelines = new ArrayList<>();
  private final List<String> flushing = new ArrayList<>();

  private PipelineScopes(Map<String, String> texts) {
    texts.forEach((name, text) -> sources.put(name, new LoopSource(name, text)));
    findLoopingFunctions();
  }

  /**
   * Transforms sources, which are looked at together: whether a loop calls a function that loops is seen by its name.
   *
   * @param texts by file
   * @return the transformed texts by file; lines keep their numbers
   */
  public static Map<String, String> transform(Map<String, String> texts) {
    PipelineScopes scopes = new PipelineScopes(Dependences.transform(texts));
    Map<String, String> transformed = new LinkedHashMap<>();
    scopes.sources.forEach((name, source) -> transformed.put(name, scopes.transformed(source)));
    return transformed;
  }

  /** The loops of sources that stall, as {@code LOOP} or {@code OUTERMOST/.../INNERMOST} where a nest is flattened. */
  public static List<String> stalling(Map<String, String> texts) {
    PipelineScopes scopes = new PipelineScopes(texts);
    scopes.sources.values().forEach(scopes::transformed);
    return scopes.pipelines;
  }

  /** The loops of sources that flush, named in the same way. */
  public static List<String> flushing(Map<String, String> texts) {
    PipelineScopes scopes = new PipelineScopes(texts);
    scopes.sources.values().forEach(scopes::transformed);
    return scopes.flushing;
  }

  private void findLoopingFunctions() {
    for (LoopSource source : sources.values()) {
      source.loops.stream().filter(loop -> !unrolled(loop)).forEach(loop -> looping.add(loop.function));
    }
    boolean grows = true;
    while (grows) {
      grows = false;
      for (LoopSource source : sources.values()) {
        for (Function function : source.functions) {
          if (callsLooping(source.code.substring(function.begin(), function.end()))) {
            grows |= looping.add(function.name());
          }
        }
      }
    }
  }

  private boolean callsLooping(String code) {
    return CALL.matcher(code).results().anyMatch(call -> looping.contains(call.group(1)));
  }

  private String transformed(LoopSource source) {
    Map<Integer, String> insertions = new TreeMap<>();
    source.loops.stream()
        .filter(loop -> loop.parent.isEmpty())
        .filter(loop -> source.functionAt(loop.keyword).filter(Function::constant).isEmpty())
        .forEach(loop -> visit(source, loop, insertions));
    StringBuilder text = new StringBuilder();
    int at = 0;
    for (Map.Entry<Integer, String> insertion : insertions.entrySet()) {
      text.append(source.text, at, insertion.getKey()).append(insertion.getValue());
      at = insertion.getKey();
    }
    return text.append(source.text.substring(at)).toString();
  }

  private void visit(LoopSource source, Loop loop, Map<Integer, String> insertions) {
    Optional<String> pipeline = loop.pragma("pipeline").filter(options -> !options.matches("(.*\\s)?off\\b.*"));
    boolean off = loop.pragma("pipeline").isPresent() && pipeline.isEmpty();
    if (pipeline.isPresent()) {
      if (pipeline.get().contains("rewind")) {
        throw new AssertionError(loop.label + ": a pipeline that rewinds is not simulated");
      }
      var style = STYLE.matcher(pipeline.get());
      pipeline(source, loop, !style.find() || style.group(1).equals("stp"), insertions);
    } else if (!off && !unrolled(loop) && innermost(source, loop)) {
      pipeline(source, loop, true, insertions);
    } else {
      loop.children.forEach(child -> visit(source, child, insertions));
    }
  }

  private static boolean unrolled(Loop loop) {
    return loop.pragma("unroll").filter(o -> !o.contains("factor") && !o.contains("off")).isPresent();
  }

  /** Whether Vitis may pipeline a loop by itself: no loop is left inside, nor a call of a function with one. */
  private boolean innermost(LoopSource source, Loop loop) {
    return loop.children.stream().allMatch(child -> unrolled(child) && innermost(source, child))
        && !callsLooping(source.code.substring(loop.keyword, loop.end));
  }

  private void pipeline(LoopSource source, Loop loop, boolean stalls, Map<Integer, String> insertions) {
    if (loop.body < 0) {
      throw new AssertionError(loop.label + ": a pipelined loop needs braces");
    }
    Loop outer = loop;
    String name = loop.label;
    while (outer.parent.isPresent() && flattens(source, outer.parent.get(), outer)) {
      outer = outer.parent.get();
      name = outer.label + "/" + name;
    }
    (stalls ? pipelines : flushing).add(name);
    String object = "lightmamba_pipeline_" + (pipelines.size() + flushing.size());
    insertions.merge(
        outer.keyword,
        "if (::lightmamba::csim::Pipeline " + object + "(\"" + name + "\", " + stalls + "); true) ",
        String::concat);
    insertions.put(loop.body + 1, " " + object + ".iterate();");
    String promises = Dependences.promises(loop);
    if (!promises.isEmpty()) {
      String distances = object + "_distances";
      insertions.merge(
          outer.keyword,
          "if (::lightmamba::csim::Distances " + distances + "(\"" + name + "\", {" + promises + "}); true) ",
          String::concat);
      insertions.merge(loop.body + 1, " " + distances + ".iterate();", String::concat);
    }
  }

  /**
   * Whether a nest is flattened: neither loop says {@code loop_flatten off}, and nothing stands between them but
   * arithmetic, which can move inside.
   */
  private static boolean flattens(LoopSource source, Loop outer, Loop inner) {
    if (outer.body < 0 || unrolled(outer) || outer.pragma("pipeline").isPresent() || keptApart(outer)
        || keptApart(inner)) {
      return false;
    }
    String between =
        source.code.substring(outer.body + 1, inner.begin) + source.code.substring(inner.end + 1, outer.end);
    return between.chars().noneMatch(c -> c == '(' || c == '[' || c == '{');
  }

  private static boolean keptApart(Loop loop) {
    return loop.pragma("loop_flatten").filter(options -> options.contains("off")).isPresent();
  }
}

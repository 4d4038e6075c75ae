package io.github.lightmamba.hls;

import java.util.List;
import java.util.Set;

/**
 * A function with a body.
 *
 * @param file where it stands
 * @param line of its name
 * @param head tokens in front of the name, without a template's parameters
 * @param values names of template parameters that are values
 * @param external whether it has C linkage
 */
record Function(
    String file,
    int line,
    String name,
    List<Token> head,
    Set<String> values,
    List<Parameter> parameters,
    Statement.Block body,
    boolean external) {

  /** A parameter; the type is everything but the name, the brackets of an array included. */
  record Parameter(List<Token> type, String name) {
    boolean stream() {
      return type.stream().anyMatch(t -> t.is("stream"));
    }

    boolean memory() {
      return !stream() && type.stream().anyMatch(t -> t.is("*") || t.is("[") || t.is("burst_maxi"));
    }
  }

  /** Returns the same with other parameters. */
  Function with(List<Parameter> others) {
    return new Function(file, line, name, head, values, others, body, external);
  }

  /** Two functions may look the same, as specialisations do. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  boolean constant() {
    return head.stream().anyMatch(t -> t.is("constexpr"));
  }

  boolean returnsNothing() {
    return head.stream().anyMatch(t -> t.is("void")) && head.stream().noneMatch(t -> t.is("*"));
  }

  /** Returns the index of a parameter, or -1. */
  int indexOf(String parameter) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(parameter)) {
        return i;
      }
    }
    return -1;
  }
}

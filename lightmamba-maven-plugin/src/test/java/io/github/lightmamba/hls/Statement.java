package io.github.lightmamba.hls;

import java.util.List;
import java.util.stream.Stream;

/** A statement of a function body. */
sealed interface Statement {
  /** Where it starts. */
  int line();

  /** The statements directly inside. */
  default List<Statement> children() {
    return List.of();
  }

  /** Tokens of its own, without those of the statements inside. */
  default List<Token> tokens() {
    return List.of();
  }

  /** This statement and all inside, in order. */
  default Stream<Statement> all() {
    return Stream.concat(Stream.of(this), children().stream().flatMap(Statement::all));
  }

  /** Statements in braces. */
  record Block(int line, List<Statement> children) implements Statement {}

  /**
   * A for, while or do loop.
   *
   * @param end last line
   * @param keyword for, while or do
   * @param label or null
   * @param tokens what stands in the parentheses
   */
  record Loop(int line, int end, String keyword, String label, List<Token> tokens, Statement body)
      implements Statement {
    @Override
    public List<Statement> children() {
      return List.of(body);
    }
  }

  /**
   * An if or switch.
   *
   * @param tokens the condition
   * @param children the branches
   */
  record Branch(int line, List<Token> tokens, List<Statement> children) implements Statement {}

  /** A pragma of any kind. */
  record Pragma(int line, PragmaText text) implements Statement {}

  /** Declaration, expression or jump, without the semicolon. */
  record Simple(int line, List<Token> tokens) implements Statement {}
}

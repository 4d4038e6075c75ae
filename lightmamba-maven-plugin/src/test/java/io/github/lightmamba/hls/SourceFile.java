package io.github.lightmamba.hls;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A parsed file.
 *
 * @param name as findings name it
 * @param code all tokens
 * @param comments line comments by line
 * @param constants names that are declared constexpr
 * @param records structs that have nothing but scalars
 * @param loose what stands outside of functions and is neither type, alias nor function: pragmas and variables
 */
record SourceFile(
    String name,
    List<Token> code,
    Map<Integer, String> comments,
    List<Function> functions,
    Set<String> constants,
    Set<String> records,
    List<Statement> loose) {

  /** Returns the same with other functions. */
  SourceFile with(List<Function> others) {
    return new SourceFile(name, code, comments, others, constants, records, loose);
  }

  static SourceFile of(String name, String text) {
    return new Parser(name, Tokenizer.of(text)).file();
  }
}

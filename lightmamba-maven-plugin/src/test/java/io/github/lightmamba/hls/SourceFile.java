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
 * @param loose what stands outside of functions and is neither type, alias nor function: pragmas and variables
 */
record SourceFile(
    String name,
    List<Token> code,
    Map<Integer, String> comments,
    List<Function> functions,
    Set<String> constants,
    List<Statement> loose) {

  static SourceFile of(String name, String text) {
    return new Parser(name, Tokenizer.of(text)).file();
  }
}

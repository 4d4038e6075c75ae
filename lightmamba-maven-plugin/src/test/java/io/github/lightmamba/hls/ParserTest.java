package io.github.lightmamba.hls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.lightmamba.hls.Statement.Loop;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParserTest {
  @Test
  void findsFunctionsWhereverTheyStand() {
    SourceFile file = SourceFile.of("a.hpp", """
        namespace outer { namespace inner {
        struct Shape {
          int rows = 4;
          static constexpr int kRows = 8;
          Shape() : rows(1) {}
          bool operator==(const Shape& other) const { return rows == other.rows; }
        };
        enum Kind { A, B = 2 };
        constexpr int kTable[2][2] = {{1, 2}, {3, 4}};
        template <typename C, int Width = (1 << 3), class T = ap_int<8> >
        inline ap_int<C::kBits + (1 > 0 ? 1 : 0)> cut(const T (&from)[4], hls::stream<Pair<T, 2>>& out, int n = 3) {
          return n;
        }
        int declared(int a);
        } }
        extern "C" { void kernel(const int* words, ap_uint<512> last) {} }
        extern "C" void other() {}
        """);
    assertThat(file.functions()).extracting(Function::name).containsExactly("Shape", "==", "cut", "kernel", "other");
    Function cut = file.functions().get(2);
    assertThat(cut.values()).containsExactly("Width");
    assertThat(cut.parameters()).extracting(Function.Parameter::name).containsExactly("from", "out", "n");
    assertThat(cut.parameters()).extracting(Function.Parameter::stream).containsExactly(false, true, false);
    assertThat(cut.parameters()).extracting(Function.Parameter::memory).containsExactly(true, false, false);
    assertThat(cut.line()).isEqualTo(11);
    assertThat(cut.constant()).isFalse();
    assertThat(file.functions()).extracting(Function::external).containsExactly(false, false, false, true, true);
    assertThat(file.constants()).containsExactlyInAnyOrder("kRows", "kTable");
    assertThat(file.loose()).isEmpty();
  }

  @Test
  void keepsTheTreeOfStatements() {
    SourceFile file = SourceFile.of("a.hpp", """
        void f(int n) {
        A:
          for (int i = 0; i < n; ++i)
            if (i > 2) g(i); else { h(i); }
        B:
          do { --n; } while (n > 0);
          switch (n) {
            case 1: g(1); break;
            default: { h(2); }
          }
          const int v[2] = {1, 2};
        C:
          while (n < 4) ++n;
        }
        """);
    List<Statement> all = file.functions().get(0).body().all().toList();
    assertThat(all.stream().filter(Loop.class::isInstance).map(s -> ((Loop) s).label() + " " + s.line()))
        .containsExactly("A 3", "B 6", "C 13");
    assertThat(all.stream().flatMap(s -> Calls.in(s.tokens()).stream()).map(c -> c.name() + c.line())).containsExactly(
        "g4", "h4", "g8", "h9");
  }

  @Test
  void templatesAreNoComparisons() {
    List<Token> tokens = Tokenizer.of("a < b && c > (d), e<f, 2>(g), h").code();
    assertThat(Brackets.split(tokens)).extracting(Token::join)
        .containsExactly("a < b && c > ( d )", "e < f , 2 > ( g )", "h");
  }
}

package io.github.lightmamba.csim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The oracle is BigInteger and the result widths of AMD's documentation (UG1399, "C++ Arbitrary Precision"). */
@DisplayName("ap_int and ap_uint of the simulation")
class ApIntTest {

  private static final int CASES_PER_OPERATION = 8;
  private static final String[] OPERATIONS = {"add", "sub", "mul", "div", "mod", "and", "or", "xor", "shl", "shr",
    "neg", "not", "convert", "addint", "less", "equal", "bit", "range", "setrange", "setbit", "concat", "addto",
    "multo",
    "int64", "native"};

  /** A width in bits and whether values are signed. */
  private record Type(int width, boolean signed) {
    BigInteger wrap(BigInteger value) {
      BigInteger low = value.mod(BigInteger.ONE.shiftLeft(width));
      return signed && low.testBit(width - 1) ? low.subtract(BigInteger.ONE.shiftLeft(width)) : low;
    }

    String hex(BigInteger value) {
      String digits = value.mod(BigInteger.ONE.shiftLeft(width)).toString(16);
      return "0".repeat((width + 3) / 4 - digits.length()) + digits;
    }

    String print(BigInteger value) {
      return width + " " + (signed ? 1 : 0) + " " + hex(value);
    }

    BigInteger random(Random random) {
      return switch (random.nextInt(5)) {
        case 0 -> wrap(BigInteger.valueOf(random.nextInt(5) - 2));
        case 1 -> wrap(BigInteger.ONE.shiftLeft(width - 1).subtract(BigInteger.valueOf(random.nextInt(2))));
        case 2 -> wrap(BigInteger.ONE.shiftLeft(random.nextInt(width)));
        default -> wrap(new BigInteger(width, random));
      };
    }
  }

  @TempDir
  Path folder;

  @Test
  @DisplayName("agree with BigInteger on generated cases of random widths and signs")
  void agreesWithBigInteger() throws IOException {
    Random random = new Random(20261123);
    List<Type[]> pairs = new ArrayList<>();
    int[] edges = {1, 8, 31, 32, 33, 63, 64, 65, 127, 128, 512, 1024};
    StringBuilder include = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      int first = i < edges.length ? edges[i] : 1 + random.nextInt(200);
      Type[] pair = {new Type(first, random.nextBoolean()),
        new Type(1 + random.nextInt(i % 3 == 0 ? 300 : 64), random.nextBoolean())};
      pairs.add(pair);
      include.append("PAIR(%d, %d, %b, %d, %b)%n".formatted(
          i, pair[0].width(), pair[0].signed(), pair[1].width(), pair[1].signed()));
    }
    List<String> cases = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      for (String operation : OPERATIONS) {
        for (int k = 0; k < CASES_PER_OPERATION; k++) {
          addCase(i, pairs.get(i)[0], pairs.get(i)[1], operation, random, cases, expected);
        }
      }
    }
    Files.writeString(folder.resolve("ap_int_pairs.inc"), include);
    Files.write(folder.resolve("cases.txt"), cases);
    CxxProgram program = CxxProgram.compile("g++", "ap_int_test.cpp", folder, "-O1");
    CxxProgram.Run run = program.run(folder.resolve("cases.txt").toString());
    assertThat(run.exitCode()).as(run.errors()).isZero();
    List<String> actual = run.output().lines().toList();
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as(cases.get(i)).isEqualTo(expected.get(i));
    }
  }

  private static void addCase(int pair, Type s, Type t, String operation, Random random, List<String> cases,
      List<String> expected) {
    BigInteger a = s.random(random);
    BigInteger b = t.random(random);
    int x = random.nextInt(s.width());
    int y = random.nextInt(x + 1);
    if (operation.startsWith("sh")) {
      x = random.nextInt(2 * s.width()) - s.width() / 2;
    } else if (operation.equals("addint")) {
      x = random.nextInt();
    } else if (operation.equals("setbit")) {
      y = random.nextInt(2);
    }
    boolean division = operation.equals("div") || operation.equals("mod");
    boolean undefined = division && (b.signum() == 0 || b.signum() < 0 && !s.signed());
    boolean twoMeanings = s.signed() != t.signed() && (a.signum() < 0 || b.signum() < 0);
    if (undefined || twoMeanings && (operation.equals("less") || operation.equals("equal"))) {
      return;
    }
    cases.add(pair + " " + operation + " " + s.hex(a) + " " + t.hex(b) + " " + x + " " + y);
    expected.add(expect(operation, s, t, a, b, x, y));
  }

  private static String expect(String operation, Type s, Type t, BigInteger a, BigInteger b, int x, int y) {
    Type int32 = new Type(32, true);
    int union = union(s, t);
    boolean signed = s.signed() || t.signed();
    Type bit = new Type(1, false);
    Type logic = new Type(union, signed);
    BigInteger fieldMask = BigInteger.ONE.shiftLeft(Math.max(x - y + 1, 0)).subtract(BigInteger.ONE);
    return switch (operation) {
      case "add" -> new Type(union + 1, signed).print(a.add(b));
      case "sub" -> new Type(union + 1, true).print(a.subtract(b));
      case "mul" -> new Type(s.width() + t.width(), signed).print(a.multiply(b));
      case "div" -> new Type(s.width() + (t.signed() ? 1 : 0), signed).print(a.divide(b));
      case "mod" -> new Type(Math.min(s.width(), t.width() + (s.signed() && !t.signed() ? 1 : 0)), s.signed())
          .print(a.remainder(b));
      case "and" -> logic.print(a.and(b));
      case "or" -> logic.print(a.or(b));
      case "xor" -> logic.print(a.xor(b));
      case "shl" -> s.print(a.shiftLeft(x));
      case "shr" -> s.print(a.shiftRight(x));
      case "neg" -> new Type(union(bit, s) + 1, true).print(a.negate());
      case "not" -> s.print(a.not());
      case "convert" -> s.print(b);
      case "addint" -> new Type(union(s, int32) + 1, true).print(a.add(BigInteger.valueOf(x)));
      case "less" -> bit.print(a.compareTo(b) < 0 ? BigInteger.ONE : BigInteger.ZERO);
      case "equal" -> bit.print(a.equals(b) ? BigInteger.ONE : BigInteger.ZERO);
      case "bit" -> bit.print(a.testBit(x) ? BigInteger.ONE : BigInteger.ZERO);
      case "range" -> new Type(s.width(), false).print(a.shiftRight(y).and(fieldMask));
      case "setrange" -> s.print(a.andNot(fieldMask.shiftLeft(y)).or(b.and(fieldMask).shiftLeft(y)));
      case "setbit" -> s.print(y == 1 ? a.setBit(x) : a.clearBit(x));
      case "concat" -> new Type(s.width() + t.width(), false)
          .print(a.shiftLeft(t.width()).or(b.mod(BigInteger.ONE.shiftLeft(t.width()))));
      case "addto" -> s.print(a.add(b));
      case "multo" -> s.print(a.multiply(b));
      case "int64" -> new Type(64, true).print(a);
      case "native" -> int32.print(a);
      default -> throw new AssertionError(operation);
    };
  }

  /** Bits that hold every value of both types. */
  private static int union(Type s, Type t) {
    return Math.max(s.width() + (t.signed() && !s.signed() ? 1 : 0), t.width() + (s.signed() && !t.signed() ? 1 : 0));
  }
}

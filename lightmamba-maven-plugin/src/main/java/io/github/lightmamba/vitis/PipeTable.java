package io.github.lightmamba.vitis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of Vivado that is drawn with {@code +}, {@code -} and {@code |}.
 *
 * @param columns the names
 * @param rows the cells, stripped; as many in each row as there are columns
 */
record PipeTable(List<String> columns, List<List<String>> rows) {
  /** Reads all tables of a report. */
  static List<PipeTable> all(List<String> lines) {
    List<PipeTable> tables = new ArrayList<>();
    for (int i = 0; i + 2 < lines.size(); i++) {
      if (border(lines.get(i)) && row(lines.get(i + 1)) && border(lines.get(i + 2))) {
        List<String> columns = cells(lines.get(i + 1));
        List<List<String>> rows = new ArrayList<>();
        int at = i + 3;
        for (; at < lines.size() && (row(lines.get(at)) || border(lines.get(at))); at++) {
          List<String> cells = row(lines.get(at)) ? cells(lines.get(at)) : List.of();
          if (cells.size() == columns.size()) {
            rows.add(cells);
          }
        }
        tables.add(new PipeTable(columns, rows));
        i = at - 1;
      }
    }
    return tables;
  }

  /** Returns the index of a column; -1 without it. */
  int column(String name) {
    return columns.indexOf(name);
  }

  private static boolean border(String line) {
    String plain = line.strip();
    return plain.startsWith("+-") && plain.chars().allMatch(c -> c == '+' || c == '-');
  }

  private static boolean row(String line) {
    String plain = line.strip();
    return plain.length() > 1 && plain.startsWith("|") && plain.endsWith("|");
  }

  private static List<String> cells(String line) {
    String plain = line.strip();
    return Arrays.stream(plain.substring(1, plain.length() - 1).split("\\|", -1)).map(String::strip).toList();
  }
}

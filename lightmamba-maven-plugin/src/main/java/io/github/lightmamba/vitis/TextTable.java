package io.github.lightmamba.vitis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables of plain text under a line of dashes. Columns are found by their names, never by their number: their order
 * differs between releases.
 */
final class TextTable {
  private static final Pattern DASHES = Pattern.compile("-+");
  private static final Pattern WORD = Pattern.compile("\\S+");

  private TextTable() {}

  /** A column: its name, and where its dashes begin and end. */
  private record Column(String name, int start, int end) {}

  static boolean isRuler(String line) {
    String plain = line.strip();
    return !plain.isEmpty() && plain.chars().allMatch(c -> c == '-' || c == ' ') && plain.contains("--");
  }

  /**
   * Reads a table of left-aligned columns up to the first blank line.
   *
   * @param ruler the index of the line of dashes; the names stand above it
   * @return for each row the cells by name, stripped
   */
  static List<Map<String, String>> leftAligned(List<String> lines, int ruler) {
    List<Column> columns = columns(lines, ruler);
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = ruler + 1; i < lines.size() && !lines.get(i).isBlank() && !isRuler(lines.get(i)); i++) {
      Map<String, String> row = new LinkedHashMap<>();
      for (int c = 0; c < columns.size(); c++) {
        int end = c + 1 < columns.size() ? columns.get(c + 1).start() : Integer.MAX_VALUE;
        row.put(columns.get(c).name(), cut(lines.get(i), columns.get(c).start(), end).strip());
      }
      rows.add(row);
    }
    return rows;
  }

  /**
   * Reads a table whose first column is left-aligned and whose others are right-aligned numbers, some of them missing;
   * a number may be wider than its dashes.
   */
  static List<Map<String, String>> rightAligned(List<String> lines, int ruler) {
    List<Column> columns = columns(lines, ruler);
    List<Map<String, String>> rows = new ArrayList<>();
    for (int i = ruler + 1; i < lines.size() && !lines.get(i).isBlank() && !isRuler(lines.get(i)); i++) {
      Map<String, String> row = new LinkedHashMap<>();
      Matcher word = WORD.matcher(lines.get(i));
      while (word.find()) {
        String name = row.isEmpty() ? columns.get(0).name() : nearest(columns, word.end()).name();
        row.putIfAbsent(name, word.group());
      }
      rows.add(row);
    }
    return rows;
  }

  private static Column nearest(List<Column> columns, int end) {
    Column best = columns.get(columns.size() - 1);
    for (Column column : columns.subList(Math.min(1, columns.size() - 1), columns.size())) {
      if (Math.abs(column.end() - end) < Math.abs(best.end() - end)) {
        best = column;
      }
    }
    return best;
  }

  private static List<Column> columns(List<String> lines, int ruler) {
    List<Column> columns = new ArrayList<>();
    String names = ruler > 0 ? lines.get(ruler - 1) : "";
    Matcher dashes = DASHES.matcher(lines.get(ruler));
    while (dashes.find()) {
      columns.add(new Column(cut(names, dashes.start(), dashes.end()).strip(), dashes.start(), dashes.end()));
    }
    return columns;
  }

  private static String cut(String line, int start, int end) {
    return line.substring(Math.min(start, line.length()), Math.min(end, line.length()));
  }
}

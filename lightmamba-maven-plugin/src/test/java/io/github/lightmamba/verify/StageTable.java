package io.github.lightmamba.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a simulation says of the processes that it has run once more, alone. */
record StageTable(List<Row> rows) {
  private static final Pattern ROW =
      Pattern.compile("alone (\\w+) (\\w+)\\S*: (\\d+) in, (\\d+) out, (\\d+) read, (\\d+) written: (.*)");

  /**
   * A process of a start.
   *
   * @param unit the instance of its kernel
   * @param process its function
   * @param moved items of streams and words of memory ports
   * @param outcome equal, or what differs
   */
  record Row(String unit, String process, long moved, String outcome) {}

  static StageTable of(Path log) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        long moved = 0;
        for (int group = 3; group <= 6; group++) {
          moved += Long.parseLong(row.group(group));
        }
        rows.add(new Row(row.group(1), row.group(2), moved, row.group(7)));
      } else if (line.startsWith("alone ")) {
        throw new AssertionError("no line of the table: " + line);
      }
    }
    return new StageTable(rows);
  }

  /** Returns "unit process" of each row, sorted. */
  List<String> names() {
    return rows.stream().map(row -> row.unit + " " + row.process).sorted().toList();
  }

  /** Returns the names of those that have moved nothing in any row. */
  List<String> idle() {
    return rows.stream()
        .collect(Collectors.groupingBy(row -> row.unit + " " + row.process, Collectors.summingLong(Row::moved)))
        .entrySet().stream().filter(entry -> entry.getValue() == 0).map(entry -> entry.getKey()).sorted().toList();
  }
}

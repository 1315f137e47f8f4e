package io.gantry.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Columns of text under a heading, as wide as they need to be; cells are escaped. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();
  private final int numbers;

  /**
   * Makes a table without rows.
   *
   * @param numbers the column that is aligned to the right, or -1
   */
  TextTable(int numbers, String... heading) {
    this.numbers = numbers;
    rows.add(List.of(heading));
  }

  /** Adds a row with a cell for each column. */
  void add(String... cells) {
    rows.add(Arrays.stream(cells).map(TerminalText::escape).toList());
  }

  /** Prints the heading and the rows. */
  void print(PrintStream out) {
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        String cell = row.get(i);
        String padding = " ".repeat(widths[i] - length(cell));
        line.append(i == numbers ? padding + cell : cell + padding).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}

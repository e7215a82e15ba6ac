package org.tuffdb.shell;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Lines whose cells stand one below the other: the columns named first at the left, all others at
/// the right of their column.
final class Columns {
  private static final String GAP = "  ";

  private final int leftAligned;
  private final List<String[]> rows = new ArrayList<>();

  Columns(int leftAligned, String... titles) {
    this.leftAligned = leftAligned;
    rows.add(titles);
  }

  void add(String... cells) {
    rows.add(cells);
  }

  void print(Output out) throws IOException {
    int[] widths = new int[rows.getFirst().length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String space = " ".repeat(widths[i] - width(row[i]));
        line.append(i == 0 ? "" : GAP);
        line.append(i < leftAligned ? row[i] + space : space + row[i]);
      }
      out.line(line.toString().stripTrailing());
    }
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}

package org.tuffdb.forge;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Gathers the numbers of a file.
public final class Parts {
  private final NavigableMap<String, List<Field>> fields = new TreeMap<>();

  public void add(String part, Field field) {
    fields.computeIfAbsent(part, _ -> new ArrayList<>()).add(field);
  }

  /// Adds numbers of the same size that stand one behind the other, and returns where they end.
  public int addAll(String part, String name, int at, int bytes, int count) {
    for (int i = 0; i < count && bytes > 0; i++) {
      add(part, new Field(name, at + i * bytes, bytes));
    }
    return at + count * bytes;
  }

  public NavigableMap<String, List<Field>> fields() {
    return fields;
  }
}

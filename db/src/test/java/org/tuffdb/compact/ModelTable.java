package org.tuffdb.compact;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.Kind;
import org.tuffdb.table.TableInfo;

/// A table as lists. Keys are strings of Latin-1, whose order is that of their bytes.
record ModelTable(TableInfo info, List<Entry> entries, List<Range> ranges) {
  static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::key).thenComparing(Entry::sequence, Comparator.reverseOrder());

  private static final long ENTRY_BYTES = 16;

  record Entry(String key, long sequence, byte kind, String value) {
    /// What may become of it once everybody sees it.
    Entry timeless() {
      return new Entry(key, 1, kind, value);
    }

    long sizeBytes() {
      return ENTRY_BYTES + key.length() + value.length();
    }
  }

  /// An empty limit is the end of all keys.
  record Range(String start, String limit, long sequence) {
    boolean covers(String key) {
      return start.compareTo(key) <= 0 && (limit.isEmpty() || key.compareTo(limit) < 0);
    }
  }

  static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String string(byte[] key) {
    return new String(key, StandardCharsets.ISO_8859_1);
  }

  static ModelTable of(
      long number, List<Entry> entries, List<Range> ranges, long sizeBytes, boolean compressed) {
    byte[] first = null;
    byte[] limit = null;
    long oldest = Long.MAX_VALUE;
    long newest = 0;
    for (Entry entry : entries) {
      first = first == null ? bytes(entry.key) : first;
      limit = Keys.successor(bytes(entry.key));
      oldest = Math.min(oldest, entry.sequence);
      newest = Math.max(newest, entry.sequence);
    }
    for (Range range : ranges) {
      byte[] start = bytes(range.start);
      first = first == null ? start : Keys.lowerKey(start, first);
      limit = limit == null ? bytes(range.limit) : Keys.higherLimit(limit, bytes(range.limit));
      oldest = Math.min(oldest, range.sequence);
      newest = Math.max(newest, range.sequence);
    }
    if (first == null || limit == null) {
      throw new IllegalArgumentException("an empty table");
    }
    long deletes = entries.stream().filter(entry -> entry.kind == Kind.DELETE).count();
    TableInfo info =
        new TableInfo(
            number,
            sizeBytes,
            first,
            limit,
            oldest,
            newest,
            entries.size(),
            entries.stream().map(Entry::key).distinct().count(),
            deletes,
            ranges.size(),
            compressed);
    return new ModelTable(info, List.copyOf(entries), List.copyOf(ranges));
  }
}

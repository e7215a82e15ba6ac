package org.tuffdb.compact;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tuffdb.compact.ModelTable.Entry;
import org.tuffdb.compact.ModelTable.Range;
import org.tuffdb.entry.Kind;
import org.tuffdb.table.TableInfo;

/// What a merge should leave, from the readers' side: for each reader, what it needs.
final class ModelMerge {
  private static final long NEWEST = Long.MAX_VALUE;

  private final NavigableSet<Long> readers = new TreeSet<>();
  private final List<TableInfo> deeper;
  private final TreeMap<String, List<Entry>> versions = new TreeMap<>();
  private final List<Range> ranges = new ArrayList<>();

  ModelMerge(Collection<Long> snapshots, List<TableInfo> deeper) {
    readers.addAll(snapshots);
    readers.add(NEWEST);
    this.deeper = deeper;
  }

  void add(List<Entry> entries, List<Range> moreRanges) {
    for (Entry entry : entries) {
      versions.computeIfAbsent(entry.key(), k -> new ArrayList<>()).add(entry);
    }
    ranges.addAll(moreRanges);
  }

  /// In order.
  List<Entry> neededEntries() {
    List<Entry> needed = new ArrayList<>();
    versions.forEach((key, all) -> {
      all.sort(ModelTable.ORDER);
      for (Entry entry : all) {
        if (isNeeded(entry, all)) {
          needed.add(timeless(entry));
        }
      }
    });
    return needed;
  }

  /// As it goes on: without its sequence, if everybody sees it and there is no deeper table at all.
  private Entry timeless(Entry entry) {
    return deeper.isEmpty() && entry.sequence() <= readers.first() ? entry.timeless() : entry;
  }

  private boolean isNeeded(Entry entry, List<Entry> all) {
    boolean nothingDeeper =
        deeper.stream().noneMatch(table -> table.covers(ModelTable.bytes(entry.key())));
    if (entry.kind() == Kind.DELETE && entry.sequence() <= readers.first() && nothingDeeper) {
      return false;
    }
    for (long reader : readers) {
      Optional<Entry> seen = all.stream().filter(other -> other.sequence() <= reader).findFirst();
      long range = newestRange(entry.key(), reader);
      if (seen.equals(Optional.of(entry)) && range < entry.sequence()) {
        return true;
      }
    }
    return false;
  }

  private long newestRange(String key, long reader) {
    return ranges.stream()
        .filter(range -> range.sequence() <= reader && range.covers(key))
        .mapToLong(Range::sequence)
        .max()
        .orElse(0);
  }

  /// Cut wherever a range delete begins or ends.
  List<Range> neededRanges() {
    NavigableMap<String, NavigableSet<Long>> pieces = pieces(ranges);
    List<Range> needed = new ArrayList<>();
    for (Map.Entry<String, NavigableSet<Long>> piece : pieces.entrySet()) {
      String start = piece.getKey();
      TreeSet<Long> seen = new TreeSet<>();
      for (long reader : readers) {
        Long newest = piece.getValue().floor(reader);
        if (newest != null && !(newest <= readers.first() && isNothingDeeper(start, pieces))) {
          seen.add(newest);
        }
      }
      seen.forEach(sequence -> needed.add(new Range(start, limit(start, pieces), sequence)));
    }
    return needed;
  }

  private static @Nullable Long newest(
      NavigableMap<String, NavigableSet<Long>> pieces, String piece, long sequence) {
    NavigableSet<Long> deletes = pieces.get(piece);
    return deletes == null ? null : deletes.floor(sequence);
  }

  /// Under this piece, and those beside it where everybody sees the same range delete.
  private boolean isNothingDeeper(String piece, NavigableMap<String, NavigableSet<Long>> pieces) {
    long oldest = readers.first();
    Long newest = newest(pieces, piece, oldest);
    String first = piece;
    for (String at = first; at != null && Objects.equals(newest, newest(pieces, at, oldest)); ) {
      first = at;
      at = pieces.lowerKey(at);
    }
    String last = piece;
    for (String at = last; at != null && Objects.equals(newest, newest(pieces, at, oldest)); ) {
      last = at;
      at = pieces.higherKey(at);
    }
    byte[] start = ModelTable.bytes(first);
    byte[] limit = ModelTable.bytes(limit(last, pieces));
    return deeper.stream().noneMatch(table -> table.overlaps(start, limit));
  }

  private static String limit(String piece, NavigableMap<String, NavigableSet<Long>> pieces) {
    String next = pieces.higherKey(piece);
    return next == null ? "" : next;
  }

  /// By the beginning of each piece, the sequences of those that cover it.
  static NavigableMap<String, NavigableSet<Long>> pieces(Collection<Range> ranges) {
    NavigableMap<String, NavigableSet<Long>> pieces = new TreeMap<>();
    for (Range range : ranges) {
      pieces.put(range.start(), new TreeSet<>());
      if (!range.limit().isEmpty()) {
        pieces.put(range.limit(), new TreeSet<>());
      }
    }
    for (Range range : ranges) {
      pieces.forEach((start, sequences) -> {
        if (range.covers(start)) {
          sequences.add(range.sequence());
        }
      });
    }
    return pieces;
  }
}

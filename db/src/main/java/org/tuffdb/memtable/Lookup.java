package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;

/// The way of a reader from the root to one entry.
final class Lookup {
  private Lookup() {}

  /// The first entry that is not before (key, sequence); 0 if there is none.
  static long ceiling(MemorySegment s, byte[] source, int offset, int length, long sequence) {
    long entry;
    do {
      entry = tryCeiling(s, source, offset, length, sequence, false);
    } while (entry < 0);
    return entry;
  }

  /// The newest entry of a key that is not newer than a sequence; 0 if there is none.
  static long find(MemorySegment s, byte[] key, long sequence) {
    long entry;
    do {
      entry = tryCeiling(s, key, 0, key.length, sequence, true);
    } while (entry < 0);
    return entry == 0 || Entry.compareKey(key, 0, key.length, s, entry) != 0 ? 0 : entry;
  }

  /// The first entry that is not before (key, sequence); 0 if there is none; -1 if the writer has
  /// changed what was being read. Where only the key itself is of use, it is 0 as well if the
  /// entry's word tells another key: that saves a look at the entry, which few caches hold.
  private static long tryCeiling(
      MemorySegment s, byte[] source, int offset, int length, long sequence, boolean keyAlone) {
    long node = Node.root(s);
    long header = Node.header(s, node);
    if (Node.rootChanged(s, node)) {
      return -1;
    }
    while (!Node.isLeaf(header)) {
      int position = Node.lowerBound(s, node, header, source, offset, length, sequence);
      long child = Node.child(s, node, header, position - 1);
      long childHeader = Node.header(s, child);
      if (Node.changedOrGrown(s, node, header)) {
        return -1;
      }
      node = child;
      header = childHeader;
    }
    int position = Node.lowerBound(s, node, header, source, offset, length, sequence);
    int entry;
    if (position < Node.count(header)) {
      boolean other = keyAlone && !Node.hasWord(s, node, header, position, source, offset, length);
      entry = other ? 0 : Node.entry(s, node, header, position);
    } else {
      long next = Node.next(s, node, header);
      entry = next == 0 ? 0 : Node.low(s, next);
    }
    return Node.changed(s, node, header) ? -1 : Entry.offset(entry);
  }
}

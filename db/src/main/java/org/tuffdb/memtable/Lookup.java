package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;

/// The way of a reader from the root to one entry.
final class Lookup {
  private Lookup() {}

  /// The first entry that is not before (key, sequence); 0 if there is none.
  static long ceiling(MemorySegment s, byte[] source, int offset, int length, long sequence) {
    long entry;
    do {
      entry = tryCeiling(s, source, offset, length, sequence);
    } while (entry < 0);
    return entry;
  }

  /// The same, or -1 if the writer has changed what was being read.
  private static long tryCeiling(
      MemorySegment s, byte[] source, int offset, int length, long sequence) {
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
      entry = Node.entry(s, node, header, position);
    } else {
      long next = Node.next(s, node, header);
      entry = next == 0 ? 0 : Node.low(s, next);
    }
    return Node.changed(s, node, header) ? -1 : Entry.offset(entry);
  }
}

package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import org.tuffdb.entry.EntryCursor;

/// Walks over a memtable. It copies the order of one leaf at a time, in one consistent state, so
/// that a step within a leaf needs no check. Between two leaves nothing can be missed or repeated:
/// a leaf never loses its first entry, and its state says which neighbour follows. Backwards it
/// goes down from the root again, to what comes before the first entry of the leaf.
///
/// It stays in the segment that it found when it was positioned; when that has been replaced
/// meanwhile, it still holds all that had been put until then.
final class MemtableCursor implements EntryCursor {
  private final Memtable memtable;
  private final int[] entries = new int[Node.ITEMS_MAX];
  private byte[] key = new byte[64];
  private MemorySegment s;
  private long next;
  private int count;

  /// Where it stands in the leaf; -1 if nowhere.
  private int position = -1;

  private long entry;

  MemtableCursor(Memtable memtable) {
    this.memtable = memtable;
    s = memtable.segment();
  }

  @Override
  public boolean first() {
    s = memtable.segment();
    load(Node.firstLeaf(s));
    return standAt(0);
  }

  @Override
  public boolean last() {
    s = memtable.segment();
    load(lastLeaf());
    while (next != 0) {
      load(next);
    }
    return standAt(count - 1);
  }

  /// The last leaf, or one that was the last a moment ago.
  private long lastLeaf() {
    long node = Node.root(s);
    long header = Node.header(s, node);
    while (!Node.isLeaf(header)) {
      long child = Node.child(s, node, header, Node.count(header) - 1);
      node = Node.changed(s, node, header) ? Node.root(s) : child;
      header = Node.header(s, node);
    }
    return node;
  }

  @Override
  public boolean seek(byte[] key, long sequence) {
    s = memtable.segment();
    int found = descend(key, key.length, sequence);
    return found < count ? standAt(found) : standAtNextLeaf();
  }

  @Override
  public boolean next() {
    if (position < 0) {
      return false;
    }
    int following = position + 1;
    return following < count ? standAt(following) : standAtNextLeaf();
  }

  @Override
  public boolean previous() {
    if (position < 0) {
      return false;
    }
    return position > 0 ? standAt(position - 1) : standBefore(entry);
  }

  private boolean standAtNextLeaf() {
    if (next == 0) {
      return standNowhere();
    }
    load(next);
    return standAt(0);
  }

  private boolean standBefore(long first) {
    int length = Entry.keyLength(s, first);
    if (key.length < length) {
      key = new byte[Math.max(length, key.length * 2)];
    }
    Entry.copyKey(s, first, key);
    int found = descend(key, length, Entry.sequence(s, first));
    return found > 0 ? standAt(found - 1) : standNowhere();
  }

  private boolean standAt(int position) {
    if (position < 0 || position >= count) {
      return standNowhere();
    }
    this.position = position;
    entry = Entry.offset(entries[position]);
    return true;
  }

  private boolean standNowhere() {
    position = -1;
    return false;
  }

  /// Loads the leaf where (key, sequence) belongs, and says at which position; the count if after
  /// all.
  private int descend(byte[] source, int length, long sequence) {
    int found;
    do {
      found = tryDescend(source, length, sequence);
    } while (found < 0);
    return found;
  }

  private int tryDescend(byte[] source, int length, long sequence) {
    long node = Node.root(s);
    long header = Node.header(s, node);
    if (Node.rootChanged(s, node)) {
      return -1;
    }
    while (!Node.isLeaf(header)) {
      int found = Node.lowerBound(s, node, header, source, 0, length, sequence);
      long child = Node.child(s, node, header, found - 1);
      long childHeader = Node.header(s, child);
      if (Node.changedOrGrown(s, node, header)) {
        return -1;
      }
      node = child;
      header = childHeader;
    }
    int found = Node.lowerBound(s, node, header, source, 0, length, sequence);
    return tryLoad(node, header) ? found : -1;
  }

  private void load(long leaf) {
    while (!tryLoad(leaf, Node.header(s, leaf))) {
      Thread.onSpinWait();
    }
  }

  private boolean tryLoad(long leaf, long header) {
    count = Node.count(header);
    next = Node.next(s, leaf, header);
    Node.entries(s, leaf, header, entries);
    return !Node.changed(s, leaf, header);
  }

  @Override
  public MemorySegment segment() {
    return s;
  }

  @Override
  public long keyOffset() {
    return Entry.keyOffset(entry);
  }

  @Override
  public int keyLength() {
    return Entry.keyLength(s, entry);
  }

  @Override
  public long valueOffset() {
    return Entry.valueOffset(s, entry);
  }

  @Override
  public int valueLength() {
    return Entry.valueLength(s, entry);
  }

  @Override
  public long sequence() {
    return Entry.sequence(s, entry);
  }

  @Override
  public byte kind() {
    return Entry.kind(s, entry);
  }
}

package org.tuffdb.memtable;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;

/// Entries on their way into an empty tree, in any order: they are sorted all at once.
///
/// One descent for each entry, through nodes that are seldom in the processor's cache, costs
/// several times as much, and in a JVM that has just begun, and interprets most of it, ten times.
final class Load {
  private static final int STAGE_BYTES_FIRST = 1 << 10;
  private static final int STAGE_BYTES_MAX = 256 << 10;

  private final Tree tree;

  /// The newest entries, as they will lie in the segment: so they go there many at a time.
  private byte[] stage = new byte[STAGE_BYTES_FIRST];

  private int staged;

  /// Of each entry the eight key bytes after those that all keys share, and the reference.
  private long[] words = new long[1 << 6];

  private int[] references = new int[1 << 6];
  private int count;

  /// The first `shared` bytes of this one are what all keys begin with.
  private byte @Nullable [] firstKey;

  private int shared;

  /// @param tree which is empty, and gets no entry but by this until [#finish()]
  Load(Tree tree) {
    this.tree = tree;
  }

  void add(
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    long size = Entry.sizeBytes(keyLength, valueLength);
    share(source, keyOffset, keyLength);
    if (size > stage.length - staged) {
      makeRoom();
    }
    int reference;
    if (size > stage.length) {
      reference = tree.add(sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
    } else {
      reference = tree.takeEntry(size);
      Entry.write(
          stage, staged, sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
      staged += (int) size;
    }
    if (count == words.length) {
      words = Arrays.copyOf(words, 2 * count);
      references = Arrays.copyOf(references, 2 * count);
    }
    words[count] = Keys.word(source, keyOffset, keyLength, shared);
    references[count++] = reference;
  }

  /// Shortens what all keys share, if need be. That happens seldom, and mostly soon.
  private void share(byte[] source, int offset, int length) {
    byte[] first = firstKey;
    if (first == null) {
      firstKey = Arrays.copyOfRange(source, offset, offset + length);
      shared = length;
      return;
    }
    int most = Math.min(shared, length);
    int common = Arrays.mismatch(first, 0, most, source, offset, offset + most);
    if (common < 0) {
      common = most;
    }
    if (common < shared) {
      shared = common;
      unload();
      for (int i = 0; i < count; i++) {
        words[i] = tree.word(references[i], shared);
      }
    }
  }

  private void makeRoom() {
    unload();
    if (stage.length < STAGE_BYTES_MAX) {
      stage = new byte[4 * stage.length];
    }
  }

  private void unload() {
    tree.fill(stage, staged);
    staged = 0;
  }

  /// Gives all entries their places in the tree.
  void finish() {
    unload();
    WordSort sort = new WordSort(words, references, count);
    if (!sort.isAscending()) {
      sort.run();
      sort.settleTies(tree::compareKeys);
    }
    tree.load(sort.words(), sort.references(), count, shared);
  }
}

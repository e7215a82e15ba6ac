package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.Keys;

/// The writer's side of the tree: where an entry goes, and how nodes split.
///
/// Only a full node splits. In the middle, or, when the new item is the last of all, into the full
/// node and a new one with that item alone, so that ascending keys leave full nodes behind. This
/// bounds the memory for nodes: each node is paid for by the next 32 items that come into it or,
/// after a split in the middle, by the 32 that had come before, so that a node of N bytes costs
/// N/32 for each of its items.
///
/// A new node is linked from its parent first, then cut off the left one: a reader who finds the
/// parent unchanged after reading the child's header knows that the child still holds what it looks
/// for.
final class Tree {
  /// What one entry may add to the nodes, and what the nodes take beyond that: one node on each
  /// level that is not paid for yet.
  static final int NODE_BYTES_PER_ENTRY = 32;

  static final int NODE_BYTES_AT_LEAST = 16 << 10;

  /// Items may share this many bytes beyond the prefix before a longer one is worth it.
  private static final int SHARED_BYTES_MAX = 4;

  /// A prefix that neighbours may leave is this much shorter than it could be, so that they seldom
  /// do.
  private static final int SLACK_BYTES = 2;

  private static final int LEVELS_MAX = 16;

  private final long[] path = new long[LEVELS_MAX];
  private final int[] positions = new int[LEVELS_MAX];
  private MemorySegment s;
  private long entriesEnd = Node.FIRST_ENTRY;
  private long nodeBytes = Node.NULL_NODE_BYTES;
  private int levels = 1;
  private long lastLeaf;
  private int lastEntry;
  private int entryCount;

  /// An empty tree at the beginning of a segment.
  Tree(MemorySegment segment) {
    s = segment;
    s.asSlice(0, Node.FIRST_ENTRY).fill((byte) 0);
    s.asSlice(s.byteSize() - Node.NULL_NODE_BYTES).fill((byte) 0);
    lastLeaf = createNode(true, 0, 0);
    Node.publishRoot(s, lastLeaf);
  }

  long usedBytes() {
    return entriesEnd + nodeBytes;
  }

  int entryCount() {
    return entryCount;
  }

  /// Goes on in a larger segment.
  void moveTo(MemorySegment larger) {
    MemorySegment.copy(s, 0, larger, 0, entriesEnd);
    MemorySegment.copy(
        s, s.byteSize() - nodeBytes, larger, larger.byteSize() - nodeBytes, nodeBytes);
    lastLeaf += larger.byteSize() - s.byteSize();
    s = larger;
  }

  /// Adds the keys of all entries, in the order in which they came.
  void addKeysTo(KeyFilter filter) {
    byte[] key = new byte[64];
    for (long entry = Node.FIRST_ENTRY; entry < entriesEnd; ) {
      int length = Entry.keyLength(s, entry);
      if (length > key.length) {
        key = new byte[2 * length];
      }
      Entry.copyKey(s, entry, key);
      filter.add(Hash.of(key, 0, length));
      entry += Entry.sizeBytes(length, Entry.valueLength(s, entry));
    }
  }

  void put(
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    int reference = add(sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
    if (lastEntry == 0) {
      append(reference);
      return;
    }
    long last = Entry.offset(lastEntry);
    int common = Entry.commonPrefix(source, keyOffset, keyLength, s, last);
    if (isAfter(source, keyOffset, keyLength, last, common)) {
      if (!appendInside(source, keyOffset, keyLength, common, reference)) {
        append(reference);
      }
    } else {
      descend(source, keyOffset, keyLength, sequence);
      insert(0, path[0], positions[0], reference, 0);
    }
  }

  /// Adds an entry that no node knows yet.
  int add(
      long sequence,
      byte kind,
      byte[] source,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength) {
    long entry = entriesEnd;
    Entry.write(s, entry, sequence, kind, source, keyOffset, keyLength, valueOffset, valueLength);
    entriesEnd += Entry.sizeBytes(keyLength, valueLength);
    entryCount++;
    return Entry.reference(entry);
  }

  /// Makes place for an entry, which [#fill] brings.
  int takeEntry(long bytes) {
    int reference = Entry.reference(entriesEnd);
    entriesEnd += bytes;
    entryCount++;
    return reference;
  }

  /// Fills the places that were taken last.
  void fill(byte[] entries, int length) {
    MemorySegment.copy(entries, 0, s, ValueLayout.JAVA_BYTE, entriesEnd - length, length);
  }

  /// The word of an entry's key from its byte `from` on.
  long word(int reference, int from) {
    return Entry.keyWord(s, Entry.offset(reference), from);
  }

  int compareKeys(int a, int b) {
    return Entry.compareKeys(s, Entry.offset(a), Entry.offset(b));
  }

  /// Fills the empty tree with all entries that were added, at least one, in order: the leaves from
  /// the left, then one level after the other above them.
  ///
  /// @param words of each key from its byte `shared` on; before that all are the same. They are
  ///   used up
  void load(long[] words, int[] entries, int count, int shared) {
    int leafCount = Math.ceilDiv(count, Node.ITEMS_MAX);
    long[] leaves = new long[leafCount];
    int[] lows = new int[leafCount];
    leaves[0] = lastLeaf;
    for (int i = 1; i < leafCount; i++) {
      lows[i] = entries[i * Node.ITEMS_MAX];
      leaves[i] = createNode(true, lows[i], 0);
    }
    for (int i = 0; i < leafCount; i++) {
      boolean isLast = i + 1 == leafCount;
      int from = i * Node.ITEMS_MAX;
      int to = isLast ? count : from + Node.ITEMS_MAX;
      int prefix = fitWords(words, entries, from, to, shared, lows[i], isLast ? 0 : lows[i + 1]);
      Node.setNext(s, leaves[i], isLast ? 0 : leaves[i + 1]);
      Node.fill(s, leaves[i], true, words, entries, from, to - from, prefix, entries[from]);
    }
    lastLeaf = leaves[leafCount - 1];
    lastEntry = entries[count - 1];
    loadAbove(leaves, lows);
  }

  /// Makes the words of a leaf's entries those that the leaf holds, and returns its prefix. They
  /// stay those behind what all keys share, unless these keys share more.
  private int fitWords(
      long[] words, int[] entries, int from, int to, int shared, int low, int high) {
    int prefix = Node.prefix(shared, shared > 0 && (low == 0 || high == 0));
    long differing = words[from] ^ words[to - 1];
    if (Long.numberOfLeadingZeros(differing) > SHARED_BYTES_MAX * Byte.SIZE) {
      prefix = newPrefix(sharedBytes(entries[from], entries[to - 1]), fenceBytes(low, high));
      for (int i = from; i < to; i++) {
        words[i] = word(entries[i], Node.prefixLength(prefix));
      }
    }
    for (int i = from; i < to; i++) {
      words[i] >>>= 1;
    }
    return prefix;
  }

  /// Builds the levels above `nodes`, all of one level, from the left to the right.
  ///
  /// @param lows what separates each from its left neighbour; 0 for the first
  private void loadAbove(long[] nodes, int[] lows) {
    if (nodes.length == 1) {
      Node.publishRoot(s, nodes[0]);
      return;
    }
    long[] parents = new long[Math.ceilDiv(nodes.length, Node.ITEMS_MAX)];
    int[] parentLows = new int[parents.length];
    for (int i = 0; i < parents.length; i++) {
      parentLows[i] = lows[i * Node.ITEMS_MAX];
      parents[i] = createNode(false, parentLows[i], 0);
    }
    for (int i = 0; i < parents.length; i++) {
      boolean isLast = i + 1 == parents.length;
      int from = i * Node.ITEMS_MAX;
      int to = isLast ? nodes.length : from + Node.ITEMS_MAX;
      Node.setNext(s, parents[i], isLast ? 0 : parents[i + 1]);
      loadParent(parents[i], nodes, lows, from, to, isLast ? 0 : parentLows[i + 1]);
    }
    levels++;
    loadAbove(parents, parentLows);
  }

  /// Fills a node above `nodes` from `from` to `to`. Two of them have one separator between them:
  /// too little to choose a prefix by.
  private void loadParent(long parent, long[] nodes, int[] lows, int from, int to, int high) {
    int prefix = 0;
    int holder = 0;
    if (to - from > 2) {
      holder = lows[from + 1];
      prefix = newPrefix(sharedBytes(holder, lows[to - 1]), fenceBytes(lows[from], high));
    }
    long[] words = new long[to - from];
    words[0] = Long.MAX_VALUE;
    for (int i = 1; i < words.length; i++) {
      words[i] = Node.word(s, prefix, holder, lows[from + i]);
    }
    for (int i = 0; i < words.length; i++) {
      Node.setChild(s, parent, i, nodes[from + i]);
    }
    int[] separators = Arrays.copyOfRange(lows, from, to);
    Node.fill(s, parent, false, words, separators, 0, words.length, prefix, holder);
  }

  private boolean isAfter(byte[] source, int offset, int length, long entry, int common) {
    if (common == length) {
      return false;
    }
    return common == Entry.keyLength(s, entry)
        || (source[offset + common] & 0xff) > Entry.keyByte(s, entry, common);
  }

  /// Appends where there is room and the last entry shows that the new one begins with the prefix;
  /// false if not.
  private boolean appendInside(byte[] source, int offset, int length, int common, int entry) {
    long header = Node.header(s, lastLeaf);
    int count = Node.count(header);
    int prefixLength = Node.prefixLength(Node.prefix(s, lastLeaf, header));
    if (count == Node.ITEMS_MAX
        || isTimeToFitPrefix(count)
        || common < prefixLength
        || Node.isOutermost(Node.wordAt(s, lastLeaf, header, count - 1))) {
      return false;
    }
    long word = Keys.word(source, offset, length, prefixLength) >>> 1;
    Node.append(s, lastLeaf, header, word, entry, 0);
    lastEntry = entry;
    return true;
  }

  private void append(int entry) {
    int count = Node.count(Node.header(s, lastLeaf));
    if (count == Node.ITEMS_MAX) {
      descendToLast();
    }
    insert(0, lastLeaf, count, entry, 0);
    lastEntry = entry;
  }

  /// Notes on each level the node, and the position at which the next level's new neighbour would
  /// go.
  private void descend(byte[] source, int offset, int length, long sequence) {
    long node = Node.root(s);
    for (int level = levels - 1; level >= 0; level--) {
      long header = Node.header(s, node);
      path[level] = node;
      positions[level] = Node.lowerBound(s, node, header, source, offset, length, sequence);
      if (level > 0) {
        node = Node.child(s, node, header, positions[level] - 1);
      }
    }
  }

  private void descendToLast() {
    long node = Node.root(s);
    for (int level = levels - 1; level >= 0; level--) {
      long header = Node.header(s, node);
      path[level] = node;
      positions[level] = Node.count(header);
      if (level > 0) {
        node = Node.child(s, node, header, positions[level] - 1);
      }
    }
  }

  private void insert(int level, long node, int position, int entry, long child) {
    long header = Node.header(s, node);
    int count = Node.count(header);
    if (count == Node.ITEMS_MAX) {
      split(level, node, header, position, entry, child);
      return;
    }
    long word = word(node, header, entry);
    if (count <= Node.ITEMS_HALF && shouldFitPrefix(node, header, count, word)) {
      fitPrefix(node, header, position, entry);
      word = word(node, Node.header(s, node), entry);
    }
    Node.insert(s, node, position, word, entry, child);
  }

  private long word(long node, long header, int entry) {
    int prefix = Node.prefix(s, node, header);
    return Node.word(s, prefix, Node.prefixHolder(s, node, header), entry);
  }

  /// Whether there are enough items to judge by, or one comes that may not begin with the prefix.
  private boolean shouldFitPrefix(long node, long header, int count, long word) {
    return isTimeToFitPrefix(count)
        || (Node.isOutermost(word) && Node.isChecked(Node.prefix(s, node, header)));
  }

  private static boolean isTimeToFitPrefix(int count) {
    return count == 2 || count == 8 || count == Node.ITEMS_HALF;
  }

  /// Chooses a prefix for the items of a node and one that is about to come.
  private void fitPrefix(long node, long header, int position, int entry) {
    int count = Node.count(header);
    int from = Node.isLeaf(header) ? 0 : 1;
    int first = position == from ? entry : Node.entry(s, node, header, from);
    int last = position == count ? entry : Node.entry(s, node, header, count - 1);
    int high = high(Node.next(s, node, header));
    int shared = sharedBytes(first, last);
    if (!keepsPrefix(node, header, first, shared)) {
      Node.encode(s, node, newPrefix(shared, fenceBytes(Node.low(s, node), high)), first);
    }
  }

  private void split(int level, long node, long header, int position, int entry, long child) {
    if (Node.next(s, node, header) == 0 && position == Node.ITEMS_MAX) {
      splitAtEnd(level, node, header, entry, child);
      return;
    }
    long right = splitInMiddle(level, node, header);
    if (position <= Node.ITEMS_HALF) {
      insert(level, node, position, entry, child);
    } else {
      insert(level, right, position - Node.ITEMS_HALF, entry, child);
    }
  }

  private void splitAtEnd(int level, long node, long header, int entry, long child) {
    long right = createNode(level == 0, entry, 0);
    long word = level == 0 ? Node.word(s, 0, 0, entry) : Long.MAX_VALUE;
    Node.insert(s, right, 0, word, entry, child);
    link(level, right, entry);
    int length = Node.prefixLength(Node.prefix(s, node, header));
    int prefix = Node.prefix(length, length > fenceBytes(Node.low(s, node), entry));
    int holder = Node.prefixHolder(s, node, header);
    Node.truncate(s, node, Node.ITEMS_MAX, right, prefix, holder);
    if (level == 0) {
      lastLeaf = right;
    }
  }

  private long splitInMiddle(int level, long node, long header) {
    int from = level == 0 ? 0 : 1;
    long next = Node.next(s, node, header);
    int low = Node.low(s, node);
    int middle = Node.entry(s, node, header, Node.ITEMS_HALF);

    long right = createNode(level == 0, middle, next);
    int rightFirst = Node.entry(s, node, header, Node.ITEMS_HALF + from);
    int rightShared = sharedBytes(rightFirst, Node.entry(s, node, header, Node.ITEMS_MAX - 1));
    boolean rightKeeps = keepsPrefix(node, header, rightFirst, rightShared);
    int old = Node.prefix(s, node, header);
    int rightFence = fenceBytes(middle, high(next));
    int rightPrefix =
        rightKeeps ? recheckedPrefix(old, rightFence) : newPrefix(rightShared, rightFence);
    Node.copyTail(s, node, Node.ITEMS_HALF, right, rightPrefix, rightFirst, rightKeeps);
    link(level, right, middle);
    if (level == 0 && next == 0) {
      lastLeaf = right;
    }

    int first = Node.entry(s, node, header, from);
    int shared = sharedBytes(first, Node.entry(s, node, header, Node.ITEMS_HALF - 1));
    int fence = fenceBytes(low, middle);
    if (keepsPrefix(node, header, first, shared)) {
      Node.truncate(s, node, Node.ITEMS_HALF, right, recheckedPrefix(old, fence), first);
    } else {
      Node.truncate(s, node, Node.ITEMS_HALF, right, old, Node.prefixHolder(s, node, header));
      Node.encode(s, node, newPrefix(shared, fence), first);
    }
    return right;
  }

  /// Tells the level above of a new right neighbour of the node that the path goes through.
  private void link(int level, long right, int low) {
    if (level + 1 < levels) {
      insert(level + 1, path[level + 1], positions[level + 1], low, right);
      return;
    }
    long root = createNode(false, 0, 0);
    Node.insert(s, root, 0, Long.MAX_VALUE, 0, Node.root(s));
    Node.insert(s, root, 1, Node.word(s, 0, 0, low), low, right);
    Node.publishRoot(s, root);
    levels++;
  }

  private long createNode(boolean leaf, int low, long next) {
    nodeBytes += leaf ? Node.LEAF_BYTES : Node.INNER_BYTES;
    long node = s.byteSize() - nodeBytes;
    Node.create(s, node, leaf, low, next);
    return node;
  }

  private int high(long next) {
    return next == 0 ? 0 : Node.low(s, next);
  }

  /// How many bytes every key between two neighbouring separators begins with.
  private int fenceBytes(int low, int high) {
    return low == 0 || high == 0 ? 0 : sharedBytes(low, high);
  }

  private int sharedBytes(int a, int b) {
    return Entry.commonPrefix(s, Entry.offset(a), Entry.offset(b));
  }

  /// Whether items from `first` on that share so many bytes can stay as they are.
  private boolean keepsPrefix(long node, long header, int first, int shared) {
    int prefix = Node.prefix(s, node, header);
    int length = Node.prefixLength(prefix);
    return length <= shared
        && shared - length <= SHARED_BYTES_MAX
        && (!Node.isChecked(prefix)
            || Node.beginsWithPrefix(s, prefix, Node.prefixHolder(s, node, header), first));
  }

  private static int newPrefix(int shared, int fence) {
    int length = shared - fence <= SHARED_BYTES_MAX ? fence : shared - SLACK_BYTES;
    return Node.prefix(length, length > fence);
  }

  private static int recheckedPrefix(int prefix, int fence) {
    int length = Node.prefixLength(prefix);
    return Node.prefix(length, length > fence);
  }
}

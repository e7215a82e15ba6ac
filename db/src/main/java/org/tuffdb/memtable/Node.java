package org.tuffdb.memtable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tuffdb.bytes.Keys;

/// A node of the tree as it lies in the segment, and the search in it. [Memtable] says why it looks
/// so.
///
/// ```
/// offset  size
///      0     8  header: version << 8 | leaf << 7 | number of items
///      8     8  slots in use, a bit each (only the writer looks)
///     16     4  low: the entry that separates this node from its left neighbour, 0 in the first node
///     24   2×4  next: the right neighbour, 0 in the last node
///     32   2×4  prefix: length << 1 | checked
///     40   2×4  prefix holder: an entry whose key begins with the prefix
///     64  2×64  order: the slots of the items, sorted
///    192  64×8  words: eight key bytes after the prefix, without the last bit, by slot
///    704  64×4  entries, by slot
///    960  64×4  children, by slot (only in inner nodes)
/// ```
///
/// Where there are two of something, the lowest bit of the version says which one holds. Positions
/// count in the sorted order. In an inner node the item at position 0 has a child, but its entry
/// separates nothing and is not looked at.
final class Node {
  static final int ITEMS_MAX = 64;
  static final int ITEMS_HALF = ITEMS_MAX / 2;
  static final int LEAF_BYTES = 960;
  static final int INNER_BYTES = LEAF_BYTES + ITEMS_MAX * Integer.BYTES;

  /// The segment begins with the null entry and the reference of the root.
  static final long ROOT = Entry.HEADER_BYTES;

  static final long FIRST_ENTRY = 64;
  static final long NULL_NODE_BYTES = 64;

  static final long LEAF = 1 << 7;

  private static final int USED = 8;
  private static final int LOW = 16;
  private static final int NEXT = 24;
  private static final int PREFIX = 32;
  private static final int HOLDER = 40;
  private static final int ORDER = 64;
  private static final int WORDS = 192;
  private static final int ENTRIES = 704;
  private static final int CHILDREN = 960;

  private static final long VERSION = 1 << 8;

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfLong ORDER_WORD =
      LONG.withOrder(ByteOrder.LITTLE_ENDIAN); // the byte of the lower position is the lower one
  private static final VarHandle ATOMIC_INT = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle ATOMIC_LONG = ValueLayout.JAVA_LONG.varHandle();

  /// What a new node holds: nothing, and words above all others.
  private static final long[] EMPTY = new long[INNER_BYTES / Long.BYTES];

  /// The slots one after the other.
  private static final byte[] SLOTS = new byte[ITEMS_MAX];

  static {
    Arrays.fill(EMPTY, WORDS / Long.BYTES, ENTRIES / Long.BYTES, Long.MAX_VALUE);
    for (int i = 0; i < ITEMS_MAX; i++) {
      SLOTS[i] = (byte) i;
    }
  }

  private Node() {}

  /// Nodes lie at the end of the segment, close together: so they share pages, whatever the values
  /// weigh. They go by their distance from the null node, which ends the segment, in units of eight
  /// bytes. The null node is empty: a reader may load it by mistake.
  static long offset(MemorySegment s, int reference) {
    return s.byteSize() - NULL_NODE_BYTES - ((reference & 0xffff_ffffL) << Entry.UNIT_SHIFT);
  }

  private static int reference(MemorySegment s, long node) {
    return node == 0 ? 0 : (int) ((s.byteSize() - NULL_NODE_BYTES - node) >>> Entry.UNIT_SHIFT);
  }

  /// The first leaf stays the first.
  static long firstLeaf(MemorySegment s) {
    return s.byteSize() - NULL_NODE_BYTES - LEAF_BYTES;
  }

  // Reading. Whatever these return holds only if the node has not changed since its header was
  // read.

  static long root(MemorySegment s) {
    return offset(s, (int) ATOMIC_INT.getAcquire(s, ROOT));
  }

  static boolean rootChanged(MemorySegment s, long root) {
    VarHandle.acquireFence();
    return offset(s, s.get(INT, ROOT)) != root;
  }

  static long header(MemorySegment s, long node) {
    return (long) ATOMIC_LONG.getAcquire(s, node);
  }

  /// Whether something that was read in the state of this header may be something else meanwhile.
  /// New items after all others don't count.
  static boolean changed(MemorySegment s, long node, long header) {
    VarHandle.acquireFence();
    return (s.get(LONG, node) ^ header) >>> 8 != 0;
  }

  /// The same, but new items do count.
  static boolean changedOrGrown(MemorySegment s, long node, long header) {
    VarHandle.acquireFence();
    return s.get(LONG, node) != header;
  }

  static boolean isLeaf(long header) {
    return (header & LEAF) != 0;
  }

  static int count(long header) {
    return (int) header & 0x7f;
  }

  /// Whether the entry at a position says something: all but the first of an inner node do.
  private static boolean separates(long header, int position) {
    return position > 0 || isLeaf(header);
  }

  /// Which of two copies holds.
  private static int current(long header) {
    return (int) (header >>> 8) & 1;
  }

  private static long current(long node, int field, long header) {
    return node + field + (current(header) << 2);
  }

  private static long order(long node, long header) {
    return node + ORDER + (current(header) << 6);
  }

  private static int slot(MemorySegment s, long node, long header, int position) {
    return s.get(BYTE, order(node, header) + position) & (ITEMS_MAX - 1);
  }

  static int entry(MemorySegment s, long node, long header, int position) {
    return entryInSlot(s, node, slot(s, node, header, position));
  }

  private static int entryInSlot(MemorySegment s, long node, int slot) {
    return (int) ATOMIC_INT.getAcquire(s, node + ENTRIES + (slot << 2));
  }

  static long child(MemorySegment s, long node, long header, int position) {
    int slot = slot(s, node, header, position);
    return offset(s, (int) ATOMIC_INT.getAcquire(s, node + CHILDREN + (slot << 2)));
  }

  static int low(MemorySegment s, long node) {
    return s.get(INT, node + LOW);
  }

  static long next(MemorySegment s, long node, long header) {
    int next = s.get(INT, current(node, NEXT, header));
    return next == 0 ? 0 : offset(s, next);
  }

  static int prefix(MemorySegment s, long node, long header) {
    return s.get(INT, current(node, PREFIX, header));
  }

  static int prefixHolder(MemorySegment s, long node, long header) {
    return (int) ATOMIC_INT.getAcquire(s, current(node, HOLDER, header));
  }

  /// Copies the entries in order.
  static void entries(MemorySegment s, long node, long header, int[] to) {
    int count = count(header);
    for (int i = 0; i < count; i++) {
      to[i] = entry(s, node, header, i);
    }
  }

  /// The first position whose entry is not before (key, sequence); the count if there is none.
  static int lowerBound(
      MemorySegment s,
      long node,
      long header,
      byte[] source,
      int offset,
      int length,
      long sequence) {
    int count = count(header);
    int from = isLeaf(header) ? 0 : 1;
    long word = searchWord(s, node, header, source, offset, length);
    int low = from + wordsBelow(s, node + WORDS, word);
    if (!isLowerBound(s, node, header, from, low, word)) {
      low = binarySearch(s, node, header, from, word);
    }
    if (low < count && wordAt(s, node, header, low) == word) {
      return lowerBoundOfTies(s, node, header, low, word, source, offset, length, sequence);
    }
    return low;
  }

  /// How many words are below one, over all slots: unused ones hold the largest. This takes all the
  /// node's cache lines at once, where a binary search would wait for one after the other.
  private static int wordsBelow(MemorySegment s, long words, long word) {
    long below = 0;
    for (int i = 0; i < ITEMS_MAX; i++) {
      below += (s.get(LONG, words + ((long) i << 3)) - word) >>> 63;
    }
    return (int) below;
  }

  /// Slots that the state does not use yet, or no more, may have been counted.
  private static boolean isLowerBound(
      MemorySegment s, long node, long header, int from, int position, long word) {
    int count = count(header);
    return position <= count
        && (position == from || wordAt(s, node, header, position - 1) < word)
        && (position == count || wordAt(s, node, header, position) >= word);
  }

  private static int binarySearch(MemorySegment s, long node, long header, int from, long word) {
    int low = from;
    int end = count(header);
    while (low < end) {
      int middle = (low + end) >>> 1;
      if (wordAt(s, node, header, middle) < word) {
        low = middle + 1;
      } else {
        end = middle;
      }
    }
    return low;
  }

  static long wordAt(MemorySegment s, long node, long header, int position) {
    int slot = slot(s, node, header, position);
    return s.get(LONG, node + WORDS + (slot << 3));
  }

  /// Whether the item at a position has the word of a key: without, it is not that key's.
  static boolean hasWord(
      MemorySegment s,
      long node,
      long header,
      int position,
      byte[] source,
      int offset,
      int length) {
    return wordAt(s, node, header, position) == searchWord(s, node, header, source, offset, length);
  }

  private static int lowerBoundOfTies(
      MemorySegment s,
      long node,
      long header,
      int from,
      long word,
      byte[] source,
      int offset,
      int length,
      long sequence) {
    int count = count(header);
    int end = from + 1;
    while (end < count && wordAt(s, node, header, end) == word) {
      end++;
    }
    int low = from;
    while (low < end) {
      int middle = (low + end) >>> 1;
      long entry = Entry.offset(entry(s, node, header, middle));
      int order = Entry.compareKey(source, offset, length, s, entry);
      if (order > 0 || (order == 0 && Entry.sequence(s, entry) > sequence)) {
        low = middle + 1;
      } else {
        end = middle;
      }
    }
    return low;
  }

  private static long searchWord(
      MemorySegment s, long node, long header, byte[] source, int offset, int length) {
    int prefix = prefix(s, node, header);
    int prefixLength = prefixLength(prefix);
    if (isChecked(prefix)) {
      long holder = Entry.offset(prefixHolder(s, node, header));
      int known = Math.min(prefixLength, Entry.keyLength(s, holder));
      int order =
          Keys.compare(source, offset, Math.min(length, known), s, Entry.keyOffset(holder), known);
      if (order != 0) {
        return outside(order);
      }
    }
    return Keys.word(source, offset, length, prefixLength) >>> 1;
  }

  /// The word of a key that does not begin with the prefix: it ties with the smallest or the
  /// largest.
  private static long outside(int order) {
    return order < 0 ? 0 : Long.MAX_VALUE;
  }

  // Writing. Only what the published state does not refer to is written, then the next state
  // published.

  static void create(MemorySegment s, long node, boolean leaf, int low, long next) {
    int size = leaf ? LEAF_BYTES : INNER_BYTES;
    MemorySegment.copy(EMPTY, 0, s, LONG, node, size / Long.BYTES);
    s.set(INT, node + LOW, low);
    s.set(INT, node + NEXT, reference(s, next));
    s.set(LONG, node, leaf ? LEAF : 0);
  }

  static void publishRoot(MemorySegment s, long node) {
    ATOMIC_INT.setRelease(s, ROOT, reference(s, node));
    VarHandle.storeStoreFence();
  }

  private static void publish(MemorySegment s, long node, long header) {
    ATOMIC_LONG.setRelease(s, node, header);
    VarHandle.storeStoreFence();
  }

  static int prefixLength(int prefix) {
    return prefix >>> 1;
  }

  static boolean isChecked(int prefix) {
    return (prefix & 1) != 0;
  }

  /// Prefix length and whether it has to be checked, as the node holds it.
  static int prefix(int length, boolean checked) {
    return length << 1 | (checked ? 1 : 0);
  }

  /// The word of an entry in a node with this prefix.
  static long word(MemorySegment s, int prefix, int holder, int entry) {
    long offset = Entry.offset(entry);
    int prefixLength = prefixLength(prefix);
    if (isChecked(prefix) && !beginsWithPrefix(s, prefix, holder, entry)) {
      long holderOffset = Entry.offset(holder);
      return outside(
          Keys.compare(
              s,
              Entry.keyOffset(offset),
              Math.min(Entry.keyLength(s, offset), prefixLength),
              s,
              Entry.keyOffset(holderOffset),
              prefixLength));
    }
    return Entry.keyWord(s, offset, prefixLength) >>> 1;
  }

  /// Whether a word may stand for a key that does not begin with the prefix.
  static boolean isOutermost(long word) {
    return word == 0 || word == Long.MAX_VALUE;
  }

  static boolean beginsWithPrefix(MemorySegment s, int prefix, int holder, int entry) {
    return Entry.commonPrefix(s, Entry.offset(entry), Entry.offset(holder)) >= prefixLength(prefix);
  }

  /// Fills an empty node, in which nobody looks yet, with `count` items in order, in the first
  /// slots; [#setNext] and [#setChild] come before.
  ///
  /// @param words those of the items, from `from` on
  /// @param entries theirs, likewise
  static void fill(
      MemorySegment s,
      long node,
      boolean leaf,
      long[] words,
      int[] entries,
      int from,
      int count,
      int prefix,
      int holder) {
    MemorySegment.copy(words, from, s, LONG, node + WORDS, count);
    MemorySegment.copy(entries, from, s, INT, node + ENTRIES, count);
    MemorySegment.copy(SLOTS, 0, s, BYTE, node + ORDER, count);
    s.set(INT, node + PREFIX, prefix);
    s.set(INT, node + HOLDER, holder);
    s.set(LONG, node + USED, count == ITEMS_MAX ? -1L : (1L << count) - 1);
    publish(s, node, (leaf ? LEAF : 0) + count);
  }

  /// Gives a node that [#fill] is to fill its right neighbour; 0 for none.
  static void setNext(MemorySegment s, long node, long next) {
    s.set(INT, node + NEXT, reference(s, next));
  }

  /// Gives a slot of a node that [#fill] is to fill its child.
  static void setChild(MemorySegment s, long node, int slot, long child) {
    s.set(INT, node + CHILDREN + (slot << 2), reference(s, child));
  }

  /// Adds an item at a position. The node must have room.
  static void insert(MemorySegment s, long node, int position, long word, int entry, long child) {
    long header = s.get(LONG, node);
    int count = count(header);
    if (position == count) {
      append(s, node, header, word, entry, child);
      return;
    }
    int slot = fillFree(s, node, header, word, entry, child);
    insertByte(s, order(node, header), order(node, header + VERSION), count, position, slot);
    copyState(s, node, header);
    publish(s, node, header + VERSION + 1);
  }

  /// Adds an item after all others: nothing that readers look at moves, so the version stays.
  static void append(MemorySegment s, long node, long header, long word, int entry, long child) {
    int slot = fillFree(s, node, header, word, entry, child);
    s.set(BYTE, order(node, header) + count(header), (byte) slot);
    publish(s, node, header + 1);
  }

  /// Puts an item into a slot that no state refers to.
  private static int fillFree(
      MemorySegment s, long node, long header, long word, int entry, long child) {
    long used = s.get(LONG, node + USED);
    int slot = Long.numberOfTrailingZeros(~used);
    s.set(LONG, node + USED, used | 1L << slot);
    fill(s, node, header, slot, word, entry, child);
    return slot;
  }

  private static void fill(
      MemorySegment s, long node, long header, int slot, long word, int entry, long child) {
    s.set(LONG, node + WORDS + (slot << 3), word);
    ATOMIC_INT.setRelease(s, node + ENTRIES + (slot << 2), entry);
    if (!isLeaf(header)) {
      ATOMIC_INT.setRelease(s, node + CHILDREN + (slot << 2), reference(s, child));
    }
  }

  /// Copies `count` bytes, with one more at a position.
  private static void insertByte(
      MemorySegment s, long from, long to, int count, int position, int value) {
    int split = position & -Long.BYTES;
    for (int i = 0; i < split; i += Long.BYTES) {
      s.set(ORDER_WORD, to + i, s.get(ORDER_WORD, from + i));
    }
    long word = s.get(ORDER_WORD, from + split);
    int shift = (position & 7) << 3;
    long below = (1L << shift) - 1;
    s.set(ORDER_WORD, to + split, (word & below) | (long) value << shift | (word & ~below) << 8);
    for (int i = split + Long.BYTES; i <= count; i += Long.BYTES) {
      long carry = word >>> 56;
      word = s.get(ORDER_WORD, from + i);
      s.set(ORDER_WORD, to + i, word << 8 | carry);
    }
  }

  private static void copyState(MemorySegment s, long node, long header) {
    setState(
        s,
        node,
        header + VERSION,
        next(s, node, header),
        prefix(s, node, header),
        prefixHolder(s, node, header));
  }

  private static void setState(
      MemorySegment s, long node, long header, long next, int prefix, int holder) {
    s.set(INT, current(node, NEXT, header), reference(s, next));
    s.set(INT, current(node, PREFIX, header), prefix);
    ATOMIC_INT.setRelease(s, current(node, HOLDER, header), holder);
  }

  /// Keeps the first `count` items, and changes the rest of the state.
  static void truncate(MemorySegment s, long node, int count, long next, int prefix, int holder) {
    long header = s.get(LONG, node);
    long from = order(node, header);
    long to = order(node, header + VERSION);
    for (int i = 0; i < ITEMS_MAX; i += Long.BYTES) {
      s.set(LONG, to + i, s.get(LONG, from + i));
    }
    setState(s, node, header + VERSION, next, prefix, holder);
    publish(s, node, header - count(header) + VERSION + count);
    if (count < count(header)) {
      use(s, node, slots(s, to, count));
    }
  }

  /// The slots of the first items, a bit each.
  private static long slots(MemorySegment s, long order, int count) {
    long slots = 0;
    for (int i = 0; i < count; i++) {
      slots |= 1L << s.get(BYTE, order + i);
    }
    return slots;
  }

  /// Notes which slots are in use. In the others, words that count as above everything take the
  /// place.
  private static void use(MemorySegment s, long node, long slots) {
    long freed = s.get(LONG, node + USED) & ~slots;
    s.set(LONG, node + USED, slots);
    for (; freed != 0; freed &= freed - 1) {
      s.set(LONG, node + WORDS + ((long) Long.numberOfTrailingZeros(freed) << 3), Long.MAX_VALUE);
    }
  }

  /// Gives all items words after another prefix, in slots that are free. At most half the slots may
  /// be in use.
  static void encode(MemorySegment s, long node, int prefix, int holder) {
    long header = s.get(LONG, node);
    int count = count(header);
    long to = order(node, header + VERSION);
    long free = ~s.get(LONG, node + USED);
    long used = 0;
    for (int i = 0; i < count; i++) {
      int slot = Long.numberOfTrailingZeros(free);
      free &= free - 1;
      used |= 1L << slot;
      int entry = entry(s, node, header, i);
      long child = isLeaf(header) ? 0 : child(s, node, header, i);
      long word = separates(header, i) ? word(s, prefix, holder, entry) : Long.MAX_VALUE;
      fill(s, node, header, slot, word, entry, child);
      s.set(BYTE, to + i, (byte) slot);
    }
    setState(s, node, header + VERSION, next(s, node, header), prefix, holder);
    publish(s, node, header + VERSION);
    use(s, node, used);
  }

  /// Fills a new node, which no reader knows, with the items of another from a position on.
  static void copyTail(
      MemorySegment s,
      long from,
      int position,
      long to,
      int prefix,
      int holder,
      boolean sameWords) {
    long header = s.get(LONG, from);
    int count = count(header) - position;
    for (int i = 0; i < count; i++) {
      int entry = entry(s, from, header, position + i);
      long child = isLeaf(header) ? 0 : child(s, from, header, position + i);
      long word = Long.MAX_VALUE;
      if (separates(header, i)) {
        word = sameWords ? wordAt(s, from, header, position + i) : word(s, prefix, holder, entry);
      }
      fill(s, to, header, i, word, entry, child);
      s.set(BYTE, to + ORDER + i, (byte) i);
    }
    s.set(INT, to + PREFIX, prefix);
    s.set(INT, to + HOLDER, holder);
    s.set(LONG, to + USED, count == ITEMS_MAX ? -1L : (1L << count) - 1);
    s.set(LONG, to, s.get(LONG, to) + count);
  }
}

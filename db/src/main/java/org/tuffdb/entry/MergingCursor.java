package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Keys;

/// Walks over several cursors as if their entries were in one place. No two inputs hold an entry
/// with the same key and sequence.
///
/// The inputs that stand somewhere are a binary heap. Walking forwards, the one with the first
/// entry is on top; backwards, the one with the last. While the top stays ahead of the
/// *challenger*, the better of the two below it, a step costs one comparison and the heap is not
/// touched. A change of direction moves all other inputs to the other side of the entry where the
/// top stands; it alone may allocate.
public final class MergingCursor implements EntryCursor {
  private final EntryCursor[] inputs;
  private final EntryCursor[] heap;
  private int size;
  private @Nullable EntryCursor challenger;
  private boolean forwards;

  public MergingCursor(EntryCursor... inputs) {
    this.inputs = inputs.clone();
    this.heap = inputs.clone();
  }

  @Override
  public boolean first() {
    begin(true);
    for (EntryCursor input : inputs) {
      join(input, input.first());
    }
    return order();
  }

  @Override
  public boolean last() {
    begin(false);
    for (EntryCursor input : inputs) {
      join(input, input.last());
    }
    return order();
  }

  @Override
  public boolean seek(byte[] key, long sequence) {
    begin(true);
    for (EntryCursor input : inputs) {
      join(input, input.seek(key, sequence));
    }
    return order();
  }

  @Override
  public boolean next() {
    if (size == 0) {
      return false;
    }
    if (!forwards) {
      turn(true);
    }
    return advance(heap[0].next());
  }

  @Override
  public boolean previous() {
    if (size == 0) {
      return false;
    }
    if (forwards) {
      turn(false);
    }
    return advance(heap[0].previous());
  }

  private boolean advance(boolean stands) {
    if (stands) {
      if (challenger == null || leads(heap[0], challenger)) {
        return true;
      }
    } else {
      heap[0] = heap[--size];
    }
    sink(0);
    challenge();
    return size > 0;
  }

  private void begin(boolean forwards) {
    this.forwards = forwards;
    size = 0;
  }

  private void join(EntryCursor input, boolean stands) {
    if (stands) {
      heap[size++] = input;
    }
  }

  private boolean order() {
    for (int i = size / 2 - 1; i >= 0; i--) {
      sink(i);
    }
    challenge();
    return size > 0;
  }

  private void sink(int from) {
    EntryCursor sinking = heap[from];
    int at = from;
    for (int below = best(at); below < size && leads(heap[below], sinking); below = best(at)) {
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = sinking;
  }

  /// The better one of the two below a place in the heap.
  private int best(int at) {
    int below = 2 * at + 1;
    return below + 1 < size && leads(heap[below + 1], heap[below]) ? below + 1 : below;
  }

  private void challenge() {
    challenger = size > 1 ? heap[best(0)] : null;
  }

  private boolean leads(EntryCursor a, EntryCursor b) {
    return compare(a, b) < 0 == forwards;
  }

  private static int compare(EntryCursor a, EntryCursor b) {
    int order =
        Keys.compare(
            a.segment(), a.keyOffset(), a.keyLength(), b.segment(), b.keyOffset(), b.keyLength());
    return order != 0 ? order : Long.compare(b.sequence(), a.sequence());
  }

  private void turn(boolean toForwards) {
    EntryCursor top = heap[0];
    byte[] key =
        top.segment().asSlice(top.keyOffset(), top.keyLength()).toArray(ValueLayout.JAVA_BYTE);
    long sequence = top.sequence();
    begin(toForwards);
    join(top, true);
    for (EntryCursor input : inputs) {
      if (!input.equals(top)) {
        boolean stands = input.seek(key, sequence);
        join(input, toForwards ? stands : standsBefore(input, stands, top));
      }
    }
    order();
  }

  /// An input may grow at any time, so that what is after the top may appear in between.
  private static boolean standsBefore(EntryCursor input, boolean sought, EntryCursor top) {
    boolean stands = sought || input.last();
    while (stands && compare(input, top) > 0) {
      stands = input.previous();
    }
    return stands;
  }

  @Override
  public MemorySegment segment() {
    return heap[0].segment();
  }

  @Override
  public long keyOffset() {
    return heap[0].keyOffset();
  }

  @Override
  public int keyLength() {
    return heap[0].keyLength();
  }

  @Override
  public long valueOffset() {
    return heap[0].valueOffset();
  }

  @Override
  public int valueLength() {
    return heap[0].valueLength();
  }

  @Override
  public long sequence() {
    return heap[0].sequence();
  }

  @Override
  public byte kind() {
    return heap[0].kind();
  }

  @Override
  public boolean staysInPlace() {
    return heap[0].staysInPlace();
  }

  @Override
  public void close() {
    for (EntryCursor input : inputs) {
      input.close();
    }
  }
}

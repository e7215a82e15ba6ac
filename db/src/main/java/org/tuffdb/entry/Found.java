package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a lookup found: an entry, and where its value is. Each thread has one for its lookups, as
/// the way of a lookup is too long for the JIT compiler to leave one on the stack.
///
/// Whoever looked something up calls [#release()] once it is done with the value.
public final class Found {
  private static final ThreadLocal<Found> OF_THREAD = ThreadLocal.withInitial(Found::new);

  private MemorySegment segment = MemorySegment.NULL;
  private long valueOffset;
  private int valueLength;
  private long sequence;
  private byte kind;
  private @Nullable Pin pin;
  private long pinned;
  private boolean taken;

  /// The one of this thread. A new one if a lookup is under way, as a reader of a value may look up
  /// another, and for a virtual thread, which may live for this lookup alone.
  public static Found take() {
    if (Thread.currentThread().isVirtual()) {
      return new Found();
    }
    Found found = OF_THREAD.get();
    if (found.taken) {
      return new Found();
    }
    found.taken = true;
    return found;
  }

  /// Notes the entry that was found; its value stays in place for as long as the view that was
  /// searched.
  public void set(
      MemorySegment segment, long valueOffset, int valueLength, long sequence, byte kind) {
    this.segment = segment;
    this.valueOffset = valueOffset;
    this.valueLength = valueLength;
    this.sequence = sequence;
    this.kind = kind;
  }

  /// Notes that the value stays in place until `by` is told to let go of `what`.
  public void pin(Pin by, long what) {
    pin = by;
    pinned = what;
  }

  /// Lets go of the value. What was found is gone then.
  public void release() {
    taken = false;
    segment = MemorySegment.NULL;
    if (pin != null) {
      pin.unpin(pinned);
      pin = null;
    }
  }

  /// What [#valueOffset()] counts from.
  public MemorySegment segment() {
    return segment;
  }

  public long valueOffset() {
    return valueOffset;
  }

  public int valueLength() {
    return valueLength;
  }

  public long sequence() {
    return sequence;
  }

  /// One of [Kind].
  public byte kind() {
    return kind;
  }
}

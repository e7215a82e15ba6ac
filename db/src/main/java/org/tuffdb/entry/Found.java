package org.tuffdb.entry;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What a lookup found: an entry, and where its value is. Made for each lookup anew and left on the
/// stack by the JIT compiler.
///
/// Whoever looked something up calls [#release()] once it is done with the value.
public final class Found {
  private MemorySegment segment = MemorySegment.NULL;
  private long valueOffset;
  private int valueLength;
  private long sequence;
  private byte kind;
  private @Nullable Pin pin;
  private long pinned;

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

  /// Lets go of the value.
  public void release() {
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

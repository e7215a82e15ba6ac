package org.tuffdb.memtable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// Lends memory outside the heap and keeps some of what comes back: the JDK fills every new segment
/// with zeros, which costs more than the use that a memtable makes of it. A kept segment is lent
/// again with whatever was written into it.
///
/// Every segment has an arena of its own, which the garbage collector frees. So whoever cannot know
/// whether somebody still reads a segment forgets it instead of giving it back. It counts as lent
/// until the collector has seen that nobody reaches it.
public final class SegmentPool {
  private static final long ALIGNMENT_BYTES = 64;

  private final long keptBytesMax;

  /// By size, the smallest first: the large ones are dear to make.
  private final List<MemorySegment> kept = new ArrayList<>();

  private long keptBytes;

  /// The sizes of what is lent, by the scopes: a segment and all its slices share one scope, so
  /// that an entry of this map lives as long as anybody reaches the memory.
  private final Map<MemorySegment.Scope, Long> lent = new WeakHashMap<>();

  public SegmentPool(long keptBytesMax) {
    this.keptBytesMax = keptBytesMax;
  }

  /// A kept segment between these sizes, the smallest of them; if there is none, a new one of the
  /// smaller size.
  public MemorySegment take(long bytesMin, long bytesMax) {
    MemorySegment segment = takeKept(bytesMin, bytesMax);
    if (segment == null) {
      segment = allocate(bytesMin);
    }
    synchronized (this) {
      lent.put(segment.scope(), segment.byteSize());
    }
    return segment;
  }

  /// Whether [#take] would find a kept segment.
  public synchronized boolean keeps(long bytesMin, long bytesMax) {
    return indexOfKept(bytesMin, bytesMax) >= 0;
  }

  /// Makes a segment of this size and keeps it, unless one that is as large is kept already: for a
  /// thread that has the time that the zeros take.
  public void prepare(long bytes) {
    if (keeps(bytes, Long.MAX_VALUE) || keptBytes() + bytes > keptBytesMax) {
      return;
    }
    MemorySegment segment;
    try {
      segment = allocate(bytes);
    } catch (OutOfMemoryError none) {
      // Whoever needs the memory asks again, and is told.
      return;
    }
    synchronized (this) {
      keep(segment);
    }
  }

  private static MemorySegment allocate(long bytes) {
    long aligned = (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    return Arena.ofAuto().allocate(aligned, ALIGNMENT_BYTES);
  }

  private synchronized @Nullable MemorySegment takeKept(long bytesMin, long bytesMax) {
    int index = indexOfKept(bytesMin, bytesMax);
    if (index < 0) {
      return null;
    }
    MemorySegment segment = kept.remove(index);
    keptBytes -= segment.byteSize();
    return segment;
  }

  private int indexOfKept(long bytesMin, long bytesMax) {
    for (int i = 0; i < kept.size(); i++) {
      long size = kept.get(i).byteSize();
      if (size >= bytesMin) {
        return size <= bytesMax ? i : -1;
      }
    }
    return -1;
  }

  /// Takes back what `take` has lent. Nobody may read it any more.
  public synchronized void give(MemorySegment segment) {
    if (lent.remove(segment.scope()) == null) {
      throw new IllegalArgumentException("not lent by this pool, or given back before");
    }
    keep(segment);
    trim(keptBytesMax);
  }

  private void keep(MemorySegment segment) {
    int at = 0;
    while (at < kept.size() && kept.get(at).byteSize() < segment.byteSize()) {
      at++;
    }
    kept.add(at, segment);
    keptBytes += segment.byteSize();
  }

  /// Keeps no more than `bytes`, and rather large segments than small ones.
  public synchronized void trim(long bytes) {
    while (keptBytes > Math.max(0, bytes)) {
      keptBytes -= kept.removeFirst().byteSize();
    }
  }

  /// What is lent and can still be reached.
  public synchronized long lentBytes() {
    long sum = 0;
    for (Long bytes : lent.values()) {
      sum += bytes;
    }
    return sum;
  }

  public synchronized long keptBytes() {
    return keptBytes;
  }
}

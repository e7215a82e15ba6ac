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

  /// Makes a segment of this size and keeps it, unless something is kept already: for a thread that
  /// has the time that the zeros take.
  public void prepare(long bytes) {
    if (keptBytes() > 0 || bytes > keptBytesMax) {
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
      kept.add(segment);
      keptBytes += segment.byteSize();
    }
  }

  private static MemorySegment allocate(long bytes) {
    long aligned = (bytes + ALIGNMENT_BYTES - 1) & -ALIGNMENT_BYTES;
    return Arena.ofAuto().allocate(aligned, ALIGNMENT_BYTES);
  }

  private synchronized @Nullable MemorySegment takeKept(long bytesMin, long bytesMax) {
    int best = -1;
    for (int i = 0; i < kept.size(); i++) {
      long size = kept.get(i).byteSize();
      if (size >= bytesMin && size <= bytesMax && (best < 0 || size < kept.get(best).byteSize())) {
        best = i;
      }
    }
    if (best < 0) {
      return null;
    }
    MemorySegment segment = kept.remove(best);
    keptBytes -= segment.byteSize();
    return segment;
  }

  /// Takes back what `take` has lent. Nobody may read it any more.
  public synchronized void give(MemorySegment segment) {
    if (lent.remove(segment.scope()) == null) {
      throw new IllegalArgumentException("not lent by this pool, or given back before");
    }
    if (keptBytes + segment.byteSize() <= keptBytesMax) {
      kept.add(segment);
      keptBytes += segment.byteSize();
    }
  }

  /// Keeps no more than `bytes`.
  public synchronized void trim(long bytes) {
    while (keptBytes > Math.max(0, bytes)) {
      keptBytes -= kept.removeLast().byteSize();
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

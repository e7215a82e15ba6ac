package org.tuffdb;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.MergingCursor;
import org.tuffdb.memtable.Memtable;

/// All that a reader of a keyspace looks into, newest first. The set never changes: what a reader
/// took it keeps, and the garbage collector frees it. The first memtable is the active one and goes
/// on growing; the sequence that a reader read before the view bounds what it sees of it.
final class View {
  private final Memtable[] memtables;

  View(Memtable... memtables) {
    this.memtables = memtables;
  }

  /// What a lookup found. Made for each lookup anew and left on the stack by the JIT compiler.
  static final class Found {
    private @Nullable Memtable memtable;
    private long handle;

    int length() {
      return memtable().valueLength(handle);
    }

    MemorySegment segment() {
      return memtable().segment();
    }

    long offset() {
      return memtable().valueOffset(handle);
    }

    private Memtable memtable() {
      if (memtable == null) {
        throw new IllegalStateException("nothing was found");
      }
      return memtable;
    }
  }

  /// The memtables, newest first, shared.
  Memtable[] memtables() {
    return memtables;
  }

  /// The one that is written to; null before the first write.
  @Nullable Memtable active() {
    return memtables.length == 0 ? null : memtables[0];
  }

  /// Finds the value of `key` as of `sequence`; false if there was none.
  boolean get(byte[] key, long sequence, Found found) {
    for (Memtable memtable : memtables) {
      long handle = memtable.find(key, sequence);
      if (handle >= 0) {
        found.memtable = memtable;
        found.handle = handle;
        return memtable.kind(handle) == Kind.PUT;
      }
    }
    return false;
  }

  /// A cursor over every entry.
  EntryCursor entries() {
    if (memtables.length == 1) {
      return memtables[0].cursor();
    }
    EntryCursor[] cursors = new EntryCursor[memtables.length];
    for (int i = 0; i < cursors.length; i++) {
      cursors[i] = memtables[i].cursor();
    }
    return new MergingCursor(cursors);
  }

  /// This view with a new active memtable in front.
  View with(Memtable active) {
    Memtable[] more = new Memtable[memtables.length + 1];
    more[0] = active;
    System.arraycopy(memtables, 0, more, 1, memtables.length);
    return new View(more);
  }
}

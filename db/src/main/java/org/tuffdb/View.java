package org.tuffdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.MergingCursor;
import org.tuffdb.entry.RangeDeletes;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.table.Table;
import org.tuffdb.version.Levels;

/// All that a reader of a keyspace looks into: the memtables, the newest first, and then the levels
/// of tables. The set never changes. The active memtable, if there is one, comes first and goes on
/// growing; the sequence that a reader has bounds what it sees of it.
///
/// What a view holds stays whole while the view is the keyspace's own, while a read that found it
/// is under way (see [Readers]), and while a cursor, a flush or a merge has pinned it.
final class View {
  private final Lifetimes lifetimes;
  private final Memtable[] memtables;
  private final boolean firstIsActive;
  private final Levels levels;

  /// The keyspace's own pin, or that of the merge that made it; and one for each cursor, and for a
  /// flush.
  private final AtomicInteger pins = new AtomicInteger(1);

  /// Shared with the view that this one was made of, as long as nothing was taken away.
  private final AtomicBoolean outdated;

  /// An empty view.
  View(Lifetimes lifetimes, Levels levels) {
    this(lifetimes, new Memtable[0], false, levels, new AtomicBoolean());
  }

  private View(
      Lifetimes lifetimes,
      Memtable[] memtables,
      boolean firstIsActive,
      Levels levels,
      AtomicBoolean outdated) {
    this.lifetimes = lifetimes;
    this.memtables = memtables;
    this.firstIsActive = firstIsActive;
    this.levels = levels;
    this.outdated = outdated;
  }

  /// The one that is written to; null if the next write makes one.
  @Nullable Memtable active() {
    return firstIsActive ? memtables[0] : null;
  }

  /// The memtable to be flushed next; null if all is flushed but the active one.
  @Nullable Memtable oldestFrozen() {
    return memtables.length > (firstIsActive ? 1 : 0) ? memtables[memtables.length - 1] : null;
  }

  /// The memtables, newest first, shared.
  Memtable[] memtables() {
    return memtables;
  }

  Levels levels() {
    return levels;
  }

  /// Finds the value of `key` as of `sequence`; false if there was none.
  boolean get(byte[] key, long sequence, Found found) {
    long hash = Hash.of(key);
    long covering = 0;
    for (Memtable memtable : memtables) {
      RangeDeletes deletes = memtable.rangeDeletes();
      if (!deletes.isEmpty()) {
        covering = Math.max(covering, deletes.newest(key, sequence));
      }
      if (memtable.find(key, hash, sequence, found)) {
        return found.kind() == Kind.PUT && found.sequence() > covering;
      }
      if (covering > 0) {
        return false;
      }
    }
    return levels.get(key, hash, sequence, covering, found);
  }

  /// A cursor over every entry. Range deletes are for its user to see to.
  EntryCursor entries() {
    List<EntryCursor> cursors = new ArrayList<>();
    for (Memtable memtable : memtables) {
      cursors.add(memtable.cursor());
    }
    levels.addCursors(cursors);
    return cursors.size() == 1
        ? cursors.getFirst()
        : new MergingCursor(cursors.toArray(EntryCursor[]::new));
  }

  /// The range deletes of every place that has some.
  RangeDeletes[] rangeDeletes() {
    List<RangeDeletes> all = new ArrayList<>();
    for (Memtable memtable : memtables) {
      if (!memtable.rangeDeletes().isEmpty()) {
        all.add(memtable.rangeDeletes());
      }
    }
    levels.addRangeDeletes(all);
    return all.toArray(RangeDeletes[]::new);
  }

  /// This view with a new active memtable in front.
  View withActive(Memtable active) {
    Memtable[] more = new Memtable[memtables.length + 1];
    more[0] = active;
    System.arraycopy(memtables, 0, more, 1, memtables.length);
    return new View(lifetimes, more, true, levels, outdated);
  }

  /// This view with nothing to write to.
  View frozen() {
    return new View(lifetimes, memtables, false, levels, outdated);
  }

  /// This view without its active memtable, which is empty.
  View withoutActive() {
    Memtable[] fewer = Arrays.copyOfRange(memtables, 1, memtables.length);
    return new View(lifetimes, fewer, false, levels, new AtomicBoolean());
  }

  /// This view without its oldest memtable, which is in one of the `newLevels`.
  View withFlushed(Levels newLevels) {
    Memtable[] fewer = Arrays.copyOf(memtables, memtables.length - 1);
    return new View(
        lifetimes, fewer, firstIsActive && fewer.length > 0, newLevels, new AtomicBoolean());
  }

  /// This view with other tables.
  View with(Levels newLevels) {
    return new View(lifetimes, memtables, firstIsActive, newLevels, new AtomicBoolean());
  }

  /// The tables of this view alone, pinned. Only for whoever keeps tables from being taken out.
  View pinnedTables() {
    View tables = new View(lifetimes, levels);
    lifetimes.hold(tables);
    return tables;
  }

  /// Holds the view in place. Only for a reader that [Readers] knows of, or while it is pinned.
  void pin() {
    pins.incrementAndGet();
  }

  /// Lets go of the view; what nobody else holds then goes.
  void unpin() {
    if (pins.decrementAndGet() == 0) {
      lifetimes.letGo(this);
    }
  }

  /// Whether something of it could go if nobody held the view any longer.
  boolean isOutdated() {
    return outdated.get();
  }

  void setOutdated() {
    outdated.set(true);
  }

  void forEachPart(Consumer<Object> action) {
    for (Memtable memtable : memtables) {
      action.accept(memtable);
    }
    for (Table[] level : levels.tables()) {
      for (Table table : level) {
        action.accept(table);
      }
    }
  }
}

package org.tuffdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.table.BlockCache;
import org.tuffdb.table.Table;

/// Counts in how many views each memtable and each table is. When the last view of it is gone, a
/// memtable's memory is used again, a table is closed, and its file is deleted if the store has no
/// use for it any more.
final class Lifetimes {
  private final Directory directory;
  private final FileSystem files;
  private final Listener listener;
  private final Failure failure;
  private final BlockCache cache;
  private final Keyspaces keyspaces;
  private final Background background;
  private final Queue<Runnable> toDelete = new ConcurrentLinkedQueue<>();

  /// Ready made, as there may be no memory when a view goes.
  private final Consumer<Object> letGoOfPart = this::letGo;

  // Guarded by this.
  private final IdentityHashMap<Object, Held> viewsOf = new IdentityHashMap<>();
  private final Map<Long, OpenFile> openOf = new HashMap<>();
  private final Set<Long> obsolete = new HashSet<>();
  private final Unheld memtables = new Unheld();
  private final Unheld tables = new Unheld();
  private boolean closed;

  Lifetimes(
      Setup setup, Directory directory, Failure failure, BlockCache cache, Keyspaces keyspaces) {
    this.directory = directory;
    this.files = setup.files();
    this.listener = setup.listener();
    this.background = setup.background();
    this.failure = failure;
    this.cache = cache;
    this.keyspaces = keyspaces;
  }

  /// A memtable or table, and in how many views it is. Made when it comes into its first one, with
  /// all that is needed to let go of it: to count down takes no memory.
  private static final class Held {
    final Object part;
    final @Nullable OpenFile file;
    int views;
    @Nullable Held next;

    Held(Object part, @Nullable OpenFile file) {
      this.part = part;
      this.file = file;
    }
  }

  /// The file of a table, and how many have it open that are or were in views.
  private static final class OpenFile {
    final Long number;
    int tables;

    OpenFile(Long number) {
      this.number = number;
    }
  }

  /// What is in no view any more, in the order in which it went.
  private static final class Unheld {
    private @Nullable Held first;
    private @Nullable Held last;

    boolean isEmpty() {
      return first == null;
    }

    void add(Held held) {
      if (last == null) {
        first = held;
      } else {
        last.next = held;
      }
      last = held;
    }

    @Nullable Held poll() {
      Held polled = first;
      if (polled != null) {
        first = polled.next;
        last = first == null ? null : last;
      }
      return polled;
    }
  }

  /// Notes that `view` holds what is in it. If there is no memory for that, it holds nothing.
  synchronized void hold(View view) {
    Consumer<Object> count = part -> held(part).views++;
    Consumer<Object> forget = this::forgetUnheld;
    try {
      view.forEachPart(this::know);
    } catch (Throwable refused) {
      view.forEachPart(forget);
      throw refused;
    }
    view.forEachPart(count);
  }

  private Held held(Object part) {
    return Objects.requireNonNull(viewsOf.get(part), "in a view");
  }

  private void know(Object part) {
    if (viewsOf.containsKey(part)) {
      return;
    }
    if (part instanceof Table table) {
      OpenFile file = openOf.computeIfAbsent(table.info().number(), OpenFile::new);
      viewsOf.put(part, new Held(part, file));
      file.tables++;
    } else {
      viewsOf.put(part, new Held(part, null));
    }
  }

  private void forgetUnheld(Object part) {
    Held held = viewsOf.get(part);
    if (held != null && held.views == 0) {
      viewsOf.remove(part);
      if (held.file != null) {
        closed(held.file);
      }
    }
  }

  /// Returns whether nobody has the file open any more.
  private boolean closed(OpenFile file) {
    file.tables--;
    return file.tables == 0 && openOf.remove(file.number, file);
  }

  /// Notes that nobody can look into `view` any more.
  void letGo(View view) {
    boolean anyTable;
    boolean nothingLeft;
    synchronized (this) {
      view.forEachPart(letGoOfPart);
      anyTable = !tables.isEmpty();
      nothingLeft = closed && viewsOf.isEmpty();
    }
    for (Held held; (held = poll(memtables)) != null; ) {
      keyspaces.release((Memtable) held.part);
    }
    if (anyTable || nothingLeft) {
      closeTablesSoon();
    }
  }

  private void letGo(Object part) {
    Held held = held(part);
    if (--held.views == 0) {
      viewsOf.remove(part);
      (held.file == null ? memtables : tables).add(held);
    }
  }

  private synchronized @Nullable Held poll(Unheld from) {
    return from.poll();
  }

  /// Files take time, and whoever lets go of a view may be a writer.
  private void closeTablesSoon() {
    boolean now;
    synchronized (this) {
      now = closed;
    }
    if (now) {
      closeTables();
      return;
    }
    soon(this::closeTables);
  }

  private void soon(Runnable task) {
    try {
      background.execute(Background.Lane.TASKS, task);
    } catch (RuntimeException | OutOfMemoryError refused) {
      // Whoever lets go of the next one, or closes the store, does it.
      failure.report(refused);
    }
  }

  /// Has orphans deleted, which an opening has found and nothing refers to: in the background, for
  /// to give back large files takes a while, but when the store is closed at the latest.
  void deleteSoon(List<Runnable> deletions) {
    toDelete.addAll(deletions);
    soon(this::deleteOrphans);
  }

  private void deleteOrphans() {
    for (Runnable deletion; (deletion = toDelete.poll()) != null; ) {
      deletion.run();
    }
  }

  private void closeTables() {
    for (Held held; (held = poll(tables)) != null; ) {
      close((Table) held.part, Objects.requireNonNull(held.file, "of a table"));
    }
    closeCacheIfUnused();
  }

  private synchronized void deleted(Long table) {
    obsolete.remove(table);
  }

  /// Whether files wait to be deleted.
  synchronized boolean hasObsolete() {
    return !obsolete.isEmpty();
  }

  /// Notes that the manifest does not know the file of `table` any more: it is deleted when nobody
  /// reads it.
  synchronized void makeObsolete(long table) {
    obsolete.add(table);
  }

  /// Deletes what is due; from then on no file is deleted: the directory may be somebody else's.
  void close() {
    deleteOrphans();
    closeTables();
    synchronized (this) {
      closed = true;
    }
    closeTables();
  }

  private void closeCacheIfUnused() {
    boolean unused;
    synchronized (this) {
      unused = closed && viewsOf.isEmpty();
    }
    if (unused) {
      cache.close();
    }
  }

  private void close(Table table, OpenFile file) {
    boolean delete;
    synchronized (this) {
      delete = closed(file) && obsolete.contains(file.number) && !closed;
    }
    try {
      table.close();
      if (delete) {
        Path path = FileNames.table(directory.path(), file.number);
        directory.requireInPlace();
        files.delete(path);
        listener.on(new Event.FileDeleted(path));
      }
    } catch (IOException | OutOfMemoryError leftOver) {
      // The next opening deletes it.
      failure.report(leftOver);
    } finally {
      if (delete) {
        deleted(file.number);
      }
    }
  }
}

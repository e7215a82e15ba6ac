package org.tuffdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
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
  private final Queue<Table> toClose = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> toDelete = new ConcurrentLinkedQueue<>();

  // Guarded by this.
  private final IdentityHashMap<Object, Integer> viewsOf = new IdentityHashMap<>();
  private final Map<Long, Integer> openOf = new HashMap<>();
  private final Set<Long> obsolete = new HashSet<>();
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

  /// Notes that `view` holds what is in it.
  synchronized void hold(View view) {
    view.forEachPart(part -> {
      if (viewsOf.merge(part, 1, Integer::sum) == 1 && part instanceof Table table) {
        openOf.merge(table.info().number(), 1, Integer::sum);
      }
    });
  }

  /// Notes that nobody can look into `view` any more.
  void letGo(View view) {
    List<Object> unheld = new ArrayList<>();
    boolean nothingLeft;
    synchronized (this) {
      view.forEachPart(part -> {
        if (viewsOf.merge(part, -1, Integer::sum) == 0) {
          viewsOf.remove(part);
          unheld.add(part);
        }
      });
      nothingLeft = closed && viewsOf.isEmpty();
    }
    boolean anyTable = false;
    for (Object part : unheld) {
      if (part instanceof Table table) {
        toClose.add(table);
        anyTable = true;
      } else {
        keyspaces.release((Memtable) part);
      }
    }
    if (anyTable || nothingLeft) {
      closeTablesSoon();
    }
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
    for (Table table; (table = toClose.poll()) != null; ) {
      close(table);
    }
    closeCacheIfUnused();
  }

  private synchronized void deleted(long table) {
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

  private void close(Table table) {
    long number = table.info().number();
    boolean delete;
    synchronized (this) {
      boolean last = openOf.merge(number, -1, Integer::sum) == 0;
      if (last) {
        openOf.remove(number);
      }
      delete = last && obsolete.contains(number) && !closed;
    }
    try {
      table.close();
      if (delete) {
        Path file = FileNames.table(directory.path(), number);
        directory.requireInPlace();
        files.delete(file);
        listener.on(new Event.FileDeleted(file));
      }
    } catch (IOException leftOver) {
      // The next opening deletes it.
      failure.report(leftOver);
    } finally {
      if (delete) {
        deleted(number);
      }
    }
  }
}

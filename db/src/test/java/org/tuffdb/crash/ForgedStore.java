package org.tuffdb.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.KeyRange;
import org.tuffdb.Keyspace;
import org.tuffdb.Reading;
import org.tuffdb.Verification;
import org.tuffdb.error.DbException;
import org.tuffdb.event.Event;
import org.tuffdb.forge.Watch;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;

/// A store with a forged file in it, in which everything is done that may stumble over it. Whatever
/// is thrown, beside what is declared, is for the caller to see.
final class ForgedStore {
  /// What came of it.
  enum Outcome {
    /// Opening was refused.
    REFUSED,
    /// A read, a merge, the end or a verification said that something is wrong.
    REPORTED,
    /// Nothing did, though not all answers are what was written once: to anybody who looks, that is
    /// another store, and a sound one.
    NOT_TOLD_APART,
    /// Nothing did, and all answers are what was written.
    RIGHT
  }

  /// Work that may say that a file is wrong.
  private interface Step {
    void run();
  }

  private final MemoryFileSystem files;
  private final NavigableMap<String, byte[]> before;
  private final Watch watch;
  private final String what;
  private boolean reported;
  private @Nullable Throwable undeclared;

  /// @param what describes the forgery, for whoever looks where it hangs
  ForgedStore(MemoryFileSystem files, Watch watch, String what) {
    this.files = files;
    this.before = Damage.contents(files);
    this.watch = watch;
    this.what = what;
  }

  /// Puts `content` into the place of a file.
  static MemoryFileSystem replace(MemoryFileSystem files, String name, byte[] content) {
    try {
      Damage.replace(files, name, content);
      return files;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /// @param state what the store should hold
  /// @param works whether it is to merge first, and to write at last
  Outcome read(NavigableMap<String, String> state, Reading reading, boolean works) {
    step("verification", this::verify);
    requireUnharmed();
    ManualBackground background = new ManualBackground(new ManualClock());
    watch.begin("opening, " + what);
    Db db;
    try {
      db = DamagedStore.builder(files, reading, background).listener(this::on).open();
    } catch (DbException refused) {
      requireUnharmed();
      files.assertNothingOpen();
      return Outcome.REFUSED;
    }
    NavigableMap<String, String> found = new TreeMap<>();
    step("background", () -> runSome(background, works));
    readAll(db, found);
    if (works) {
      write(db);
    }
    step("closing", db::close);
    requireAllDeclared();
    files.assertNothingOpen();
    return reported
        ? Outcome.REPORTED
        : found.equals(state) ? Outcome.RIGHT : Outcome.NOT_TOLD_APART;
  }

  private void step(String name, Step step) {
    watch.begin(name + ", " + what);
    try {
      step.run();
    } catch (DbException declared) {
      reported = true;
    }
  }

  private void verify() {
    reported |= !Verification.of(files, Stores.DIRECTORY, (_, _) -> {}).isClean();
  }

  /// What is refused, and what is only looked at, is left as it is.
  private void requireUnharmed() {
    NavigableMap<String, byte[]> after = Damage.contents(files);
    before.forEach((name, content) -> {
      if (!name.equals(FileNames.LOCK) && !Arrays.equals(content, after.get(name))) {
        throw new AssertionError(name + " was harmed, though nothing was opened");
      }
    });
  }

  /// What goes wrong in the background is told to the listener alone.
  private void on(Event event) {
    switch (event) {
      case Event.HousekeepingFailed(Throwable cause) -> requireDeclared(cause);
      case Event.Failed(Throwable cause) -> requireDeclared(cause);
      default -> {}
    }
  }

  private void requireDeclared(Throwable cause) {
    reported = true;
    if (!(cause instanceof DbException || cause instanceof IOException)) {
      undeclared = cause;
    }
  }

  /// Thrown in the background, it would be caught there.
  private void requireAllDeclared() {
    if (undeclared != null) {
      throw new AssertionError("in the background: " + undeclared, undeclared);
    }
  }

  private static void runSome(ManualBackground background, boolean works) {
    if (works) {
      background.runAll();
    }
  }

  private void readAll(Db db, NavigableMap<String, String> found) {
    for (String name : db.keyspaces()) {
      Keyspace keyspace = db.keyspace(name);
      step("gets", () -> getAll(keyspace));
      step("scan", () -> scan(keyspace, KeyRange.all(), found));
      step("scan back", () -> scan(keyspace, KeyRange.all().reversed(), new TreeMap<>()));
      KeyRange part = KeyRange.closedOpen(key(20), key(40));
      step("scan of a part", () -> scan(keyspace, part, new TreeMap<>()));
      step("part back", () -> scan(keyspace, part.reversed(), new TreeMap<>()));
    }
  }

  private void getAll(Keyspace keyspace) {
    for (int i = 0; i < DamagedStore.KEYS; i++) {
      byte[] key = key(i);
      step("get", () -> keyspace.get(key));
    }
  }

  private static byte[] key(int number) {
    return DamagedStore.key(number).getBytes(UTF_8);
  }

  private static void scan(Keyspace keyspace, KeyRange range, Map<String, String> found) {
    try (Cursor cursor = keyspace.scan(range)) {
      while (cursor.next()) {
        String key = keyspace.name() + "/" + new String(cursor.key(), UTF_8);
        found.put(key, new String(cursor.value(), UTF_8));
      }
    }
  }

  private void write(Db db) {
    step("put", () -> db.put(key(1), new byte[9]));
    step("flush", db::flush);
    step("settle", db::settle);
  }
}

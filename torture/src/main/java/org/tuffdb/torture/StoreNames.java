package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.tuffdb.fs.FileNames;

/// One store under several names, several stores of one origin, and names that lead elsewhere.
final class StoreNames {
  static final int WRITES = 300;

  /// So many entries need another file of the log for certain.
  private static final int WRITES_MANY = 20_000;

  private StoreNames() {}

  /// By whatever name: it is the same store, and has one owner.
  static void byLinks(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("real/store");
    Files.createDirectory(scratch.resolve("real"));
    Files.createSymbolicLink(scratch.resolve("above"), scratch.resolve("real"));
    Files.createSymbolicLink(scratch.resolve("link"), store);
    List<Path> names =
        List.of(
            store,
            scratch.resolve("link"),
            scratch.resolve("above/store"),
            scratch.resolve("real/../real/store"),
            Path.of("").toAbsolutePath().relativize(store));
    try (TenantProcess owner = TenantProcess.start();
        TenantProcess other = TenantProcess.start()) {
      owner.does("open " + store);
      owner.does("write 0 " + WRITES);
      for (Path name : names) {
        other.refuses("open " + name, Tenant.LOCKED, "another process");
        owner.refuses("open " + name, Tenant.LOCKED, "this process");
      }
      owner.does("close");
      other.does("open " + names.get(random.nextInt(names.size())));
      other.does("read %d %d".formatted(WRITES, WRITES));
    }
    Places.inspect(store, WRITES, WRITES);
  }

  /// A file of the store that is a link may lead to anything: it is not followed.
  static void linkForFile(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = filled(scratch.resolve("store"));
    List<Path> files;
    try (var listed = Files.list(store)) {
      files = listed.filter(file -> !file.endsWith(FileNames.LOCK)).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    Path elsewhere = scratch.resolve("elsewhere");
    Files.move(file, elsewhere);
    Files.createSymbolicLink(file, elsewhere);
    try (TenantProcess tenant = TenantProcess.start()) {
      tenant.tell("open " + store);
      String answer = tenant.answer();
      // A table is opened when it is needed.
      if (answer.equals(Tenant.DONE)) {
        tenant.tell("read %d %d".formatted(WRITES, WRITES));
        answer = tenant.answer();
      }
      if (!answer.startsWith(Tenant.REFUSED) || !answer.contains(file.toString())) {
        throw new Violation("with a link for " + file + ": " + answer);
      }
    }
    Files.delete(file);
    Files.move(elsewhere, file);
    Places.inspect(store, WRITES, WRITES);
  }

  /// A copy, its lock file included, is a store of its own. It is made while the owner stands
  /// still.
  static void copiedOpen(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("store");
    Path copy = scratch.resolve("copies/store");
    try (TenantProcess owner = TenantProcess.start();
        TenantProcess other = TenantProcess.start()) {
      owner.does("open " + store);
      owner.does("write 0 " + WRITES);
      owner.stop();
      Places.copy(store, copy);
      owner.goOn();
      other.does("open " + copy);
      other.does("read %d %d".formatted(WRITES, WRITES));
      other.does("write %d %d".formatted(WRITES, 2 * WRITES));
      owner.does("write %d %d".formatted(WRITES, WRITES + 1 + random.nextInt(WRITES)));
    }
    Places.inspect(copy, 2 * WRITES, 2 * WRITES);
    Places.inspect(store, WRITES + 1, 2 * WRITES);
  }

  /// Its open files go along, and new ones cannot be made: from then on it refuses to write.
  static void movedOpen(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("store");
    Path moved = scratch.resolve("moved");
    int written;
    try (TenantProcess owner = TenantProcess.start()) {
      owner.does("open " + store);
      owner.does("write 0 " + WRITES);
      Files.move(store, moved);
      written = writeUntilRefused(owner);
      if (random.nextBoolean()) {
        owner.tell("close");
        String _ = owner.answer();
      }
    }
    Places.inspect(moved, written, written + 1);
  }

  /// Returns how many entries the store has that `owner` has written [#WRITES] to, and that was
  /// taken away.
  ///
  /// @throws Violation if it takes more and more
  static int writeUntilRefused(TenantProcess owner) throws IOException, InterruptedException {
    String answer = Tenant.DONE;
    for (int written = WRITES; written < WRITES_MANY; written++) {
      owner.tell("write %d %d".formatted(written, written + 1));
      answer = owner.answer();
      if (answer.startsWith(Tenant.REFUSED)) {
        return written;
      }
    }
    throw new Violation("a store that was moved takes more and more writes: " + answer);
  }

  /// The lock file of a store that nobody has open may be deleted, or be that of another one.
  static void lockOfNobody(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = filled(scratch.resolve("store"));
    Path lock = store.resolve(FileNames.LOCK);
    Files.delete(lock);
    Places.inspect(store, WRITES, WRITES);
    Path other = scratch.resolve("other");
    try (TenantProcess owner = TenantProcess.start()) {
      owner.does("open " + other);
      Files.delete(lock);
      Files.copy(other.resolve(FileNames.LOCK), lock);
      Places.inspect(store, WRITES, WRITES);
      owner.does("write 0 " + (1 + random.nextInt(WRITES)));
    }
  }

  /// A store with a log, tables and a manifest that is closed.
  static Path filled(Path store) throws IOException, InterruptedException {
    try (TenantProcess tenant = TenantProcess.start()) {
      tenant.does("open " + store);
      tenant.does("write 0 " + WRITES / 2);
      tenant.does("flush");
      tenant.does("write %d %d".formatted(WRITES / 2, WRITES));
      tenant.does("close");
    }
    return store;
  }
}

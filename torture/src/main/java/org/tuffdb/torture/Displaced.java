package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.tuffdb.Verification;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.fs.FileNames;

/// While somebody has a store open, its lock file is taken away, or the whole store is, and another
/// one put in its place.
final class Displaced {
  private static final int WRITES = StoreNames.WRITES;

  private Displaced() {}

  /// Nobody else gets in, before and after the owner has flushed; when it is killed, another does.
  static void lockOfOwner(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("store");
    Path lock = store.resolve(FileNames.LOCK);
    int written = WRITES + random.nextInt(WRITES);
    try (TenantProcess other = TenantProcess.start()) {
      try (TenantProcess owner = TenantProcess.start()) {
        owner.does("open " + store);
        owner.does("write 0 " + WRITES);
        Files.delete(lock);
        if (random.nextBoolean()) {
          Files.createFile(lock);
        }
        other.refuses("open " + store, Tenant.LOCKED, "another process");
        requireLocked(store);
        owner.does("flush");
        owner.does("write %d %d".formatted(WRITES, written));
        other.refuses("open " + store, Tenant.LOCKED, "another process");
      }
      other.does("open " + store);
      other.does("read %d %d".formatted(written, written));
    }
    Places.inspect(store, written, written);
  }

  private static void requireLocked(Path store) {
    try {
      throw new Violation("a store that is open was verified: " + Verification.of(store));
    } catch (DbLockedException expected) {
      // As it must be.
    }
  }

  /// The owner ends by refusing to write, and does no harm to the store that has taken its place.
  static void replaced(Scratch scratch, SplittableRandom random)
      throws IOException, InterruptedException {
    Path store = scratch.resolve("store");
    Path moved = scratch.resolve("moved");
    Path backup = StoreNames.filled(scratch.resolve("backup"));
    int written;
    try (TenantProcess owner = TenantProcess.start()) {
      owner.does("open " + store);
      owner.does("write 0 " + WRITES);
      owner.does("flush");
      Files.move(store, moved);
      Places.copy(backup, store);
      written = StoreNames.writeUntilRefused(owner);
      owner.tell(random.nextBoolean() ? "flush" : "compact");
      String refusal = owner.answer();
      if (!refusal.startsWith(Tenant.REFUSED)) {
        throw new Violation("a store that is gone was flushed: " + refusal);
      }
      owner.tell("close");
      String _ = owner.answer();
    }
    requireSame(backup, store);
    Places.inspect(store, WRITES, WRITES);
    Places.inspect(moved, written, written + 1);
  }

  private static void requireSame(Path backup, Path store) {
    try {
      String _ = Command.run("diff", "-r", backup.toString(), store.toString());
    } catch (IOException differ) {
      throw new Violation("the store that was put there has changed", differ);
    }
  }
}

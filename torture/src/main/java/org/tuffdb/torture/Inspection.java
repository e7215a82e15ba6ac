package org.tuffdb.torture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tuffdb.Db;
import org.tuffdb.Verification;
import org.tuffdb.event.Event;

/// Looks at a store that was left behind: its files, which must be whole, and a copy that is
/// opened, so that whoever opens the store next finds it as it was left.
final class Inspection {
  private final Path copy;
  private int tornTails;

  /// @param copy where the copy goes; it stays there if something is wrong with it
  Inspection(Path copy) {
    this.copy = copy;
  }

  int tornTails() {
    return tornTails;
  }

  /// @throws Violation if the store may not look like this after `reports`
  void run(Path store, Auditor auditor, List<Report> reports) throws IOException {
    if (Verification.isStore(store)) {
      verify(store);
    }
    Scratch.copy(store, copy);
    try (Db db = Db.builder(copy).options(Worker.options()).listener(this::count).open()) {
      auditor.verify(Contents.checked(db), reports);
    } catch (RuntimeException failure) {
      throw failure instanceof Violation violation
          ? violation
          : new Violation(failure.toString(), failure);
    }
    verify(copy);
    Scratch.delete(copy);
  }

  private static void verify(Path store) {
    Verification verification = Verification.of(store);
    if (!verification.isClean()) {
      throw new Violation("damaged: " + verification.damages());
    }
  }

  private void count(Event event) {
    tornTails += event instanceof Event.TornTailFound ? 1 : 0;
  }
}

package org.tuffdb;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Background;
import org.tuffdb.fs.Clock;
import org.tuffdb.fs.FileSystem;

/// What a store was given by its builder: where it lives and what it works with.
///
/// @param callbacks runs what depends on the stages that [Db#writeAsync] returns
record Setup(
    Path directory,
    Options options,
    FileSystem files,
    Listener listener,
    Clock clock,
    RandomGenerator random,
    Background background,
    Executor callbacks) {

  Setup {
    listener = GuardedListener.of(listener);
  }

  /// The listener again, for those calls that it must not make.
  GuardedListener guard() {
    return GuardedListener.of(listener);
  }

  /// Has the JDK asked what it takes tens of milliseconds to answer, the first time in a process,
  /// beside the opening, which mostly needs the answers later. Where that fails, whoever needs one
  /// asks again.
  void askAhead() {
    try {
      background.execute(Background.Lane.TASKS, Setup::ask);
    } catch (RuntimeException | OutOfMemoryError refused) {
      // It was to save time alone.
    }
  }

  private static void ask() {
    try {
      long _ = MachineMemory.bytes();
      long _ = new SystemRandom().nextLong();
      // As long as there is no segment in the heap, the compilers take it that there are none; the
      // first one throws away nearly all that they have compiled for us by then.
      MemorySegment _ = MemorySegment.ofArray(new byte[0]);
    } catch (RuntimeException | Error unanswered) {
      // As above.
    }
  }
}

package org.tuffdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Whether somebody leads a [CommitPipeline]. To take it needs a call; to let go of it does not,
/// for the stack of who leads may be at its end.
final class Leadership {
  private static final VarHandle TAKEN = field();

  /// A buffered group takes about a microsecond, and to wake a thread takes many times that.
  private static final int SPINS = 200;

  volatile boolean taken;

  private static VarHandle field() {
    try {
      return MethodHandles.lookup().findVarHandle(Leadership.class, "taken", boolean.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  boolean tryTake() {
    return !taken && TAKEN.compareAndSet(this, false, true);
  }

  /// How often to look again whether a group of this kind is done, before going to sleep.
  static int spins(Durability durability) {
    return durability == Durability.BUFFERED ? SPINS : 0;
  }

  /// The same as [#tryTake], but looks again up to `spins` times while somebody else leads.
  boolean tryTakeSoon(int spins) {
    while (!tryTake()) {
      if (spins-- == 0) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }
}

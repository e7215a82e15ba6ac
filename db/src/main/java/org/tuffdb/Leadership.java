package org.tuffdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Whether somebody leads a [CommitPipeline]. To take it needs a call; to let go of it does not,
/// for the stack of who leads may be at its end.
final class Leadership {
  private static final VarHandle TAKEN = field();

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
}

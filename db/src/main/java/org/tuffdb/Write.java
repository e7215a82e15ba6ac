package org.tuffdb;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A batch on its way through the commit pipeline, with whoever waits for it.
final class Write {
  final Batch batch;
  Durability durability;

  /// The thread that waits; null if `future` does.
  final @Nullable Thread waiter;

  final @Nullable CompletableFuture<@Nullable Void> future;

  /// The write that was queued before this one.
  @Nullable Write earlier;

  /// Its caller has the batch back, which must not be used any more; but if the write was *taken*
  /// before, it waits until that is done. One of the two sees what the other one set.
  volatile boolean abandoned;

  /// A leader has it.
  volatile boolean taken;

  /// What it failed with; null if it did not. Set before `done`, as that is.
  @Nullable Throwable failure;

  /// Whether it has come to its end, whatever that is.
  volatile boolean done;

  Write(
      Batch batch,
      Durability durability,
      @Nullable Thread waiter,
      @Nullable CompletableFuture<@Nullable Void> future) {
    this.batch = batch;
    this.durability = durability;
    this.waiter = waiter;
    this.future = future;
  }

  /// Prepares the one write that serves all who lead for themselves.
  void reuse(Durability nextDurability) {
    durability = nextDurability;
    failure = null;
    done = false;
  }

  /// Ends it unless it has come to its end.
  void giveUp(Throwable cause) {
    if (!done) {
      finish(cause);
    }
  }

  void finish(@Nullable Throwable cause) {
    failure = cause;
    done = true;
  }

  /// Tells whoever waits that it has come to its end: wakes the thread or completes the future, on
  /// which actions depend that run by `callbacks`, or here if they take nothing. Needs a stack that
  /// does not end: the JDK forgets the virtual thread, or the action, that it was about to take up.
  void tell(Executor callbacks) {
    if (waiter != null) {
      LockSupport.unpark(waiter);
      return;
    }
    try {
      callbacks.execute(this::completeHere);
    } catch (RuntimeException | Error refused) {
      completeHere();
    }
  }

  private void completeHere() {
    if (future == null) {
      return;
    }
    Throwable cause = failure;
    if (cause == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(cause);
    }
  }

  /// Throws `cause`, if there is one; it is never a checked exception.
  static void rethrow(@Nullable Throwable cause) {
    switch (cause) {
      case null -> {}
      case RuntimeException unchecked -> throw unchecked;
      case Error error -> throw error;
      default -> throw new IllegalStateException(cause);
    }
  }

  /// Whether its thread can lead a group: a virtual one would hold its carrier during the I/O.
  boolean canLead() {
    return waiter != null && !waiter.isVirtual();
  }
}

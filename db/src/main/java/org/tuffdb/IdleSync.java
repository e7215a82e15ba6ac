package org.tuffdb;

import org.tuffdb.fs.Background;
import org.tuffdb.log.Log;

/// Once nobody has written for a moment, brings to the disk what nobody asked to be there, and has
/// the log vouch for it.
final class IdleSync {
  private static final long IDLE_NANOS = 50_000_000;

  private final CommitPipeline pipeline;
  private final Log log;
  private final Failure failure;
  private final Background background;
  private Runnable whenIdle = () -> {};

  // For the leader.
  private long idleAtPosition;
  private long vouchedPosition;

  /// Set by the leader. Whoever could not have the task run takes it back.
  private volatile boolean scheduled;

  IdleSync(CommitPipeline pipeline, Log log, Failure failure, Background background) {
    this.pipeline = pipeline;
    this.log = log;
    this.failure = failure;
    this.background = background;
    this.vouchedPosition = log.appendedPosition();
  }

  /// Has `idle` run, by the leader, when nobody has written for a moment.
  void begin(Runnable idle) {
    whenIdle = idle;
  }

  /// For the leader, who has written perhaps.
  void soon() {
    try {
      long position = log.appendedPosition();
      if (!scheduled && position != vouchedPosition && !failure.isLatched()) {
        background.executeAfter(Background.Lane.TASKS, IDLE_NANOS, this::run);
        scheduled = true;
        idleAtPosition = position;
      }
    } catch (RuntimeException | Error unscheduled) {
      // The next write tries again; its caller, and this one's, have no part in it.
      failure.report(unscheduled);
    }
  }

  private void run() {
    if (pipeline.tryWhileStill(this::sync)) {
      return;
    }
    try {
      background.executeAfter(Background.Lane.TASKS, IDLE_NANOS, this::run);
    } catch (RuntimeException | Error unscheduled) {
      scheduled = false;
      failure.report(unscheduled);
    }
  }

  private void sync(long lastSequence) {
    scheduled = false;
    if (log.appendedPosition() != idleAtPosition || failure.isLatched()) {
      return;
    }
    try {
      if (log.hasUnsynced()) {
        log.sync();
      }
      pipeline.raiseDurable(lastSequence);
      log.mark();
      vouchedPosition = log.appendedPosition();
    } catch (Throwable unknown) {
      failure.latch(unknown);
      return;
    }
    tellIdle();
  }

  private void tellIdle() {
    try {
      whenIdle.run();
    } catch (RuntimeException | Error unscheduled) {
      // It is a matter of tidiness alone.
      failure.report(unscheduled);
    }
  }
}

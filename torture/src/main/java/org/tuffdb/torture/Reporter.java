package org.tuffdb.torture;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// What the threads of a [Worker] report, and what they have reported so far.
final class Reporter {
  /// How the names of a store's own threads begin.
  private static final String BACKGROUND = "tuffdb ";

  private final Report.Pipe pipe;
  private final AtomicIntegerArray acknowledged = new AtomicIntegerArray(Step.WRITERS);
  private final AtomicIntegerArray seen = new AtomicIntegerArray(Step.WRITERS);
  private final AtomicInteger done = new AtomicInteger();

  Reporter(Report.Pipe pipe) {
    this.pipe = pipe;
  }

  void enter(Phase phase) throws IOException {
    pipe.send(Report.of(phase));
  }

  /// So many steps of a writer are acknowledged.
  void acknowledged(int writer, int steps, boolean durable) throws IOException {
    acknowledged.set(writer, steps);
    pipe.send(new Report(durable ? Report.Kind.DURABLE : Report.Kind.ACKNOWLEDGED, writer, steps));
  }

  int[] acknowledged() {
    int[] steps = new int[Step.WRITERS];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = acknowledged.get(i);
    }
    return steps;
  }

  /// All these steps have become durable, after they were acknowledged.
  void lasting(int[] steps) throws IOException {
    for (int i = 0; i < steps.length; i++) {
      if (steps[i] > 0) {
        pipe.send(new Report(Report.Kind.LASTING, i, steps[i]));
      }
    }
  }

  /// A read showed a step that must not be taken back. That is news only if it shows more than
  /// before.
  void seen(int writer, int steps) throws IOException {
    if (seen.getAndAccumulate(writer, steps, Math::max) < steps) {
      pipe.send(new Report(Report.Kind.LASTING, writer, steps));
    }
  }

  void seen(Contents contents) throws IOException {
    for (int i = 0; i < Step.WRITERS; i++) {
      int newest = Auditor.newest(contents, i);
      if (newest > 0) {
        seen(i, newest);
      }
    }
  }

  void did(Report.Kind what) {
    try {
      pipe.send(new Report(what, 0, done.incrementAndGet()));
    } catch (IOException parentIsGone) {
      // The thread that reports next ends this process.
    }
  }

  void befell(Mishap mishap) {
    try {
      pipe.send(new Report(Report.Kind.MISHAP, 0, mishap.letter()));
    } catch (IOException parentIsGone) {
      // The thread that reports next ends this process.
    }
  }

  /// The same for what a store tells of itself, unless it is the caller's own thread that tells it:
  /// then the call tells, too.
  void befellBackground(Throwable cause) {
    if (!Thread.currentThread().getName().startsWith(BACKGROUND)) {
      return;
    }
    try {
      befell(Mishap.of(cause).inBackground());
    } catch (Violation wrong) {
      failed(wrong);
    }
  }

  /// A call failed. If nobody is there to hear it, this process ends.
  void failed(Throwable failure) {
    failure.printStackTrace();
    try {
      enter(failure instanceof Violation ? Phase.WRONG : Phase.FAILED);
    } catch (IOException parentIsGone) {
      Runtime.getRuntime().halt(1);
    }
  }
}

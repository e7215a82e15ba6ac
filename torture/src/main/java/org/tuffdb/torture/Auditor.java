package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// Judges what a store holds after its [Worker] was stopped, by what the worker had reported.
///
/// Of each writer exactly a beginning of its steps must be there, and at least what was
/// acknowledged as durable or read; where the power stayed on, at least what was acknowledged. And
/// together they are a beginning, too: if a step is there, then so is each one that was
/// acknowledged, in whatever way, before it began.
final class Auditor {
  private final Work work;
  private final boolean powered;
  private final List<Ledger> ledgers = new ArrayList<>();
  private long acknowledged;

  /// @param powered whether nothing but the process ends: buffered writes survive that, too
  Auditor(long seed, boolean powered) {
    this(Work.small(seed), powered);
  }

  Auditor(Work work, boolean powered) {
    this.work = work;
    this.powered = powered;
    for (int i = 0; i < Step.WRITERS; i++) {
      ledgers.add(new Ledger(work, i));
    }
  }

  /// What the steps of the writers follow from.
  long seed() {
    return work.seed();
  }

  /// How many steps of each writer are known to be there, as [Worker] reads it.
  String positions() {
    return ledgers.stream()
        .map(ledger -> Integer.toString(ledger.steps()))
        .collect(Collectors.joining(" "));
  }

  /// How many changes were there, in all that was verified.
  long acknowledged() {
    return acknowledged;
  }

  /// @throws Violation if `contents` may not be there after `reports`
  void verify(Contents contents, List<Report> reports) {
    int[] least = new int[Step.WRITERS];
    int[] most = new int[Step.WRITERS];
    for (int i = 0; i < Step.WRITERS; i++) {
      least[i] = ledgers.get(i).steps();
      most[i] = least[i];
    }
    for (Report report : reports) {
      if (report.isOfWriter()) {
        int writer = report.writer();
        most[writer] = Math.max(most[writer], report.number());
        if (powered || report.kind() != Report.Kind.ACKNOWLEDGED) {
          least[writer] = Math.max(least[writer], report.number());
        }
      }
    }
    for (int i = 0; i < Step.WRITERS; i++) {
      // The step after the last one acknowledged may have been under way.
      find(ledgers.get(i), contents, least[i], most[i] + 1, i);
    }
    requirePrefix(reports);
  }

  private void find(Ledger ledger, Contents contents, int least, int most, int writer) {
    while (ledger.steps() < least) {
      acknowledged += ledger.advance();
    }
    ledger.compareWith(contents);
    int closest = least;
    int fewest = ledger.differences();
    String example = ledger.example();
    while (!ledger.isAsFound() && ledger.steps() < most) {
      acknowledged += ledger.advance();
      if (ledger.differences() < fewest) {
        fewest = ledger.differences();
        closest = ledger.steps();
        example = ledger.example();
      }
    }
    if (!ledger.isAsFound()) {
      throw new Violation(
          ("writer %d: the store holds no beginning of its steps from %d to %d; beside step %d"
                  + " %d keys differ, such as %s; its newest step there is %d")
              .formatted(writer, least, most, closest, fewest, example, newest(contents, writer)));
    }
  }

  /// How many steps of a writer there must be for what is found; fewer if later ones were undone.
  static int newest(Contents contents, int writer) {
    int newest = 0;
    for (String value : contents.values()) {
      if (Step.writer(value.split(" ", -1)[1]) == writer) {
        newest = Math.max(newest, Step.number(value) + 1);
      }
    }
    return newest;
  }

  /// The last step of a writer that is there began after the one before it was acknowledged, and so
  /// after all that was reported before that.
  private void requirePrefix(List<Report> reports) {
    int[] so = new int[Step.WRITERS];
    int[] needed = new int[Step.WRITERS];
    for (Report report : reports) {
      if (report.isOfWriter()) {
        int writer = report.writer();
        so[writer] = Math.max(so[writer], report.number());
        // Only an acknowledgement is reported before the next step begins.
        if (report.kind().isAcknowledgement() && report.number() < ledgers.get(writer).steps()) {
          for (int i = 0; i < Step.WRITERS; i++) {
            needed[i] = Math.max(needed[i], so[i]);
          }
        }
      }
    }
    int[] there = ledgers.stream().mapToInt(Ledger::steps).toArray();
    for (int i = 0; i < Step.WRITERS; i++) {
      if (there[i] < needed[i]) {
        throw new Violation(
            "what is there is no prefix: there are %s steps, which began after %s"
                .formatted(Arrays.toString(there), Arrays.toString(needed)));
      }
    }
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tuffdb.Db;
import org.tuffdb.fs.MemoryFileSystem;

/// The auditor accepts what a power cut may leave behind, and nothing else.
class AuditorTest {
  private static final long SEED = 7;

  private final Auditor auditor = new Auditor(SEED, false);
  private final List<Report> reports = new ArrayList<>();
  private Db db;

  @BeforeEach
  void open() {
    db = Db.builder(Path.of("store")).fileSystem(new MemoryFileSystem()).open();
  }

  @AfterEach
  void close() {
    db.close();
  }

  private void write(int writer, int from, int to) {
    for (int step = from; step < to; step++) {
      db.write(Step.of(Work.small(SEED), writer, step).batch());
    }
  }

  private void report(Report.Kind kind, int writer, int steps) {
    reports.add(new Report(kind, writer, steps));
  }

  private void verify() {
    auditor.verify(Contents.of(db), reports);
  }

  private void verifyFails() {
    assertThatThrownBy(this::verify).isInstanceOf(Violation.class);
  }

  @Test
  void acceptsAnyBeginningThatHoldsWhatIsDurable() {
    report(Report.Kind.DURABLE, 0, 3);
    report(Report.Kind.ACKNOWLEDGED, 0, 4);
    report(Report.Kind.ACKNOWLEDGED, 0, 5);
    write(0, 0, 4);
    verify();
    assertThat(auditor.positions()).isEqualTo("4 0 0 0");
  }

  @Test
  void whereThePowerStaysOnBufferedWritesAreThere() {
    report(Report.Kind.ACKNOWLEDGED, 0, 3);
    write(0, 0, 2);
    Auditor powered = new Auditor(SEED, true);
    assertThatThrownBy(() -> powered.verify(Contents.of(db), reports))
        .isInstanceOf(Violation.class);
    verify();
  }

  @Test
  void acceptsTheStepUnderWayAndGoesOnFromThere() {
    report(Report.Kind.DURABLE, 2, 30);
    write(2, 0, 31);
    verify();
    assertThat(auditor.positions()).isEqualTo("0 0 31 0");
    reports.clear();
    report(Report.Kind.DURABLE, 2, 40);
    write(2, 31, 40);
    verify();
  }

  @Test
  void missesADurableStep() {
    report(Report.Kind.DURABLE, 0, 5);
    write(0, 0, 4);
    verifyFails();
  }

  @Test
  void missesAStepThatWasRead() {
    report(Report.Kind.ACKNOWLEDGED, 1, 5);
    report(Report.Kind.LASTING, 1, 5);
    write(1, 0, 4);
    verifyFails();
  }

  @Test
  void missesAStepThatWasThereBefore() {
    write(0, 0, 5);
    report(Report.Kind.ACKNOWLEDGED, 0, 5);
    verify();
    reports.clear();
    db.close();
    open();
    write(0, 0, 4);
    verifyFails();
  }

  @Test
  void missesAStepInTheMiddle() {
    report(Report.Kind.ACKNOWLEDGED, 0, 5);
    write(0, 0, 3);
    write(0, 4, 5);
    verifyFails();
  }

  @Test
  void seesAStepTooMany() {
    report(Report.Kind.ACKNOWLEDGED, 0, 3);
    write(0, 0, 5);
    verifyFails();
  }

  /// Writer 1 had its step 0 acknowledged before writer 0 began its step 2.
  @Test
  void seesAHoleAcrossWriters() {
    report(Report.Kind.ACKNOWLEDGED, 0, 1);
    report(Report.Kind.ACKNOWLEDGED, 1, 1);
    report(Report.Kind.ACKNOWLEDGED, 0, 2);
    report(Report.Kind.ACKNOWLEDGED, 0, 3);
    write(0, 0, 3);
    verifyFails();
  }

  /// A sync of the upkeep says late what lasts.
  @Test
  void whatIsReportedLateSaysNothingOfTheOrder() {
    report(Report.Kind.ACKNOWLEDGED, 0, 1);
    report(Report.Kind.ACKNOWLEDGED, 0, 2);
    report(Report.Kind.ACKNOWLEDGED, 1, 1);
    report(Report.Kind.LASTING, 0, 1);
    write(0, 0, 2);
    verify();
  }

  @Test
  void acceptsAnEndThatBeganTogether() {
    report(Report.Kind.ACKNOWLEDGED, 0, 1);
    report(Report.Kind.ACKNOWLEDGED, 1, 1);
    report(Report.Kind.ACKNOWLEDGED, 0, 2);
    write(0, 0, 2);
    verify();
  }

  @Test
  void seesAWrongValue() {
    report(Report.Kind.ACKNOWLEDGED, 0, 3);
    write(0, 0, 3);
    db.put(
        Step.of(Work.small(SEED), 0, 0).changes().getFirst().keyBytes(),
        "0 a0000 x".getBytes(StandardCharsets.US_ASCII));
    verifyFails();
  }
}

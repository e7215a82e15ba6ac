package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.fs.MemoryFileSystem;

/// The oracle accepts what a kill may leave behind, and nothing else.
class OracleTest {
  private static final long SEED = 7;
  private static final int STEPS = 40;
  private static final int WRITER = 3;

  @TempDir Path folder;

  private Input input;
  private Oracle oracle;
  private Db db;

  @BeforeEach
  void open() throws IOException {
    input = Input.prepare(folder.resolve("input"));
    oracle = new Oracle(input, SEED);
    db = Db.builder(Path.of("store")).fileSystem(new MemoryFileSystem()).open();
  }

  @AfterEach
  void close() {
    db.close();
  }

  /// The steps of one writer; the others write nothing.
  private List<List<Change>> steps() {
    Script script = new Script(input, SEED, WRITER);
    List<List<Change>> steps = new ArrayList<>();
    for (int i = 0; i < STEPS; i++) {
      steps.add(script.next());
    }
    return steps;
  }

  private void write(List<Change> changes) {
    for (Change change : changes) {
      Batch batch = new Batch();
      Victim.add(batch, change);
      db.write(batch);
    }
  }

  private void verify(int acknowledged) {
    int[] steps = new int[Script.WRITERS];
    steps[WRITER] = acknowledged;
    oracle.verify(db, steps);
  }

  private static int indexOfBatch(List<List<Change>> steps) {
    int index = STEPS - 1;
    while (steps.get(index).size() < 2 || steps.get(index).getFirst().value() == null) {
      index--;
    }
    return index;
  }

  @Test
  void acceptsWhatWasAcknowledged() {
    steps().forEach(this::write);
    verify(STEPS);
    assertThat(oracle.acknowledgedChanges()).isEqualTo(steps().stream().mapToInt(List::size).sum());
  }

  @Test
  void acceptsTheStepUnderWayAndGoesOnFromThere() {
    List<List<Change>> steps = steps();
    int batch = indexOfBatch(steps);
    steps.subList(0, batch + 1).forEach(this::write);
    verify(batch);
    assertThat(oracle.positions().split(" ", -1)[WRITER]).startsWith(batch + 1 + ":");
    steps.subList(batch + 1, STEPS).forEach(this::write);
    verify(STEPS);
  }

  @Test
  void missesAnAcknowledgedStep() {
    List<List<Change>> steps = steps();
    int batch = indexOfBatch(steps);
    steps.subList(0, batch).forEach(this::write);
    assertThatThrownBy(() -> verify(batch + 1)).isInstanceOf(Violation.class);
  }

  @Test
  void missesAnAcknowledgedStepInTheMiddle() {
    List<List<Change>> steps = steps();
    steps.remove(indexOfBatch(steps));
    steps.forEach(this::write);
    assertThatThrownBy(() -> verify(STEPS)).isInstanceOf(Violation.class);
  }

  @Test
  void seesHalfOfABatch() {
    List<List<Change>> steps = steps();
    int batch = indexOfBatch(steps);
    steps.subList(0, batch).forEach(this::write);
    write(steps.get(batch).subList(1, steps.get(batch).size()));
    assertThatThrownBy(() -> verify(batch)).isInstanceOf(Violation.class);
  }

  @Test
  void seesAStepTooMany() {
    List<List<Change>> steps = steps();
    int batch = indexOfBatch(steps);
    steps.subList(0, batch + 1).forEach(this::write);
    assertThatThrownBy(() -> verify(batch - 1)).isInstanceOf(Violation.class);
  }

  @Test
  void seesAWrongValue() {
    steps().forEach(this::write);
    db.put(steps().getFirst().getFirst().keyBytes(), new byte[] {1});
    assertThatThrownBy(() -> verify(STEPS)).isInstanceOf(Violation.class);
  }

  /// A key that no step of this run touched: only the scan can miss it.
  @Test
  void missesAKeyOfAnEarlierRun() {
    steps().forEach(this::write);
    verify(STEPS);
    db.delete(steps().getLast().getLast().keyBytes());
    List<List<Change>> puts =
        steps().stream().filter(step -> step.getFirst().value() != null).toList();
    db.delete(puts.getLast().getFirst().keyBytes());
    assertThatThrownBy(() -> verify(STEPS)).isInstanceOf(Violation.class);
  }
}

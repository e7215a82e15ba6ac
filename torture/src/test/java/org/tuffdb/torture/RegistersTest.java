package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RegistersTest {
  private final Registers registers = new Registers();

  private void write(String value, long begun, long ended) {
    registers.wrote("k", value, begun, ended);
  }

  private void read(String value, long begun, long ended) {
    registers.read("k", value, begun, ended);
  }

  @Test
  void whatOverlapsMayHaveAnyOrder() {
    write("a", 1, 10);
    write("b", 2, 9);
    read("b", 3, 4);
    read("a", 11, 12);
    registers.check(0);
  }

  @Test
  void aWriteThatNeverReturnedMayHaveTakenEffectOrNot() {
    write("a", 1, 2);
    write("b", 3, Long.MAX_VALUE);
    write("c", 4, Long.MAX_VALUE);
    read("a", 5, 6);
    read("b", 7, 8);
    registers.check(0);
  }

  @Test
  void aReadOfWhatWasOverwrittenBeforeIsFound() {
    write("a", 1, 2);
    write("b", 3, 4);
    read("a", 5, 6);
    assertThatThrownBy(() -> registers.check(0)).isInstanceOf(Violation.class);
  }

  @Test
  void aValueThatComesBackIsFound() {
    write("a", 1, 2);
    write("b", 1, 9);
    read("a", 3, 4);
    read("b", 5, 6);
    read("a", 7, 8);
    assertThatThrownBy(() -> registers.check(0)).isInstanceOf(Violation.class);
  }

  @Test
  void nothingIsReadBeforeItIsWritten() {
    read("a", 1, 2);
    write("a", 3, 4);
    assertThatThrownBy(() -> registers.check(0)).hasMessageContaining("before it was written");
  }

  @Test
  void whatNobodyWroteIsFound() {
    read("a", 1, 2);
    assertThatThrownBy(() -> registers.check(0)).hasMessageContaining("nobody wrote");
  }

  @Test
  void viewsLieOnOneHistory() {
    Sight.requireOneHistory(
        List.of(
            new Sight(new int[] {1, 2}), new Sight(new int[] {0, 1}), new Sight(new int[] {1, 1})));
    assertThatThrownBy(() ->
            Sight.requireOneHistory(
                List.of(new Sight(new int[] {1, 0}), new Sight(new int[] {0, 1}))))
        .isInstanceOf(Violation.class);
  }

  @Test
  void historiesHaveOneOrder() throws Exception {
    assertThat(Brief.run(new Histories(), 2)).startsWith("2 histories, ");
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StackEndTest {
  private int called;

  /// Returns how many frames there were.
  private int recurse(int depth) {
    called++;
    return depth == 0 ? 0 : 1 + recurse(depth - 1);
  }

  @Test
  void aCallThatNeedsMoreThanIsLeftOverflows() {
    assertThat(StackEnd.call(200, () -> recurse(10_000))).isInstanceOf(StackOverflowError.class);
    assertThat(called).isPositive();
  }

  @Test
  void aCallThatNeedsLessReturns() {
    assertThat(StackEnd.call(2_000, () -> recurse(10))).isNull();
    assertThat(called).isEqualTo(11);
  }
}

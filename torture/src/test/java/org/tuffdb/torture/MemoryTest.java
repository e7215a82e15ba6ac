package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryTest {
  /// The last of so many runs goes through all that a process does on stacks that end.
  private static final int RUNS = 4;

  @Test
  void whatRunsOutLosesNothing() throws Exception {
    assertThat(Brief.run(new Memory(), RUNS))
        .matches(
            "4 runs .*, [1-9]\\d* steps acknowledged; [1-9]\\d* calls overflowed the stack, .*;"
                + " 0 violations, seed 1, .*");
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryTest {
  @Test
  void whatRunsOutLosesNothing() throws Exception {
    assertThat(Brief.run(new Memory(), 2))
        .matches(
            "2 runs .*, [1-9]\\d* steps acknowledged; .* calls overflowed the stack, .*;"
                + " 0 violations, seed 1, .*");
  }
}

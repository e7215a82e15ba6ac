package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoryTest {
  @Test
  void whatRunsOutLosesNothing() throws Exception {
    assertThat(Brief.run(new Memory(Bug.NONE), 2))
        .matches(
            "2 runs .*, [1-9]\\d* steps acknowledged; [1-9]\\d* calls overflowed the stack,"
                + " [1-9]\\d* calls found no memory, .*; 0 violations, seed 1, .*");
  }

  @Test
  void aShortageThatIsIgnoredIsFound() {
    Memory campaign = new Memory(Bug.SHORTAGE_IGNORED);
    assertThatThrownBy(() -> Brief.run(campaign, 4)).isInstanceOf(Violation.class);
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailingCallsTest {
  @Test
  void aCallThatFailsLosesNothing() throws Exception {
    assertThat(Brief.run(new FailingCalls(Bug.NONE), 6))
        .matches("6 cycles, [1-9]\\d* changes there of .*; 0 violations, seed 1, .*");
  }

  @Test
  void aFailureThatIsIgnoredIsFound() throws Exception {
    FailingCalls campaign = new FailingCalls(Bug.FULL_DISK_IGNORED);
    Brief.find(campaign, 60);
  }
}

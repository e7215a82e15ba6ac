package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OpenEndedTest {
  @Test
  void aNumberIsNotBelievedForItsChecksum() throws Exception {
    assertThat(Brief.run(OpenEnded.STRUCTURES, 500)).matches("500 cases, .* violations: 0, .*");
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class KillTest {
  @Test
  void aKilledProcessLosesNothingAcknowledged() throws Exception {
    Settings settings = new Settings(OptionalInt.of(3), OptionalInt.empty(), 1);
    assertThat(new Kill().run(settings))
        .matches("3 runs, [1-9]\\d* acknowledged writes, 0 lost, .*");
  }
}

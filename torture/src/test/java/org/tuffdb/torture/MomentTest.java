package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MomentTest {
  /// `failing-calls --seed 2`: no process had closed its store for so long that nothing was left.
  @Test
  void aPhaseThatTookNoTimeHasAMomentToo() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      assertThat(Moment.draw(random, 0, 0, 1).nanos()).isZero();
    }
  }
}

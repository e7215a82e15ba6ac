package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FullDiskTest {
  @Test
  void aFullDiskLosesNothingAndWorkGoesOn() throws Exception {
    assertThat(Brief.run(FullDisk.small(Bug.NONE), 6))
        .matches(
            "6 amounts of room .*, [1-9]\\d* acknowledged steps, refused: [1-9].*, 0 violations, .*");
  }

  @Test
  void aRefusalThatIsIgnoredIsFound() throws Exception {
    FullDisk campaign = FullDisk.small(Bug.FULL_DISK_IGNORED);
    Brief.find(campaign, 6);
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LostSyncTest {
  @Test
  void aFailedSyncTakesNothingBack() throws Exception {
    assertThat(Brief.run(LostSync.of(DiskKind.EXT4, FileKind.LOG, Bug.NONE), 1))
        .matches("1 stores, of which 1 saw a sync fail, .*, 0 violations, seed 1, .*");
  }

  @Test
  void aSyncThatIsTriedAgainIsFound() throws Exception {
    LostSync campaign = LostSync.of(DiskKind.EXT4, FileKind.LOG, Bug.SYNC_RETRIED);
    Brief.find(campaign, 60);
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PowerCutsTest {
  @ParameterizedTest
  @EnumSource(names = {"EXT4", "XFS"})
  void aPowerCutTakesNothingBack(DiskKind kind) throws Exception {
    assertThat(Brief.run(PowerCuts.byShutdown(kind, Bug.NONE), 3))
        .matches("3 cycles, [1-9]\\d* changes there of .*; 0 violations, seed 1, .*");
  }

  @Test
  void aDiskThatForgetsItsCacheTakesNothingBack() throws Exception {
    assertThat(Brief.run(PowerCuts.ofVolatileDisk(DiskKind.EXT4, Bug.NONE), 1))
        .matches("1 cycles, .*; 0 violations, seed 1, .*");
  }

  @Test
  void aDiskThatForgetsItsCacheFindsAMissingSync() throws Exception {
    PowerCuts campaign = PowerCuts.ofVolatileDisk(DiskKind.EXT4, Bug.LOG_NOT_SYNCED);
    Brief.find(campaign, 20);
  }

  @ParameterizedTest
  @EnumSource(names = {"LOG_NOT_SYNCED", "TABLE_NOT_SYNCED"})
  void aMissingSyncIsFound(Bug bug) throws Exception {
    PowerCuts campaign = PowerCuts.byShutdown(DiskKind.EXT4, bug);
    Brief.find(campaign, 40);
  }
}

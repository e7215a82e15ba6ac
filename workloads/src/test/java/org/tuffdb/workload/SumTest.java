package org.tuffdb.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SumTest {
  /// With signed bytes they would cancel out, and an entry that is there would count as empty.
  @Test
  void whatIsThereAddsUpToMoreThanNothing() {
    byte[] bytes = {-1, 0, 0, -3};
    assertThat(Sum.of(bytes)).isEqualTo(4 + 255 + 253);
    assertThat(Sum.of(ByteBuffer.wrap(bytes))).isEqualTo(4 + 255 + 253);
    assertThat(Sum.of(MemorySegment.ofArray(bytes))).isEqualTo(4 + 255 + 253);
  }

  @Test
  void nothingIsNothing() {
    assertThat(Sum.of(new byte[0])).isZero();
  }
}

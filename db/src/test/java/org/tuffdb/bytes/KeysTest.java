package org.tuffdb.bytes;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// Keys of every short length, that differ nowhere or in any one place.
final class KeysTest {
  private static final int LENGTH_MAX = 35;
  private static final int A_AT = 3;
  private static final int B_AT = 6;

  @Test
  void keysAreTheSameIfAllTheirBytesAre() {
    for (int length = 0; length <= LENGTH_MAX; length++) {
      byte[] a = new byte[A_AT + length + 1];
      byte[] b = new byte[B_AT + length + 1];
      a[A_AT + length] = 1; // what lies behind a key is not part of it, nor what lies before
      b[B_AT - 1] = 1;
      assertThat(isSame(a, b, length)).isTrue();
      for (int i = 0; i < length; i++) {
        b[B_AT + i] = 1;
        assertThat(isSame(a, b, length)).as("byte %d of %d", i, length).isFalse();
        b[B_AT + i] = 0;
      }
    }
  }

  private static boolean isSame(byte[] a, byte[] b, int length) {
    return Keys.isSame(MemorySegment.ofArray(a), A_AT, MemorySegment.ofArray(b), B_AT, length);
  }
}

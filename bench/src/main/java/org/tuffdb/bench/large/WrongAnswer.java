package org.tuffdb.bench.large;

import java.util.Arrays;
import java.util.HexFormat;

/// The store has answered wrongly.
final class WrongAnswer extends RuntimeException {
  private static final long serialVersionUID = 1;

  WrongAnswer(String message) {
    super(message);
  }

  /// A value of `length` bytes was found, -1 for none, instead of that of a version.
  WrongAnswer(byte[] key, long number, int length, byte[] value, int version) {
    super(
        "key %s, number %,d: expected version %d, found %s"
            .formatted(
                HexFormat.of().formatHex(key),
                number,
                version,
                length < 0
                    ? "nothing"
                    : length
                        + " bytes "
                        + HexFormat.of()
                            .formatHex(Arrays.copyOf(value, Math.min(length, value.length)))));
  }
}

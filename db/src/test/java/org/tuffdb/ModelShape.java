package org.tuffdb;

import java.util.Arrays;
import java.util.SplittableRandom;

/// Tiny limits, and keys and values for them, drawn from a seed. The keys are few, so that they are
/// overwritten, deleted and met again.
final class ModelShape {
  private static final String[] PREFIXES = {
    "", "", "", "user0000", "user000000001", "p".repeat(90)
  };

  private final SplittableRandom random;
  private final Options options;
  private final byte[] prefix;
  private final int keyBytesMax;
  private final int valueBytesMax;

  /// For a while, all keys are drawn with this first byte.
  private int focus = -1;

  private long values;

  ModelShape(SplittableRandom random) {
    this.random = random;
    prefix =
        PREFIXES[random.nextInt(PREFIXES.length)].getBytes(
            java.nio.charset.StandardCharsets.US_ASCII);
    keyBytesMax = 1 + random.nextInt(4);
    valueBytesMax = random.nextBoolean() ? 1_000 : 100;
    options =
        Options.builder()
            .memory((1 << 20) + random.nextInt(3) * (512 << 10))
            .memtable((20 + 10 * random.nextInt(3)) << 10)
            .logFile(4 << random.nextInt(10, 16))
            .block(64 << random.nextInt(7))
            .table(1024 << random.nextInt(4))
            .levels(2 + random.nextInt(3))
            .level0Tables(1 + random.nextInt(4))
            .levelRatio(2 + random.nextInt(3))
            .baseLevel(1024 << random.nextInt(4))
            .reading(random.nextBoolean() ? Reading.MAPPED : Reading.CACHED)
            .compression(compression())
            .lastLevelCompression(compression())
            .filterBits(random.nextBoolean() ? 10 : 0)
            .build();
  }

  private Compression compression() {
    return random.nextBoolean() ? Compression.LZ4 : Compression.NONE;
  }

  Options options() {
    return options;
  }

  void changeFocus() {
    focus = random.nextInt(-8, 8);
  }

  byte[] key() {
    byte[] key = Arrays.copyOf(prefix, prefix.length + 1 + random.nextInt(keyBytesMax));
    for (int i = prefix.length; i < key.length; i++) {
      // Few bytes, among them the least, the greatest and those that look negative.
      int drawn = i == prefix.length && focus >= 0 ? focus : random.nextInt(8);
      key[i] = (byte) (drawn * 255 / 7);
    }
    return key;
  }

  /// A value that is there once only, if it has a few bytes.
  byte[] value() {
    byte[] value = new byte[valueBytes()];
    if (random.nextBoolean()) {
      random.nextBytes(value);
    }
    long number = ++values;
    for (int i = 0; i < Math.min(5, value.length); i++) {
      value[i] = (byte) (number >>> (8 * i));
    }
    return value;
  }

  private int valueBytes() {
    int drawn = random.nextInt(1_000);
    if (drawn == 0) {
      return random.nextInt(30_000);
    }
    return drawn < 900 ? random.nextInt(40) : random.nextInt(valueBytesMax);
  }

  /// Mostly a short range: a long one leaves nothing to test with.
  KeyRange rangeToDelete() {
    byte[] key = key();
    return switch (random.nextInt(100)) {
      case 0 -> KeyRange.atLeast(key);
      case 1 -> KeyRange.lessThan(key);
      case 2 -> KeyRange.all();
      case 3, 4, 5, 6 -> between(key, key());
      default -> near(key);
    };
  }

  /// From a key to one that differs in the last byte alone, or the keys that begin with it.
  private KeyRange near(byte[] key) {
    if (random.nextBoolean()) {
      return KeyRange.prefix(key);
    }
    byte[] other = key.clone();
    other[key.length - 1] = (byte) (random.nextInt(8) * 255 / 7);
    return between(key, other);
  }

  KeyRange range() {
    KeyRange range =
        switch (random.nextInt(8)) {
          case 0 -> KeyRange.atLeast(key());
          case 1 -> KeyRange.lessThan(key());
          case 2, 3 -> KeyRange.prefix(key());
          case 4 -> between(key(), key());
          case 5, 6 -> near(key());
          default -> KeyRange.all();
        };
    return random.nextBoolean() ? range.reversed() : range;
  }

  private static KeyRange between(byte[] a, byte[] b) {
    return Arrays.compareUnsigned(a, b) <= 0
        ? KeyRange.closedOpen(a, b)
        : KeyRange.closedOpen(b, a);
  }
}

package org.tuffdb.memtable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/// Kinds of keys that a memtable may meet.
enum KeyShape {
  RANDOM_16 {
    @Override
    byte[] key(Random random, int i) {
      byte[] key = new byte[16];
      random.nextBytes(key);
      return key;
    }
  },
  ONE_BYTE {
    @Override
    byte[] key(Random random, int i) {
      return new byte[] {(byte) random.nextInt()};
    }
  },
  ONE_KEY {
    @Override
    byte[] key(Random random, int i) {
      return new byte[] {'k'};
    }
  },
  ASCENDING {
    @Override
    byte[] key(Random random, int i) {
      return ByteBuffer.allocate(8).putInt(7).putInt(i).array();
    }
  },
  DESCENDING {
    @Override
    byte[] key(Random random, int i) {
      return ByteBuffer.allocate(4).putInt(-i).array();
    }
  },
  ASCENDING_TEXT {
    @Override
    byte[] key(Random random, int i) {
      return text(String.format(Locale.ROOT, "user%012d", i));
    }
  },
  RANDOM_TEXT {
    @Override
    byte[] key(Random random, int i) {
      return text(String.format(Locale.ROOT, "user%012d", random.nextInt(1_000_000)));
    }
  },
  TENANTS_ASCENDING {
    @Override
    byte[] key(Random random, int i) {
      return text(String.format(Locale.ROOT, "tenant/%03d/row/%09d", random.nextInt(20), i));
    }
  },
  /// Any two of a few hundred: each begins many others.
  PREFIXES_OF_EACH_OTHER {
    @Override
    byte[] key(Random random, int i) {
      byte[] key = new byte[1 + random.nextInt(300)];
      if (random.nextInt(4) == 0) {
        key[random.nextInt(key.length)] = (byte) random.nextInt();
      }
      return key;
    }
  },
  ZEROS_AND_ONES_AND_HIGH_BYTES {
    @Override
    byte[] key(Random random, int i) {
      byte[] key = new byte[1 + random.nextInt(12)];
      for (int at = 0; at < key.length; at++) {
        key[at] = (byte) new int[] {0, 1, 0x7f, 0x80, 0xff}[random.nextInt(5)];
      }
      return key;
    }
  },
  LONG_COMMON_PREFIX {
    @Override
    byte[] key(Random random, int i) {
      byte[] key = new byte[200 + random.nextInt(8)];
      for (int at = 190; at < key.length; at++) {
        key[at] = (byte) random.nextInt(3);
      }
      return key;
    }
  },
  /// Clusters with deep prefixes of their own, and keys that fall between them.
  CLUSTERS {
    @Override
    byte[] key(Random random, int i) {
      byte[] key = new byte[1 + random.nextInt(24)];
      Arrays.fill(key, (byte) ('a' + random.nextInt(3)));
      int varied = Math.min(key.length, random.nextInt(4));
      for (int at = 0; at < varied; at++) {
        key[key.length - 1 - at] = (byte) random.nextInt();
      }
      return key;
    }
  },
  HUGE {
    @Override
    byte[] key(Random random, int i) {
      byte[] key = new byte[(64 << 10) - random.nextInt(3)];
      key[random.nextInt(4) * 20_000] = (byte) random.nextInt();
      return key;
    }
  };

  /// The i-th key of a run of inserts.
  abstract byte[] key(Random random, int i);

  int countMax() {
    return this == HUGE ? 300 : Integer.MAX_VALUE;
  }

  private static byte[] text(String key) {
    return key.getBytes(StandardCharsets.US_ASCII);
  }
}

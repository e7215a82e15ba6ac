package org.tuffdb.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Makes new inputs of old ones.
final class Mutator {
  private static final int CHANGES_MAX_LOG = 4;
  private static final int PIECE_BYTES_MAX = 64;
  private static final int WAYS = 10;

  private final SplittableRandom random;
  private final List<byte[]> words;
  private final int bytesMax;

  /// @param words what inputs are made of
  /// @param bytesMax how long inputs get
  Mutator(SplittableRandom random, List<byte[]> words, int bytesMax) {
    this.random = random;
    this.words = words;
    this.bytesMax = bytesMax;
  }

  /// Changes `input` in a few ways, one after the other.
  ///
  /// @param other gives a part
  byte[] mutated(byte[] input, byte[] other) {
    byte[] changed = input.clone();
    for (int left = 1 << random.nextInt(CHANGES_MAX_LOG + 1); left > 0; left--) {
      changed = change(changed, other);
    }
    return changed.length > bytesMax ? Arrays.copyOf(changed, bytesMax) : changed;
  }

  private byte[] change(byte[] input, byte[] other) {
    if (input.length == 0) {
      return inserted(input, 0, noise());
    }
    int at = random.nextInt(input.length);
    int piece = Math.min(1 + random.nextInt(PIECE_BYTES_MAX), input.length - at);
    return switch (random.nextInt(words.isEmpty() ? WAYS : WAYS + 3)) {
      case 0 -> overwritten(input, at, (byte) (input[at] ^ (1 << random.nextInt(Byte.SIZE))));
      case 1 -> overwritten(input, at, (byte) random.nextInt());
      case 2 -> overwritten(input, at, number(boundary()));
      case 3 -> overwritten(input, at, (byte) (input[at] + random.nextInt(33) - 16));
      case 4 -> without(input, at, piece);
      case 5 -> inserted(input, at, Arrays.copyOfRange(input, at, at + piece));
      case 6 ->
          overwritten(
              input, random.nextInt(input.length), Arrays.copyOfRange(input, at, at + piece));
      case 7 -> inserted(input, at, noise());
      case 8 -> spliced(input, at, other);
      case 9 -> inserted(input, at, piece(other));
      case 10 -> overwritten(input, at, word());
      default -> inserted(input, at, word());
    };
  }

  private byte[] noise() {
    byte[] noise = new byte[1 + random.nextInt(8)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] word() {
    return words.get(random.nextInt(words.size()));
  }

  private byte[] piece(byte[] other) {
    int from = random.nextInt(other.length + 1);
    int length = Math.min(random.nextInt(PIECE_BYTES_MAX), other.length - from);
    return Arrays.copyOfRange(other, from, from + length);
  }

  private long boundary() {
    return switch (random.nextInt(6)) {
      case 0 -> 0;
      case 1 -> -1;
      case 2 -> 1L << random.nextInt(Long.SIZE);
      case 3 -> (1L << random.nextInt(Long.SIZE)) - 1;
      case 4 -> -(1L << random.nextInt(Long.SIZE));
      default -> random.nextInt(bytesMax);
    };
  }

  /// A number of 1, 2, 4 or 8 bytes.
  private byte[] number(long value) {
    byte[] bytes = new byte[1 << random.nextInt(4)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (value >>> (i * Byte.SIZE));
    }
    return bytes;
  }

  private static byte[] overwritten(byte[] input, int at, byte... by) {
    byte[] changed = input.clone();
    System.arraycopy(by, 0, changed, at, Math.min(by.length, input.length - at));
    return changed;
  }

  private static byte[] inserted(byte[] input, int at, byte[] piece) {
    byte[] longer = Arrays.copyOf(input, input.length + piece.length);
    System.arraycopy(piece, 0, longer, at, piece.length);
    System.arraycopy(input, at, longer, at + piece.length, input.length - at);
    return longer;
  }

  private static byte[] without(byte[] input, int at, int length) {
    byte[] shorter = Arrays.copyOf(input, input.length - length);
    System.arraycopy(input, at + length, shorter, at, shorter.length - at);
    return shorter;
  }

  /// The beginning of one and the end of the other.
  private byte[] spliced(byte[] input, int at, byte[] other) {
    int from = Math.min(random.nextBoolean() ? at : random.nextInt(other.length + 1), other.length);
    byte[] both = Arrays.copyOf(input, at + other.length - from);
    System.arraycopy(other, from, both, at, other.length - from);
    return both;
  }
}

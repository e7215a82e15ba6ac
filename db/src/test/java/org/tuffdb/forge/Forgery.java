package org.tuffdb.forge;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A sound file made wrong in one way, with all its checksums right.
///
/// @param what what was done to it
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
public record Forgery(String what, byte[] content) {
  private static final int REARRANGED_ONE_IN = 4;
  private static final int SECOND_CHANGE_ONE_IN = 6;

  public static Forgery draw(Structure structure, SplittableRandom random) {
    if (structure.parts().isEmpty() || random.nextInt(REARRANGED_ONE_IN) == 0) {
      return new Forgery("its pieces are others", structure.rearranged(random));
    }
    byte[] changed = structure.content().clone();
    StringBuilder what = new StringBuilder(change(structure, changed, random));
    if (random.nextInt(SECOND_CHANGE_ONE_IN) == 0) {
      what.append("; ").append(change(structure, changed, random));
    }
    structure.seal(changed);
    return new Forgery(what.toString(), changed);
  }

  private static String change(Structure structure, byte[] changed, SplittableRandom random) {
    Map.Entry<String, List<Field>> part = pick(List.copyOf(structure.parts().entrySet()), random);
    Field field = pick(part.getValue(), random);
    Field other = pick(part.getValue(), random);
    long before = field.get(changed);
    long value = value(before, field, other.get(changed), changed.length, random);
    field.set(changed, value);
    return "%s, %s at %d: %d, not %d"
        .formatted(part.getKey(), field.name(), field.at(), field.get(changed), before);
  }

  /// What readers may stumble over: where a number begins and ends, what is near, what is
  /// elsewhere.
  private static long value(
      long before, Field field, long other, int fileBytes, SplittableRandom random) {
    int bits = field.bytes() * Byte.SIZE;
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> -1;
      case 3 -> (1L << (bits - 1)) - 1;
      case 4 -> 1L << (bits - 1);
      case 5 -> before + (random.nextBoolean() ? 1 : -1);
      case 6 -> before ^ (1L << random.nextInt(bits));
      case 7 -> other;
      case 8 -> random.nextInt(2 * fileBytes);
      default -> random.nextLong() >>> random.nextInt(Long.SIZE);
    };
  }

  public static <T> T pick(List<T> from, SplittableRandom random) {
    return from.get(random.nextInt(from.size()));
  }
}

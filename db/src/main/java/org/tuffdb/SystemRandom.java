package org.tuffdb;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Chance as the operating system gives it. For any thread.
final class SystemRandom implements RandomGenerator {
  /// Set when it is first needed, as looking for it takes the JDK tens of milliseconds. Not by an
  /// initializer: one that fails for want of memory is never run again.
  private static volatile @Nullable SecureRandom source;

  @Override
  public long nextLong() {
    SecureRandom known = source;
    if (known == null) {
      known = new SecureRandom();
      source = known;
    }
    return known.nextLong();
  }
}

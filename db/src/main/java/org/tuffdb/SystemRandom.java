package org.tuffdb;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/// Chance as the operating system gives it. For any thread.
final class SystemRandom implements RandomGenerator {
  @Override
  public long nextLong() {
    return Source.RANDOM.nextLong();
  }

  /// Looking for it takes the JDK tens of milliseconds the first time: not before it is needed.
  private static final class Source {
    static final SecureRandom RANDOM = new SecureRandom();
  }
}

package org.tuffdb.shell;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tuffdb.KeyRange;
import picocli.CommandLine.Option;

/// The options that say which keys.
final class RangeOptions {
  @Option(names = "--from", paramLabel = "KEY", description = "Begin with this key, included.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "KEY", description = "End before this key.")
  private @Nullable String to;

  @Option(names = "--prefix", paramLabel = "KEY", description = "Only keys that begin like this.")
  private @Nullable String prefix;

  /// Whether any of them was given.
  boolean isGiven() {
    return from != null || to != null || prefix != null;
  }

  /// Refuses a bound without a key, which would mean more keys than somebody thought of.
  void requireNoEmptyBound() {
    require(from, "--from");
    require(to, "--to");
  }

  private static void require(@Nullable String bound, String option) {
    if (bound != null && bound.isEmpty()) {
      throw new UsageException(option + " is empty: leave it out, or say --prefix '' for all keys");
    }
  }

  /// The keys, in ascending order; all if nothing was given.
  KeyRange range() {
    if (prefix != null) {
      if (from != null || to != null) {
        throw new UsageException("--prefix goes with neither --from nor --to");
      }
      return KeyRange.prefix(Text.ofArgument(prefix));
    }
    if (from == null) {
      return to == null ? KeyRange.all() : KeyRange.lessThan(Text.ofArgument(to));
    }
    byte[] first = Text.ofArgument(from);
    return to == null ? KeyRange.atLeast(first) : between(first, from, to);
  }

  private static KeyRange between(byte[] first, String from, String to) {
    byte[] limit = Text.ofArgument(to);
    if (Arrays.compareUnsigned(first, limit) > 0) {
      throw new UsageException(
          "--from %s comes after --to %s".formatted(Text.quoted(from), Text.quoted(to)));
    }
    return KeyRange.closedOpen(first, limit);
  }
}

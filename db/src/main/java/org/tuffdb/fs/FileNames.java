package org.tuffdb.fs;

import java.nio.file.Path;
import java.util.OptionalLong;
import org.tuffdb.error.DbException;

/// The names of the files in a store's directory. Numbers are given out once and never again,
/// whatever the kind.
public final class FileNames {
  /// The highest number that a file can have: positions in a log have no room for more.
  public static final long NUMBER_MAX = Integer.MAX_VALUE;

  public static final String LOCK = "LOCK";
  public static final String CURRENT = "CURRENT";
  public static final String CURRENT_TEMPORARY = "CURRENT.new";
  private static final String LOG_SUFFIX = ".log";
  private static final String TABLE_SUFFIX = ".table";
  private static final String TORN_SUFFIX = ".torn";
  private static final String COPY_SUFFIX = ".new";
  private static final String MANIFEST_PREFIX = "MANIFEST-";

  private FileNames() {}

  public static Path log(Path directory, long number) {
    return directory.resolve(padded(number) + LOG_SUFFIX);
  }

  public static Path table(Path directory, long number) {
    return directory.resolve(padded(number) + TABLE_SUFFIX);
  }

  /// The copy of a torn tail that recovery took off log `number`.
  public static Path torn(Path directory, long number) {
    return directory.resolve(padded(number) + TORN_SUFFIX);
  }

  /// Where recovery makes a copy of `log`, before it takes the place of that.
  public static Path copy(Path log) {
    return log.resolveSibling(log.getFileName() + COPY_SUFFIX);
  }

  public static Path manifest(Path directory, long number) {
    return directory.resolve(MANIFEST_PREFIX + padded(number));
  }

  public static OptionalLong logNumber(String name) {
    return name.endsWith(LOG_SUFFIX)
        ? number(name.substring(0, name.length() - LOG_SUFFIX.length()))
        : OptionalLong.empty();
  }

  public static OptionalLong tableNumber(String name) {
    return name.endsWith(TABLE_SUFFIX)
        ? number(name.substring(0, name.length() - TABLE_SUFFIX.length()))
        : OptionalLong.empty();
  }

  public static OptionalLong tornNumber(String name) {
    return name.endsWith(TORN_SUFFIX)
        ? number(name.substring(0, name.length() - TORN_SUFFIX.length()))
        : OptionalLong.empty();
  }

  /// Whether it is what [#copy] says.
  public static boolean isCopy(String name) {
    return name.endsWith(COPY_SUFFIX)
        && logNumber(name.substring(0, name.length() - COPY_SUFFIX.length())).isPresent();
  }

  public static OptionalLong manifestNumber(String name) {
    return name.startsWith(MANIFEST_PREFIX)
        ? number(name.substring(MANIFEST_PREFIX.length()))
        : OptionalLong.empty();
  }

  /// @throws DbException if there is no such number: then they have run out
  private static String padded(long number) {
    if (number < 0 || number > NUMBER_MAX) {
      throw new DbException(
          "the numbers of files have run out at %d: has the directory a file with a number that high?"
              .formatted(number));
    }
    String digits = Long.toString(number);
    return "0".repeat(Math.max(0, 6 - digits.length())) + digits;
  }

  /// Only what [#padded] writes counts: a name that is merely similar is not ours to touch.
  private static OptionalLong number(String digits) {
    if (digits.isEmpty() || digits.length() > 18 || !isDecimal(digits)) {
      return OptionalLong.empty();
    }
    long number = Long.parseLong(digits);
    return number <= NUMBER_MAX && padded(number).equals(digits)
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }

  private static boolean isDecimal(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}

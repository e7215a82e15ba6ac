package org.tuffdb.torture;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbClosedException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.error.ReadOnlyException;

/// What befalls a [StarvedProcess].
enum Mishap {
  STACK_OF_CALLER('s', "calls overflowed the stack"),
  MEMORY_OF_CALLER('m', "calls found no memory"),
  STACK_OF_BACKGROUND('t', "stack overflows in the background"),
  MEMORY_OF_BACKGROUND('n', "times no memory in the background"),
  REFUSED('r', "calls refused"),
  LATCHED('l', "stores latched");

  private final int letter;
  private final String text;

  Mishap(int letter, String text) {
    this.letter = letter;
    this.text = text;
  }

  /// What stands for it in a [Report].
  int letter() {
    return letter;
  }

  static Mishap of(int letter) {
    return Arrays.stream(values())
        .filter(mishap -> mishap.letter == letter)
        .findFirst()
        .orElseThrow();
  }

  /// What so many of them are called.
  String text(long count) {
    return count + " " + text;
  }

  /// What it is for a call to end with `thrown`.
  ///
  /// @throws Violation if no call may end like this, whatever is missing
  static Mishap of(Throwable thrown) {
    Throwable failure = unwrapped(thrown);
    if (isWrong(failure)) {
      throw new Violation("a call ended with " + failure, failure);
    }
    return failure instanceof ReadOnlyException ? REFUSED : ofCause(failure);
  }

  private static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown.getCause();
    return thrown instanceof CompletionException && cause != null ? cause : thrown;
  }

  /// The store is neither damaged nor closed; and whatever has not to do with memory it must say in
  /// exceptions of its own.
  private static boolean isWrong(Throwable failure) {
    return switch (failure) {
      case CorruptionException _, DbClosedException _, DbLockedException _, Violation _ -> true;
      // No call throws the latter: it is what the background tries again.
      case DbException _, IOException _ -> false;
      default -> ofCause(failure) == REFUSED;
    };
  }

  private static Mishap ofCause(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return MEMORY_OF_CALLER;
      }
      // Where a class finds no stack to be initialized, it stays unusable for good.
      if (cause instanceof StackOverflowError || cause instanceof LinkageError) {
        return STACK_OF_CALLER;
      }
    }
    return REFUSED;
  }

  /// The same where nobody called.
  Mishap inBackground() {
    return switch (this) {
      case STACK_OF_CALLER -> STACK_OF_BACKGROUND;
      case MEMORY_OF_CALLER -> MEMORY_OF_BACKGROUND;
      default -> this;
    };
  }
}

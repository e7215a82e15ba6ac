package org.tuffdb.torture;

import java.util.Arrays;

/// What a [Victim] or [Worker] is at.
enum Phase {
  STARTING('s'),
  OPENING('o'),
  WRITING('w'),
  CLOSING('c'),
  IDLE('i'),
  /// A call failed: by right, if the disk had failed.
  FAILED('f'),
  /// A call returned what is not right.
  WRONG('x');

  private final int letter;

  Phase(int letter) {
    this.letter = letter;
  }

  /// What stands for it in a [Report].
  int letter() {
    return letter;
  }

  /// Whether there is nothing more to wait for.
  boolean isLast() {
    return this == IDLE || this == FAILED || this == WRONG;
  }

  static Phase of(int letter) {
    return Arrays.stream(values())
        .filter(phase -> phase.letter == letter)
        .findFirst()
        .orElseThrow();
  }
}

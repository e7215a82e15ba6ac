package org.tuffdb.torture;

import java.util.Arrays;

/// What a [Victim] is at.
enum Phase {
  STARTING('s'),
  OPENING('o'),
  WRITING('w'),
  CLOSING('c'),
  IDLE('i');

  private final int letter;

  Phase(int letter) {
    this.letter = letter;
  }

  /// What stands for it in a [Report].
  int letter() {
    return letter;
  }

  static Phase of(int letter) {
    return Arrays.stream(values())
        .filter(phase -> phase.letter == letter)
        .findFirst()
        .orElseThrow();
  }
}

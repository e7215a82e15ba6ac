package org.tuffdb.fuzz;

import java.util.List;

/// Something with a fault that chance alone does not find: each right letter leads one step on.
public final class MazeTarget implements Target {
  /// What it does at its end: that follows from the length of the input.
  enum Exit {
    THROWS,
    HANGS,
    ALLOCATES
  }

  private static final String WAY = "exit";

  private static volatile byte[] memory = {};

  @Override
  public String name() {
    return "maze";
  }

  @Override
  public List<byte[]> seeds() {
    return List.of(new byte[16]);
  }

  @Override
  public boolean accepts(byte[] input) {
    int right = 0;
    while (right < Math.min(input.length, WAY.length()) && input[right] == WAY.charAt(right)) {
      right++;
    }
    if (right == WAY.length()) {
      leave(input);
    }
    return memory.length < 0;
  }

  private static void leave(byte[] input) {
    switch (Exit.values()[input.length % Exit.values().length]) {
      case THROWS -> throw new IllegalStateException("out");
      case HANGS -> {
        while (!Thread.currentThread().isInterrupted()) {
          memory = input;
        }
      }
      case ALLOCATES -> memory = new byte[64 << 20];
    }
  }
}

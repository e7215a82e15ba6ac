package org.tuffdb.fs;

/// Room on the stack of a thread, for what the JDK would leave half done if it ended there: an
/// executor that counts a thread it then does not start never ends, and a channel that takes a sync
/// to be under way is never closed.
final class StackRoom {
  /// In compiled code some tens of bytes each, so ten kilobytes together: twice what the
  /// interpreter needs to have an executor make a thread.
  private static final int FRAMES = 500;

  private StackRoom() {}

  /// Returns if there is some.
  ///
  /// @throws StackOverflowError if there is not: then nothing was done
  static void require() {
    int _ = descend(FRAMES);
  }

  private static int descend(int frames) {
    return frames == 0 ? 0 : 1 + descend(frames - 1);
  }
}

package org.tuffdb.bench.large;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Looks again and again at how much memory this process has, and keeps the peaks. The kernel keeps
/// one itself, `VmHWM`, but with the pages of mapped files in it, which cost nobody anything.
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final long INTERVAL_NANOS = 50_000_000;

  private volatile long anonymousBytesMax;
  private volatile long fileBytesMax;

  private ResidentMemory() {}

  static boolean isKnown() {
    return Files.isReadable(STATUS);
  }

  static ResidentMemory watch() {
    ResidentMemory memory = new ResidentMemory();
    Thread.ofPlatform().daemon().name("resident memory").start(memory::run);
    return memory;
  }

  private void run() {
    while (true) {
      sample();
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  private synchronized void sample() {
    try {
      String status = Files.readString(STATUS);
      anonymousBytesMax = Math.max(anonymousBytesMax, bytes(status, "RssAnon:"));
      fileBytesMax = Math.max(fileBytesMax, bytes(status, "RssFile:"));
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  /// The figure of a line such as `RssAnon: 35000 kB`.
  private static long bytes(String status, String name) {
    int from = status.indexOf(name) + name.length();
    String line = status.substring(from, status.indexOf('\n', from));
    return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
  }

  /// The most that the process had for itself: heap, code, stacks, memory outside the heap.
  long anonymousBytesMax() {
    sample();
    return anonymousBytesMax;
  }

  /// The most pages of mapped files that were in its view.
  long fileBytesMax() {
    return fileBytesMax;
  }
}

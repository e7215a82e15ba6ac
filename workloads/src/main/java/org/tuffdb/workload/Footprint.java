package org.tuffdb.workload;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// What this process takes of the machine: processor time, memory, and what it writes. Where there
/// is no Linux, only the first is known; the rest is -1.
final class Footprint {
  private static final OperatingSystemMXBean MACHINE =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path IO = Path.of("/proc/self/io");
  private static final long INTERVAL_NANOS = 20_000_000;

  private final AtomicLong anonymousBytesMax = new AtomicLong(-1);
  private final AtomicLong fileBytesMax = new AtomicLong(-1);
  private long beganCpuNanos;
  private long beganWrittenBytes;
  private long beganAllocatedBytes;

  private Footprint() {}

  /// Looks at the memory again and again from now on, as long as the process lives.
  static Footprint watch() {
    Footprint footprint = new Footprint();
    Thread.ofPlatform().daemon().name("footprint").start(footprint::run);
    return footprint;
  }

  /// Counts from now on only.
  void begin() {
    anonymousBytesMax.set(-1);
    fileBytesMax.set(-1);
    beganCpuNanos = MACHINE.getProcessCpuTime();
    beganWrittenBytes = bytesOrUnknown(IO, "write_bytes:");
    beganAllocatedBytes = THREADS.getTotalThreadAllocatedBytes();
  }

  private void run() {
    while (true) {
      sample();
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  private void sample() {
    anonymousBytesMax.accumulateAndGet(bytesOrUnknown(STATUS, "RssAnon:"), Math::max);
    fileBytesMax.accumulateAndGet(bytesOrUnknown(STATUS, "RssFile:"), Math::max);
  }

  /// What all threads together have computed.
  long cpuNanos() {
    return MACHINE.getProcessCpuTime() - beganCpuNanos;
  }

  /// What all threads together have allocated in the heap.
  long allocatedBytes() {
    return THREADS.getTotalThreadAllocatedBytes() - beganAllocatedBytes;
  }

  /// What the process has given the kernel to write; of mapped files, the pages it has changed.
  long writtenBytes() {
    long writtenBytes = bytesOrUnknown(IO, "write_bytes:");
    return writtenBytes < 0 ? -1 : writtenBytes - beganWrittenBytes;
  }

  /// The most that it had for itself: heap, code, stacks, memory outside the heap.
  long anonymousBytesMax() {
    sample();
    return anonymousBytesMax.get();
  }

  /// The most pages of mapped files that were in its view.
  long fileBytesMax() {
    return fileBytesMax.get();
  }

  /// The figure of a line such as `RssAnon: 35000 kB` or `write_bytes: 5`.
  private static long bytesOrUnknown(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          long number = Long.parseLong(line.replaceAll("[^0-9]", ""));
          return line.endsWith("kB") ? number << 10 : number;
        }
      }
      return -1;
    } catch (IOException notLinux) {
      return -1;
    }
  }

  /// What the files of `directory` take. Holes count: no store here leaves large ones.
  static long diskBytes(Path directory) throws IOException {
    AtomicLong bytes = new AtomicLong();
    if (Files.notExists(directory)) {
      return 0;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes.addAndGet(attributes.size());
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes.get();
  }
}

package org.tuffdb.workload;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
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

  private static final byte[] ANONYMOUS = name("RssAnon:");
  private static final byte[] FILE = name("RssFile:");
  private static final byte[] SHARED = name("RssShmem:");
  private static final byte[] WRITTEN = name("write_bytes:");
  private static final long INTERVAL_NANOS = 20_000_000;

  private final ProcessFile status = new ProcessFile("/proc/self/status");
  private final ProcessFile io = new ProcessFile("/proc/self/io");
  private final AtomicLong anonymousBytesMax = new AtomicLong(-1);
  private final AtomicLong fileBytesMax = new AtomicLong(-1);
  private final AtomicLong residentBytesMax = new AtomicLong(-1);
  private long beganCpuNanos;
  private long beganWrittenBytes;
  private long beganAllocatedBytes;

  private Footprint() {}

  private static byte[] name(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

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
    residentBytesMax.set(-1);
    beganCpuNanos = MACHINE.getProcessCpuTime();
    beganWrittenBytes = ioBytes();
    beganAllocatedBytes = THREADS.getTotalThreadAllocatedBytes();
  }

  private void run() {
    while (true) {
      sample();
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  private synchronized void sample() {
    status.read();
    long anonymous = status.bytes(ANONYMOUS);
    long file = status.bytes(FILE);
    anonymousBytesMax.accumulateAndGet(anonymous, Math::max);
    fileBytesMax.accumulateAndGet(file, Math::max);
    if (anonymous >= 0) {
      residentBytesMax.accumulateAndGet(anonymous + file + status.bytes(SHARED), Math::max);
    }
  }

  private long ioBytes() {
    io.read();
    return io.bytes(WRITTEN);
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
    long writtenBytes = ioBytes();
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

  /// The most of both together, at one moment.
  long residentBytesMax() {
    return residentBytesMax.get();
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

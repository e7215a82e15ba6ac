package org.tuffdb;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// The memory of the machine, or of the container that the process runs in.
final class MachineMemory {
  /// So little fits everywhere; asking takes the JDK tens of milliseconds the first time.
  private static final long BYTES_UNASKED = 64 << 20;

  /// 0 as long as nobody has asked. Not set by an initializer: one that fails for want of memory is
  /// never run again.
  private static volatile long bytes;

  private MachineMemory() {}

  /// Whether files of so many bytes fit into half of it, where the operating system can keep them
  /// at hand.
  static boolean fits(long fileBytes) {
    return fileBytes <= BYTES_UNASKED || fileBytes <= bytes() / 2;
  }

  static long bytes() {
    if (bytes == 0) {
      bytes = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }
    return bytes;
  }
}

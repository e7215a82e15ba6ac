package org.tuffdb.bench.large;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Measures time since it was made, and what the process has computed meanwhile: where other
/// programs hold a processor, the two tell it.
record Watch(long beganNanos, long beganCpuNanos) {
  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  static Watch begin() {
    return new Watch(System.nanoTime(), MACHINE.getProcessCpuTime());
  }

  long nanos() {
    return System.nanoTime() - beganNanos;
  }

  /// What all threads together have computed.
  long cpuNanos() {
    return MACHINE.getProcessCpuTime() - beganCpuNanos;
  }

  /// The memory of the machine or of the container.
  static long machineBytes() {
    return MACHINE.getTotalMemorySize();
  }

  /// How busy the machine is, for the head of a report.
  static String machine() {
    return "%d processors, load average %.1f"
        .formatted(MACHINE.getAvailableProcessors(), MACHINE.getSystemLoadAverage());
  }
}

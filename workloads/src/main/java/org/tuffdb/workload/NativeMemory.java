package org.tuffdb.workload;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The memory that native libraries allocate.
final class NativeMemory {
  private NativeMemory() {}

  /// Has the C library give back what is free in it, as far as it is glibc and the JVM may call it.
  static void trim() {
    if (NativeMemory.class.getModule().isNativeAccessEnabled()) {
      Linker linker = Linker.nativeLinker();
      linker.defaultLookup().find("malloc_trim").ifPresent(function -> trim(linker, function));
    }
  }

  @SuppressWarnings("restricted")
  private static void trim(Linker linker, MemorySegment function) {
    FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG);
    try {
      int _ = (int) linker.downcallHandle(function, type).invokeExact(0L);
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}

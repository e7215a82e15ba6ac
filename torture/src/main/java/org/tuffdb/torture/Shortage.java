package org.tuffdb.torture;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.tuffdb.Options;
import org.tuffdb.Reading;

/// What a [StarvedProcess] is short of.
enum Shortage {
  /// Calls are made where their thread's stack is about to end.
  STACK("stack", 5, 100),
  /// The heap is full but for a few bytes.
  HEAP("heap", 3, 40),
  /// The JVM gives less memory outside of the heap than the store may take by its options.
  OFF_HEAP("memory outside of the heap", 2, 40),
  /// The kernel ends the process if it takes more than its container has. It needs all of that,
  /// pages of files included, but can do with it.
  CONTAINER("memory in a container", 2, 700);

  /// What a container has: a JVM with its heap and its code takes about half.
  static final long CONTAINER_BYTES = 128L << 20;

  /// What a thread takes that is to come to its end soon. Below about 200 KiB there are none.
  static final long STACK_BYTES = 400L << 10;

  private static final int OFF_HEAP_BYTES_MIN = 64 << 10;
  private static final int OFF_HEAP_BYTES_MAX = 2 << 20;

  private final String text;
  private final int sessions;
  private final int operations;

  Shortage(String text, int sessions, int operations) {
    this.text = text;
    this.sessions = sessions;
    this.operations = operations;
  }

  /// How often the store is opened.
  int sessions() {
    return sessions;
  }

  /// How many calls each thread makes until it is closed.
  int operations() {
    return operations;
  }

  @Override
  public String toString() {
    return text;
  }

  /// What the JVM is to be started with.
  List<String> jvmOptions(SplittableRandom random) {
    int offHeapBytes = random.nextInt(OFF_HEAP_BYTES_MIN, OFF_HEAP_BYTES_MAX);
    List<String> options =
        switch (this) {
          case STACK -> List.of("-Xmx64m");
          case HEAP -> List.of("-Xmx24m");
          case OFF_HEAP -> List.of("-Xmx64m", "-XX:MaxDirectMemorySize=" + offHeapBytes);
          case CONTAINER -> List.of("-Xmx40m", "-XX:ReservedCodeCacheSize=16m");
        };
    // What the JVM has to say does not belong among the reports.
    return Stream.concat(Stream.of("-XX:+DisplayVMOutputToStderr"), options.stream()).toList();
  }

  /// In a container, values are so large that far more is written than it has memory.
  Work work(long seed) {
    return this == CONTAINER ? new Work(seed, 4 << 10) : Work.small(seed);
  }

  Options options(Reading reading) {
    if (this != CONTAINER) {
      return Worker.optionsBuilder().reading(reading).build();
    }
    return Options.builder()
        .reading(reading)
        .memory(16 << 20)
        .memtable(1 << 20)
        .logFile(2 << 20)
        .table(2 << 20)
        .baseLevel(8 << 20)
        .level0Tables(2)
        .build();
  }
}

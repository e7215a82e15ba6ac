package org.tuffdb;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a store uses the machine: numbers only; what it works with is given to [Db.Builder].
/// Immutable.
public final class Options {
  private static final long MEMORY_BYTES_MIN = 1 << 20;
  private static final long MEMTABLE_BYTES_DEFAULT = 64 << 20;
  private static final long LOG_FILE_BYTES_DEFAULT = 64 << 20;

  private final long memoryBytes;
  private final long memtableBytes;
  private final long logFileBytes;

  private Options(Builder builder) {
    this.memoryBytes = builder.memoryBytes;
    this.memtableBytes = Math.min(builder.memtableBytes, builder.memoryBytes / 4);
    this.logFileBytes = builder.logFileBytes;
  }

  /// The options that suit most: see the methods of [Builder] for each.
  public static Options defaults() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// See [Builder#memory(long)].
  public long memoryBytes() {
    return memoryBytes;
  }

  /// See [Builder#memtable(long)].
  public long memtableBytes() {
    return memtableBytes;
  }

  /// See [Builder#logFile(long)].
  public long logFileBytes() {
    return logFileBytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Options that
        && memoryBytes == that.memoryBytes
        && memtableBytes == that.memtableBytes
        && logFileBytes == that.logFileBytes;
  }

  @Override
  public int hashCode() {
    return Objects.hash(memoryBytes, memtableBytes, logFileBytes);
  }

  @Override
  public String toString() {
    return "Options[memoryBytes=%d, memtableBytes=%d, logFileBytes=%d]"
        .formatted(memoryBytes, memtableBytes, logFileBytes);
  }

  /// Builds [Options]. Every method throws [IllegalArgumentException] for a number out of its
  /// range.
  public static final class Builder {
    /// The JVM allows as much memory outside the heap as in it.
    private long memoryBytes = Math.max(MEMORY_BYTES_MIN, Runtime.getRuntime().maxMemory() / 2);

    private long memtableBytes = MEMTABLE_BYTES_DEFAULT;
    private long logFileBytes = LOG_FILE_BYTES_DEFAULT;

    private Builder() {}

    /// What the store may keep in memory, outside the heap. When it is used up, writes are refused
    /// with [org.tuffdb.error.StalledException]. At least 1 MiB; by default half of the largest
    /// heap.
    public Builder memory(long bytes) {
      memoryBytes = require("memory", bytes, MEMORY_BYTES_MIN, Long.MAX_VALUE);
      return this;
    }

    /// The size up to which one memtable grows, from 64 KiB to 16 GiB; by default 64 MiB. A quarter
    /// of the memory is the most that is used of it.
    public Builder memtable(long bytes) {
      memtableBytes = require("memtable", bytes, 64 << 10, 1L << 34);
      return this;
    }

    /// The size up to which the files of the log grow, from 4 KiB to 16 GiB; by default 64 MiB. A
    /// batch that is larger gets a file of its own.
    public Builder logFile(long bytes) {
      logFileBytes = require("logFile", bytes, 4 << 10, 1L << 34);
      return this;
    }

    public Options build() {
      return new Options(this);
    }

    private static long require(String option, long bytes, long min, long max) {
      if (bytes < min || bytes > max) {
        throw new IllegalArgumentException(
            "Options.%s is %d bytes; it must be from %d to %d".formatted(option, bytes, min, max));
      }
      return bytes;
    }
  }
}

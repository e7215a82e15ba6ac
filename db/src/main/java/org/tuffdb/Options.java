package org.tuffdb;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How a store uses the machine: numbers and choices; what it works with is given to [Db.Builder].
/// Immutable.
public final class Options {
  private static final long MEMORY_BYTES_MIN = 1 << 20;

  private final long memoryBytes;
  private final long memtableBytes;
  private final long logFileBytes;
  private final long tableBytes;
  private final int blockBytes;
  private final int filterBitsPerKey;
  private final int levels;
  private final int levelRatio;
  private final long baseLevelBytes;
  private final int level0Tables;
  private final Compression compression;
  private final Compression lastLevelCompression;
  private final Reading reading;
  private final long stallMillis;

  private Options(Builder builder) {
    this.memoryBytes = builder.memoryBytes;
    this.memtableBytes = Math.min(builder.memtableBytes, builder.memoryBytes / 8);
    this.logFileBytes = builder.logFileBytes;
    this.tableBytes = builder.tableBytes;
    this.blockBytes = builder.blockBytes;
    this.filterBitsPerKey = builder.filterBitsPerKey;
    this.levels = builder.levels;
    this.levelRatio = builder.levelRatio;
    this.baseLevelBytes = builder.baseLevelBytes;
    this.level0Tables = builder.level0Tables;
    this.compression = builder.compression;
    this.lastLevelCompression = builder.lastLevelCompression;
    this.reading = builder.reading;
    this.stallMillis = builder.stallMillis;
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

  /// What all memtables may take: half of the memory. The rest is for tables.
  long memtablesBytes() {
    return memoryBytes / 2;
  }

  /// See [Builder#memtable(long)].
  public long memtableBytes() {
    return memtableBytes;
  }

  /// See [Builder#logFile(long)].
  public long logFileBytes() {
    return logFileBytes;
  }

  /// See [Builder#table(long)].
  public long tableBytes() {
    return tableBytes;
  }

  /// See [Builder#block(int)].
  public int blockBytes() {
    return blockBytes;
  }

  /// See [Builder#filterBits(int)].
  public int filterBitsPerKey() {
    return filterBitsPerKey;
  }

  /// See [Builder#levels(int)].
  public int levels() {
    return levels;
  }

  /// See [Builder#levelRatio(int)].
  public int levelRatio() {
    return levelRatio;
  }

  /// See [Builder#baseLevel(long)].
  public long baseLevelBytes() {
    return baseLevelBytes;
  }

  /// See [Builder#level0Tables(int)].
  public int level0Tables() {
    return level0Tables;
  }

  /// See [Builder#compression(Compression)].
  public Compression compression() {
    return compression;
  }

  /// See [Builder#lastLevelCompression(Compression)].
  public Compression lastLevelCompression() {
    return lastLevelCompression;
  }

  /// How the tables of a level are compressed, of `levels` many.
  Compression compression(int level, int levels) {
    return level == levels - 1 ? lastLevelCompression : compression;
  }

  /// See [Builder#reading(Reading)].
  public Reading reading() {
    return reading;
  }

  /// See [Builder#stallLimit(long)].
  public long stallMillis() {
    return stallMillis;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Options that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  private List<Object> values() {
    return List.of(
        memoryBytes,
        memtableBytes,
        logFileBytes,
        tableBytes,
        blockBytes,
        filterBitsPerKey,
        levels,
        levelRatio,
        baseLevelBytes,
        level0Tables,
        compression,
        lastLevelCompression,
        reading,
        stallMillis);
  }

  @Override
  public String toString() {
    return ("Options[memoryBytes=%d, memtableBytes=%d, logFileBytes=%d, tableBytes=%d, blockBytes=%d,"
            + " filterBitsPerKey=%d, levels=%d, levelRatio=%d, baseLevelBytes=%d, level0Tables=%d,"
            + " compression=%s, lastLevelCompression=%s, reading=%s, stallMillis=%d]")
        .formatted(values().toArray());
  }

  /// Builds [Options]. Every method throws [IllegalArgumentException] for a number out of its
  /// range.
  public static final class Builder {
    /// The JVM allows as much memory outside the heap as in it.
    private long memoryBytes = Math.max(MEMORY_BYTES_MIN, Runtime.getRuntime().maxMemory() / 2);

    private long memtableBytes = 16 << 20;
    private long logFileBytes = 16 << 20;
    private long tableBytes = 64 << 20;
    private int blockBytes = 4 << 10;
    private int filterBitsPerKey = 10;
    private int levels = 7;
    private int levelRatio = 10;
    private long baseLevelBytes = 256 << 20;
    private int level0Tables = 8;
    private Compression compression = Compression.NONE;
    private Compression lastLevelCompression = Compression.LZ4;
    private Reading reading = Reading.AUTO;
    private long stallMillis = 60_000;

    private Builder() {}

    /// The most that the store keeps in memory outside the heap: memtables, cached blocks, the
    /// filters and fences of tables that are not mapped, and buffers. Files that are mapped do not
    /// count: their memory is the operating system's. At least 1 MiB; by default half of the
    /// largest heap. [Db#stats()] shows where it goes. Two things go beyond it: filters and fences
    /// that alone are more, which [org.tuffdb.event.Event.MemoryTooSmall] tells of, and for as long
    /// as it is read, a block that fits into no slot of the cache: see [#block(int)].
    public Builder memory(long bytes) {
      memoryBytes = require("memory", bytes, MEMORY_BYTES_MIN, Long.MAX_VALUE);
      return this;
    }

    /// The size up to which one memtable grows, from 20 KiB to 16 GiB; by default 16 MiB. An eighth
    /// of the memory is the most that is used of it. What memtables hold is replayed after a crash.
    public Builder memtable(long bytes) {
      memtableBytes = require("memtable", bytes, 20 << 10, 1L << 34);
      return this;
    }

    /// The size up to which the files of the log grow, from 4 KiB to 16 GiB; by default 16 MiB. A
    /// batch that is larger gets a file of its own.
    public Builder logFile(long bytes) {
      logFileBytes = require("logFile", bytes, 4 << 10, 1L << 34);
      return this;
    }

    /// The size at which a compaction goes on to its next table, from 1 KiB to 1 GiB; by default 64
    /// MiB. All versions of a key are in one table, so it may get larger.
    public Builder table(long bytes) {
      tableBytes = require("table", bytes, 1 << 10, 1L << 30);
      return this;
    }

    /// The size of the blocks that tables consist of, from 64 bytes to 64 KiB; by default 4 KiB. An
    /// entry that is larger gets a block of its own. Such a block is not cached: unless its file is
    /// mapped and it is not compressed, each read of it reads the file.
    public Builder block(int bytes) {
      blockBytes = (int) require("block", bytes, 64, 64 << 10);
      return this;
    }

    /// The size of the filters that spare a read of tables without the key, in bits for each key, 0
    /// to 32; by default 10, which passes about 1 % of what is not there. 0 makes none.
    public Builder filterBits(int bitsPerKey) {
      filterBitsPerKey = (int) require("filterBits", bitsPerKey, 0, 32);
      return this;
    }

    /// How many levels there are, from 2 to 7, level 0 included; by default 7. A store that holds
    /// something in deeper ones keeps them.
    public Builder levels(int count) {
      levels = (int) require("levels", count, 2, 7);
      return this;
    }

    /// How many times larger a level may be than the one above it, from 2 to 100; by default 10.
    public Builder levelRatio(int ratio) {
      levelRatio = (int) require("levelRatio", ratio, 2, 100);
      return this;
    }

    /// The most that the first level below level 0 holds while there are more below it, from 1 KiB;
    /// to 1 TiB; by default 256 MiB.
    public Builder baseLevel(long bytes) {
      baseLevelBytes = require("baseLevel", bytes, 1 << 10, 1L << 40);
      return this;
    }

    /// How many tables of level 0 make their compaction due, from 1 to 64; by default 8.
    public Builder level0Tables(int count) {
      level0Tables = (int) require("level0Tables", count, 1, 64);
      return this;
    }

    /// How blocks are compressed on all levels but the last one: by default not at all.
    public Builder compression(Compression choice) {
      compression = Objects.requireNonNull(choice, "compression");
      return this;
    }

    /// How blocks are compressed on the last level, which holds almost everything: by default by
    /// LZ4.
    public Builder lastLevelCompression(Compression choice) {
      lastLevelCompression = Objects.requireNonNull(choice, "lastLevelCompression");
      return this;
    }

    /// How tables are read: by default [Reading#AUTO].
    public Builder reading(Reading choice) {
      reading = Objects.requireNonNull(choice, "reading");
      return this;
    }

    /// How long a write waits for memory, once its turn has come, before it throws
    /// [org.tuffdb.error.StalledException], in milliseconds; 0 for as long as it takes. By default
    /// one minute.
    public Builder stallLimit(long millis) {
      stallMillis = require("stallLimit", millis, 0, Long.MAX_VALUE / 1_000_000);
      return this;
    }

    public Options build() {
      return new Options(this);
    }

    private static long require(String option, long value, long min, long max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException(
            "Options.%s is %d; it must be from %d to %d".formatted(option, value, min, max));
      }
      return value;
    }
  }
}

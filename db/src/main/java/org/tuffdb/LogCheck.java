package org.tuffdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogReader;
import org.tuffdb.log.LogReplay;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Replays a log into nothing, as opening would, and goes on in the next file where one is damaged.
/// Without a manifest nobody knows which files belong to the log: each is judged by what it says of
/// itself.
final class LogCheck {
  /// Stands for the sequence of the next entry where damage hides it.
  private static final long UNKNOWN = -1;

  private final FileSystem files;
  private final List<LogReplay.File> log;
  private final Manifest.@Nullable Recovered manifest;
  private final BiConsumer<Path, Exception> damages;
  private final LongConsumer readBytes;
  private final BatchReader batch = new BatchReader();
  private long nextSequence;

  /// @param log its files, the oldest first
  /// @param manifest null if it cannot be read
  /// @param damages takes the file and what is wrong
  /// @param readBytes is told how many more bytes have been read
  LogCheck(
      FileSystem files,
      List<LogReplay.File> log,
      Manifest.@Nullable Recovered manifest,
      BiConsumer<Path, Exception> damages,
      LongConsumer readBytes) {
    this.files = files;
    this.log = log;
    this.manifest = manifest;
    this.damages = damages;
    this.readBytes = readBytes;
    this.nextSequence = manifest == null ? UNKNOWN : manifest.version().replayFrom();
  }

  void run() {
    if (manifest == null) {
      log.forEach(this::checkAlone);
      return;
    }
    for (int from = 0; from < log.size(); ) {
      from = runFrom(from);
    }
    if (nextSequence != UNKNOWN) {
      requireNothingMissing(manifest.version());
    }
  }

  /// Replays the log from file `from` on, and returns the first file that was not reached.
  private int runFrom(int from) {
    List<LogReplay.File> rest = log.subList(from, log.size());
    Long storeId = manifest == null ? null : manifest.storeId();
    LogReplay replay = new LogReplay(files, FileHeader.Kind.LOG, storeId, rest);
    try {
      replay.run(this::check);
      return log.size();
    } catch (CorruptionException damaged) {
      damages.accept(damaged.file(), behindSequence(damaged));
      nextSequence = UNKNOWN;
      return Math.max(from, indexOf(damaged.file())) + 1;
    } catch (DbException | IOException unreadable) {
      int at = Math.max(from, log.indexOf(replay.reading()));
      damages.accept(log.get(at).path(), unreadable);
      nextSequence = UNKNOWN;
      return at + 1;
    }
  }

  /// A file is damaged for certain if it vouches for more than can be read of it.
  private void checkAlone(LogReplay.File file) {
    try (LogReader record = new LogReader(files, file.path(), FileHeader.Kind.LOG, file.number())) {
      byte type = 0;
      while (type != LogFormat.ROLL && type != LogFormat.SEAL && record.next()) {
        type = record.type();
        if (type == LogFormat.DATA) {
          nextSequence = UNKNOWN;
          check(record);
        }
      }
      boolean ended = type == LogFormat.ROLL || type == LogFormat.SEAL;
      long end = record.endOffset();
      if (!ended && record.tail().syncedPosition() > LogFormat.position(file.number(), end)) {
        throw new CorruptionException(
            file.path(), end, "a record of this log is damaged: later ones say that it was synced");
      }
    } catch (DbException | IOException unreadable) {
      damages.accept(file.path(), unreadable);
    }
  }

  private CorruptionException behindSequence(CorruptionException damaged) {
    return nextSequence <= 1
        ? damaged
        : new CorruptionException(
            damaged.file(),
            damaged.offset(),
            "%s; the last sound entry before is that of sequence %d"
                .formatted(damaged.what(), nextSequence - 1));
  }

  private int indexOf(Path file) {
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).path().equals(file)) {
        return i;
      }
    }
    return -1;
  }

  private void check(LogReader record) {
    if (nextSequence != UNKNOWN && record.firstSequence() != nextSequence) {
      throw new CorruptionException(
          record.path(),
          record.offset(),
          "entries are missing: expected sequence %d, found %d"
              .formatted(nextSequence, record.firstSequence()));
    }
    long sequence = record.firstSequence();
    batch.open(record.buffer(), record.payloadOffset(), record.payloadLength());
    while (batch.next()) {
      sequence++;
      requireKnown(batch.keyspaceId(), record);
    }
    if (!batch.sound()) {
      throw new CorruptionException(record.path(), record.offset(), "the batch is malformed");
    }
    nextSequence = sequence;
    readBytes.accept(record.payloadLength());
  }

  private void requireKnown(int keyspaceId, LogReader record) {
    if (manifest != null && keyspaceId >= manifest.version().nextKeyspaceId()) {
      throw new CorruptionException(
          record.path(), record.offset(), "unknown keyspace " + keyspaceId);
    }
  }

  /// The log is on the disk as far as any table goes before the manifest knows the table.
  private void requireNothingMissing(Version version) {
    long flushed =
        version.keyspaces().values().stream()
            .mapToLong(Version.KeyspaceVersion::flushedSequence)
            .max()
            .orElse(0);
    if (flushed >= nextSequence && !log.isEmpty()) {
      Path last = log.getLast().path();
      damages.accept(
          last,
          new CorruptionException(
              last,
              -1,
              "the log ends with sequence %d, and tables hold %d: it was cut or replaced"
                  .formatted(nextSequence - 1, flushed)));
    }
  }
}

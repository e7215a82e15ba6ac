package org.tuffdb.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileSystem;

/// Reads a whole log, over all its files, and judges where it ends.
///
/// At the first place X that holds no sound record, either a power cut tore what was being written,
/// or data that was there is damaged. It is damage, and nothing is served, if
///
/// - the file is known to be whole: whoever kept the list of files noted its length, or
/// - a sound record behind X, in this file or a later one, says that X was synced.
///
/// Otherwise X is the torn tail of a crash, and the log ends there: nobody was told that anything
/// behind it is durable. Sound records behind X are no contradiction. The disk may write a later
/// page and not an earlier one.
public final class LogReplay {
  /// One file of the log.
  ///
  /// @param wholeBytes the length of its records, header included, if it is known to be whole; else
  ///   -1
  public record File(Path path, long number, long wholeBytes) {}

  /// Takes the records one after another; `reader` stands on a [LogFormat#DATA] record.
  public interface Visitor {
    void record(LogReader reader) throws IOException;
  }

  /// How far a file was replayed.
  ///
  /// @param endOffset where the last record that was replayed ends
  /// @param syncedOffset all before that was on the disk once: some record says so. What lies
  ///   between may be in the operating system's cache alone
  public record Reached(File file, long endOffset, long syncedOffset) {}

  /// What was written to a file and is given up, because a crash had cut short what precedes it.
  public record Torn(Path path, long number, long offset, long bytes) {}

  /// What a replay found.
  ///
  /// @param reached the files up to the one in which the log ends
  /// @param torn what is given up behind that
  public record Replayed(List<Reached> reached, List<Torn> torn) {}

  private final FileSystem files;
  private final FileHeader.Kind kind;
  private final @Nullable Long storeId;
  private final List<File> log;

  /// The highest position up to which a record says that the log was synced.
  private long syncedPosition;

  private @Nullable File reading;

  /// A replay of `log`, oldest file first, at least one.
  ///
  /// @param storeId the store that the files must belong to; null if any will do
  public LogReplay(FileSystem files, FileHeader.Kind kind, @Nullable Long storeId, List<File> log) {
    this.files = files;
    this.kind = kind;
    this.storeId = storeId;
    this.log = log;
  }

  /// The file that is being read, or was when [#run] failed.
  public @Nullable File reading() {
    return reading;
  }

  /// Hands every record to `visitor`, up to the end of the log.
  ///
  /// @throws CorruptionException if acknowledged data is damaged or missing
  public Replayed run(Visitor visitor) throws IOException {
    int last = log.size() - 1;
    List<Long> ends = new ArrayList<>();
    for (int i = 0; ; i++) {
      try (LogReader reader = open(log.get(i))) {
        byte type = replay(reader, visitor);
        ends.add(reader.endOffset());
        boolean whole = log.get(i).wholeBytes >= 0;
        requireWhole(log.get(i), reader);
        if (i < last && (whole || type == LogFormat.ROLL)) {
          continue;
        }
        if (type == LogFormat.ROLL && !whole) {
          throw new CorruptionException(
              reader.path(), reader.offset(), "the file in which the log goes on is missing");
        }
        List<Torn> torn = judge(i, reader, whole || type == LogFormat.SEAL);
        return new Replayed(reached(ends), torn);
      }
    }
  }

  private List<Reached> reached(List<Long> ends) {
    List<Reached> reached = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      File file = log.get(i);
      long end = ends.get(i);
      long synced = end;
      if (syncedPosition < LogFormat.position(file.number, end)) {
        boolean here = syncedPosition >= LogFormat.position(file.number, 0);
        synced = here ? LogFormat.offset(syncedPosition) : 0;
      }
      reached.add(new Reached(file, end, Math.max(LogFormat.FIRST_RECORD_AT, synced)));
    }
    return reached;
  }

  private LogReader open(File file) throws IOException {
    reading = file;
    if (!files.exists(file.path)) {
      throw new CorruptionException(file.path, -1, "the file is missing");
    }
    LogReader reader = new LogReader(files, file.path, kind, file.number, file.wholeBytes);
    if (storeId != null && reader.header().storeId() != storeId) {
      reader.close();
      throw new CorruptionException(file.path, 32, "the file belongs to another store");
    }
    return reader;
  }

  /// Reads the sound records of one file and returns the type of the last one, 0 if there is none.
  private byte replay(LogReader reader, Visitor visitor) throws IOException {
    byte type = 0;
    while (type != LogFormat.ROLL && type != LogFormat.SEAL && reader.next()) {
      type = reader.type();
      syncedPosition = Math.max(syncedPosition, reader.syncedPosition());
      switch (type) {
        case LogFormat.DATA -> visitor.record(reader);
        case LogFormat.MARK, LogFormat.ROLL, LogFormat.SEAL -> {}
        default ->
            throw new CorruptionException(
                reader.path(), reader.offset(), "a record has the unknown type " + type);
      }
    }
    if ((type == LogFormat.ROLL || type == LogFormat.SEAL) && reader.next()) {
      throw new CorruptionException(
          reader.path(), reader.offset(), "a record stands behind the last one of its file");
    }
    return type;
  }

  private static void requireWhole(File file, LogReader reader) {
    if (file.wholeBytes >= 0 && reader.endOffset() != file.wholeBytes) {
      throw new CorruptionException(
          file.path,
          reader.endOffset(),
          "a record of this log is damaged: %d bytes were written and synced"
              .formatted(file.wholeBytes));
    }
  }

  /// Tells a torn tail from damage: the log ends where `reader` stopped, in file `i`, or it must
  /// not.
  private List<Torn> judge(int i, LogReader reader, boolean ended) throws IOException {
    long endOffset = reader.endOffset();
    long endPosition = LogFormat.position(log.get(i).number, endOffset);
    LogReader.Tail tail = ended ? new LogReader.Tail(0, endOffset) : reader.tail();
    List<Torn> torn = new ArrayList<>();
    addTorn(log.get(i), endOffset, tail, torn);
    syncedPosition = Math.max(syncedPosition, tail.syncedPosition());
    for (File later : log.subList(i + 1, log.size())) {
      LogReader.Tail given = givenUp(later);
      addTorn(later, LogFormat.FIRST_RECORD_AT, given, torn);
      syncedPosition = Math.max(syncedPosition, given.syncedPosition());
    }
    if (syncedPosition > endPosition) {
      throw new CorruptionException(
          reader.path(),
          endOffset,
          "a record of this log is damaged: later ones say that it was synced");
    }
    return torn;
  }

  private static void addTorn(File file, long offset, LogReader.Tail tail, List<Torn> torn) {
    if (tail.endOffset() > offset) {
      torn.add(new Torn(file.path, file.number, offset, tail.endOffset() - offset));
    }
  }

  /// What stands in a file behind the end of the log. That it is known to be whole vouches for all.
  private LogReader.Tail givenUp(File file) throws IOException {
    try (LogReader reader = open(file)) {
      long synced = file.wholeBytes >= 0 ? Long.MAX_VALUE : 0;
      while (reader.next()) {
        synced = Math.max(synced, reader.syncedPosition());
      }
      LogReader.Tail tail = reader.tail();
      return new LogReader.Tail(Math.max(synced, tail.syncedPosition()), tail.endOffset());
    }
  }
}

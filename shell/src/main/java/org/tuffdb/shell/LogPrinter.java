package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalLong;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.entry.Kind;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.log.LogFormat;
import org.tuffdb.log.LogReader;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Prints the log files of a store, a line for each entry and each mark, in columns set apart by
/// tabs: file and offset of the record, what it is, then for an entry its sequence number,
/// keyspace, key and value.
///
/// It reads the files and nothing else, so it may run beside an open store. It takes the files one
/// by one as the directory lists them: what replay would refuse is shown as far as it can be read.
final class LogPrinter {
  private final FileSystem files = FileSystem.disk();
  private final Path directory;
  private final Console console;
  private final Interruption interruption;
  private final BatchReader entries = new BatchReader();

  LogPrinter(Path directory, Console console, Interruption interruption) {
    this.directory = directory;
    this.console = console;
    this.interruption = interruption;
  }

  /// Prints everything; false if a file turned out to be damaged.
  boolean print() throws IOException {
    Version version = version();
    boolean sound = true;
    for (String name : files.list(directory)) {
      OptionalLong number = FileNames.logNumber(name);
      if (number.isPresent()) {
        sound &= print(name, number.getAsLong(), version);
      }
    }
    return sound;
  }

  private Version version() throws IOException {
    Manifest.Recovered recovered = Manifest.read(files, directory);
    return recovered == null ? Version.empty() : recovered.version();
  }

  private boolean print(String name, long number, Version version) throws IOException {
    Path path = directory.resolve(name);
    long wholeBytes = wholeBytes(number, version);
    try (LogReader reader = new LogReader(files, path, FileHeader.Kind.LOG, number, wholeBytes)) {
      byte last = 0;
      while (last != LogFormat.ROLL && last != LogFormat.SEAL && reader.next()) {
        if (interruption.isRequested()) {
          return true;
        }
        last = reader.type();
        printRecord(name + ":" + reader.offset(), reader, version);
      }
      boolean ended = last == LogFormat.ROLL || last == LogFormat.SEAL;
      return ended || printTail(name, reader, wholeBytes);
    } catch (CorruptionException damaged) {
      console.problem(Messages.of(damaged));
      return false;
    } catch (IOException failed) {
      if (files.exists(path) || console.out().failure() != null) {
        throw failed;
      }
      return true; // the store that is open deleted or renamed it meanwhile
    }
  }

  private static long wholeBytes(long number, Version version) {
    return version.logs().stream()
        .filter(log -> log.number() == number)
        .mapToLong(Version.LogFile::wholeBytes)
        .findFirst()
        .orElse(-1);
  }

  private void printRecord(String place, LogReader record, Version version) throws IOException {
    switch (record.type()) {
      case LogFormat.DATA -> printEntries(place, record, version);
      case LogFormat.MARK -> printMark(place, "mark", record);
      case LogFormat.ROLL -> printMark(place, "roll", record);
      case LogFormat.SEAL -> printMark(place, "seal", record);
      default -> printMark(place, "type " + record.type(), record);
    }
  }

  private void printMark(String place, String what, LogReader record) throws IOException {
    console.out().line(place + "\t" + what + "\tsynced up to " + synced(record));
  }

  /// The position up to which the record vouches for the log, as file and offset.
  private static String synced(LogReader record) {
    long position = record.syncedPosition();
    Path file = FileNames.log(Path.of(""), position >>> 32);
    return file + ":" + (position & 0xFFFF_FFFFL) * 8;
  }

  private void printEntries(String place, LogReader record, Version version) throws IOException {
    entries.open(record.buffer(), record.payloadOffset(), record.payloadLength());
    for (long sequence = record.firstSequence(); entries.next(); sequence++) {
      Version.KeyspaceVersion keyspace = version.keyspaces().get(entries.keyspaceId());
      String name =
          keyspace == null ? "keyspace " + entries.keyspaceId() : Text.printable(keyspace.name());
      String kind = TablePrinter.kind(entries.kind());
      console
          .out()
          .write(Text.utf8(String.join("\t", place, kind, Long.toString(sequence), name, "")));
      Text.write(key(), console.out());
      if (entries.kind() != Kind.DELETE) { // a range delete has its limit for a value
        console.out().write('\t');
        Text.write(value(), console.out());
      }
      console.out().write('\n');
    }
    if (!entries.sound()) {
      throw new CorruptionException(record.path(), record.offset(), "the batch is malformed");
    }
  }

  private byte[] key() {
    return Arrays.copyOfRange(
        entries.bytes(), entries.keyOffset(), entries.keyOffset() + entries.keyLength());
  }

  private byte[] value() {
    return Arrays.copyOfRange(
        entries.bytes(), entries.valueOffset(), entries.valueOffset() + entries.valueLength());
  }

  /// Says what stands behind the last sound record of a file that has no end; false if it is
  /// damage.
  private boolean printTail(String name, LogReader reader, long wholeBytes) throws IOException {
    LogReader.Tail tail = reader.tail();
    long end = reader.endOffset();
    long endPosition = reader.header().number() << 32 | end / 8;
    if (wholeBytes > end || tail.syncedPosition() > endPosition) {
      console.problem(
          "%s, offset %d: a record is damaged that was on the disk"
              .formatted(directory.resolve(name), end));
      return false;
    }
    String what = tail.endOffset() > end ? "torn, " + (tail.endOffset() - end) + " bytes" : "end";
    console.out().line(name + ":" + end + "\t" + what);
    return true;
  }
}

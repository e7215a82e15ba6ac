package org.tuffdb.shell;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Keyspace;
import org.tuffdb.error.DbException;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What `load` does, and its parameters.
///
/// Records are written in batches that survive the end of the process but not a power cut; one sync
/// at the end makes them durable, and only then does it say so.
final class Load {
  static final String STANDARD_INPUT = "-";
  private static final int BATCH_RECORDS = 1000;
  private static final int BATCH_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int BYTE_ORDER_MARK = 0xEF_BB_BF;

  /// The forms that records come in.
  enum Format {
    CSV,
    TSV,
    JSONL,
    LINES;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "FILE", description = "The file; - is the standard input.")
  private String file = STANDARD_INPUT;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "csv, tsv: the first line names the columns.",
        "jsonl: a JSON object in each line.",
        "lines: each line is a key, its value is empty.",
        "Default: by the ending of the file's name; jsonl for the standard input."
      })
  private @Nullable Format format;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description = {
        "csv, tsv: the column that is the key; by default the first. A second column is the value;"
            + " of more columns the whole record is, as a JSON object.",
        "jsonl: the member that is the key; the whole line is the value. By default the members"
            + " 'key' and 'value' are the record."
      })
  private @Nullable String key;

  @Option(names = "--literal", description = "Take what begins with 0x for text, not for bytes.")
  private boolean literal;

  /// At the first record; null if there is none.
  private @Nullable RecordReader records;

  private long loaded;
  private long loadedBytes;
  private Outcome outcome = new Outcome(Tuff.OK, null);
  private boolean durable = true;

  /// Checks what can be checked before a store is opened, and perhaps created.
  void prepare() {
    if (format() == Format.LINES && key != null) {
      throw new UsageException("--key goes with columns; with lines each line is a key");
    }
    if (!isStandardInput() && !Files.isReadable(Path.of(file))) {
      throw new UsageException(file + " is not there, or may not be read");
    }
    if (Files.isDirectory(Path.of(file))) {
      throw new UsageException(file + " is a directory");
    }
  }

  /// Opens the store, which is made if there is none, and does work on it.
  interface Opening {
    int on(Tuff.Work work) throws IOException;
  }

  /// Loads the records into `keyspace` and returns the exit code. A store and a keyspace are made
  /// only when the first record is known to be one.
  int run(Opening opening, String keyspace, Console console, Interruption interruption)
      throws IOException {
    long begun = System.nanoTime();
    try (CountingStream in = new CountingStream(open(console));
        Progress progress = Progress.begin(console, "load", sizeBytes())) {
      outcome = outcome(() -> begin(keyspace, in), interruption);
      if (outcome.problem == null) {
        int _ = opening.on(db -> write(db, keyspace, in, progress, interruption));
      }
    }
    return report(outcome, durable, (System.nanoTime() - begun) / 1e9, console);
  }

  /// Brings everything to the disk; false if that fails where something else has failed before.
  private static boolean sync(Db db, Outcome outcome) {
    try {
      db.sync();
      return true;
    } catch (DbException failed) {
      if (outcome.problem == null) {
        throw failed;
      }
      return false;
    }
  }

  private Format format() {
    if (format != null) {
      return format;
    }
    String name = file.toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv" -> Format.CSV;
      case "tsv", "tab" -> Format.TSV;
      case "jsonl", "ndjson", STANDARD_INPUT -> Format.JSONL;
      case "txt", "lines", "list" -> Format.LINES;
      default ->
          throw new UsageException(
              "the name of %s does not tell its format: say --format".formatted(file));
    };
  }

  boolean isStandardInput() {
    return file.equals(STANDARD_INPUT);
  }

  private InputStream open(Console console) throws IOException {
    return isStandardInput() ? console.in() : Files.newInputStream(Path.of(file));
  }

  /// The size of the input, -1 if it is not known.
  private long sizeBytes() throws IOException {
    Path path = Path.of(file);
    return !isStandardInput() && Files.isRegularFile(path) ? Files.size(path) : -1;
  }

  private static void skipByteOrderMark(CountingStream in) throws IOException {
    in.mark(3);
    if ((in.read() << 16 | in.read() << 8 | in.read()) != BYTE_ORDER_MARK) {
      in.reset();
    }
  }

  private RecordReader reader(InputStream in) throws IOException, BadRecordException {
    return switch (format()) {
      case CSV -> new CsvRecords(in, ',', key, literal);
      case TSV -> new CsvRecords(in, '\t', key, literal);
      case JSONL -> new JsonRecords(new Lines(in), key, literal);
      case LINES -> new LineRecords(new Lines(in), literal);
    };
  }

  private String place(long line) {
    return (isStandardInput() ? "standard input" : file) + ":" + line + ": ";
  }

  /// How a load ended.
  ///
  /// @param problem why it ended before the end of the input; null if it did not
  private record Outcome(int exitCode, @Nullable String problem) {}

  private int report(Outcome outcome, boolean durable, double seconds, Console console)
      throws IOException {
    if (outcome.problem == null) {
      String figures =
          String.format(
              Locale.ROOT,
              "%.1f s, %,.0f records/s, %.1f MB/s",
              seconds,
              loaded / seconds,
              loadedBytes / 1e6 / seconds);
      console.out().line("ok: " + records() + " on the disk (" + figures + ")");
    } else {
      console.problem(outcome.problem);
      String where = durable ? "loaded, and on the disk" : "loaded, but perhaps not on the disk";
      String before =
          Figures.many(loaded, "record") + " before that " + (loaded == 1 ? "is " : "are ");
      console.err().println(before + where);
    }
    return outcome.exitCode;
  }

  private String records() {
    return Figures.many(loaded, "record") + (loaded == 1 ? " is" : " are");
  }

  /// A part of loading.
  private interface Part {
    void load() throws IOException, BadRecordException;
  }

  private Outcome outcome(Part part, Interruption interruption) {
    try {
      part.load();
    } catch (BadRecordException bad) {
      return new Outcome(Tuff.USAGE, place(bad.line()) + bad.getMessage());
    } catch (DbException refused) {
      return new Outcome(Tuff.STORE_ERROR, Messages.of(refused));
    } catch (IOException unreadable) {
      return new Outcome(Tuff.USAGE, file + " cannot be read: " + Messages.of(unreadable));
    }
    return interruption.isRequested()
        ? new Outcome(Tuff.INTERRUPTED, "interrupted")
        : new Outcome(Tuff.OK, null);
  }

  /// Goes to the first record, and refuses what no store would take.
  private void begin(String keyspace, CountingStream in) throws IOException, BadRecordException {
    skipByteOrderMark(in);
    RecordReader first = reader(in);
    if (next(first)) {
      Batch none = new Batch();
      add(first, () -> none.put(keyspace, first.key(), first.value()));
      records = first;
    }
  }

  private int write(
      Db db, String keyspace, CountingStream in, Progress progress, Interruption interruption) {
    RecordReader begun = records;
    if (begun != null) {
      Keyspace target = NewKeyspaces.open(db, keyspace);
      outcome = outcome(() -> write(db, target, begun, in, progress, interruption), interruption);
    }
    durable = sync(db, outcome);
    return outcome.exitCode;
  }

  /// Writes all records, without a sync.
  private void write(
      Db db,
      Keyspace keyspace,
      RecordReader records,
      CountingStream in,
      Progress progress,
      Interruption interruption)
      throws IOException, BadRecordException {
    Batch batch = new Batch();
    try {
      for (boolean there = true; there && !interruption.isRequested(); there = next(records)) {
        add(records, () -> batch.put(keyspace, records.key(), records.value()));
        if (batch.count() == BATCH_RECORDS || batch.sizeBytes() > BATCH_BYTES) {
          write(db, batch, in);
          progress.updateRecords(loadedBytes, loaded);
        }
      }
    } catch (BadRecordException | IOException bad) {
      write(db, batch, in);
      throw bad;
    }
    write(db, batch, in);
    progress.updateRecords(loadedBytes, loaded);
  }

  /// Goes to the next record; false at the end.
  private static boolean next(RecordReader records) throws IOException, BadRecordException {
    try {
      return records.next();
    } catch (OutOfMemoryError tooLong) {
      throw new BadRecordException(records.line(), Messages.of(tooLong));
    }
  }

  /// Has `put` take the current record.
  private static void add(RecordReader records, Runnable put) throws BadRecordException {
    try {
      put.run();
    } catch (IllegalArgumentException outOfLimits) {
      throw new BadRecordException(records.line(), String.valueOf(outOfLimits.getMessage()));
    } catch (OutOfMemoryError tooLong) {
      throw new BadRecordException(records.line(), Messages.of(tooLong));
    }
  }

  private void write(Db db, Batch batch, CountingStream in) {
    db.write(batch, Durability.BUFFERED);
    loaded += batch.count();
    loadedBytes = in.count;
    batch.clear();
  }

  /// Counts what was read.
  private static final class CountingStream extends FilterInputStream {
    private long count;

    CountingStream(InputStream in) {
      super(new BufferedInputStream(in, BUFFER_BYTES));
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      count += Math.max(read, 0);
      return read;
    }
  }
}

package org.tuffdb.shell;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.table.TableFile;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableProperties;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Prints what one table file holds. It reads the file and nothing else, so it may run beside an
/// open store.
final class TablePrinter {
  private final FileSystem files = FileSystem.disk();
  private final Path directory;
  private final Path path;
  private final long number;
  private final Console console;
  private final Interruption interruption;

  /// @param directory the store's
  /// @param file a path, a name in the directory, or the number of a table there
  TablePrinter(Path directory, String file, Console console, Interruption interruption) {
    this.directory = directory;
    this.path = path(directory, file);
    OptionalLong named = FileNames.tableNumber(String.valueOf(path.getFileName()));
    this.number =
        named.orElseThrow(() -> new UsageException(path + " is no table: it is not named so"));
    this.console = console;
    this.interruption = interruption;
  }

  private static Path path(Path directory, String file) {
    if (file.matches("[0-9]+")) {
      return FileNames.table(directory, number(file));
    }
    Path path = Path.of(file);
    return Files.exists(path) ? path : directory.resolve(path);
  }

  private static long number(String digits) {
    BigInteger number = new BigInteger(digits);
    if (number.compareTo(BigInteger.valueOf(FileNames.NUMBER_MAX)) > 0) {
      throw new UsageException("there is no table " + digits);
    }
    return number.longValue();
  }

  /// What a kind of entry is called.
  static String kind(byte kind) {
    return switch (kind) {
      case Kind.PUT -> "put";
      case Kind.DELETE -> "delete";
      case Kind.RANGE_DELETE -> "delete-range";
      default -> "kind " + kind;
    };
  }

  /// What of a table to print.
  enum What {
    PROPERTIES,
    BLOCKS,
    ENTRIES
  }

  int print(What what) throws IOException {
    if (!files.exists(path)) {
      console.problem("there is no table " + path);
      return Tuff.NOT_FOUND;
    }
    try (TableFile table = TableFile.open(files, path, number)) {
      switch (what) {
        case PROPERTIES -> printProperties(table);
        case BLOCKS -> printBlocks(table);
        case ENTRIES -> printEntries(table);
      }
    }
    return Tuff.OK;
  }

  private void printProperties(TableFile table) throws IOException {
    TableProperties p = table.properties();
    line("file", path.toString());
    line("belongs to", owner(table));
    line("size", exactly(table.sizeBytes()));
    line("keys", keys(table));
    line("entries", Figures.count(p.entries()) + " of " + Figures.many(p.keys(), "key"));
    line("tombstones", Figures.count(p.deletes()));
    line("range deletes", Figures.count(p.rangeDeletes()));
    line(
        "sequences",
        Figures.count(p.oldestSequence()) + " to " + Figures.count(p.newestSequence()));
    line("key bytes", exactly(p.keyBytes()) + mean(p.keyBytes(), p.entries()));
    line("value bytes", exactly(p.valueBytes()) + mean(p.valueBytes(), p.entries()));
    line(
        "blocks",
        "%s of up to %s, compression %s"
            .formatted(
                Figures.count(p.blocks()),
                Figures.size(p.blockBytes()),
                p.compression().name().toLowerCase(java.util.Locale.ROOT)));
    line("in memory", exactly(p.rawBytes()));
    line("in the file", exactly(p.storedBytes()) + percent(p.storedBytes(), p.rawBytes()));
    line(
        "filter",
        p.filterBytes() == 0
            ? "none"
            : exactly(p.filterBytes())
                + ", "
                + Figures.ratio(8.0 * p.filterBytes() / Math.max(1, p.keys()))
                + " bits a key, "
                + Figures.many(p.filterProbes(), "probe"));
    line("fences", exactly(p.fenceBytes()));
  }

  private void line(String name, String value) throws IOException {
    console.out().line("%-14s %s".formatted(name, value));
  }

  private static String exactly(long bytes) {
    String rounded = Figures.size(bytes);
    String exact = Figures.count(bytes) + " B";
    return bytes < 1000 ? exact : rounded + " (" + exact + ")";
  }

  private static String mean(long bytes, long entries) {
    return entries == 0 ? "" : ", " + Figures.ratio(bytes / (double) entries) + " each";
  }

  private static String percent(long part, long whole) {
    return whole == 0 ? "" : ", " + Math.round(100.0 * part / whole) + " %";
  }

  /// First and last key of the entries.
  private static String keys(TableFile table) throws IOException {
    if (table.blockCount() == 0) {
      return "none";
    }
    byte[] first = table.block(0).key(0);
    TableFile.Entries last = table.block(table.blockCount() - 1);
    return Text.of(first) + " to " + Text.of(last.key(last.count() - 1));
  }

  /// Where the manifest says that the table is, if it can be read and says anything.
  private String owner(TableFile table) {
    Version version = version(table.header().storeId());
    if (version != null) {
      for (Version.KeyspaceVersion keyspace : version.keyspaces().values()) {
        for (int level = 0; level < keyspace.levels().size(); level++) {
          for (TableInfo info : keyspace.levels().get(level)) {
            if (info.number() == number) {
              return "keyspace " + Text.printable(keyspace.name()) + ", level " + level;
            }
          }
        }
      }
      return "nothing any more: the next opening deletes it";
    }
    return "store %016x".formatted(table.header().storeId());
  }

  /// What the store that the file is in consists of; null if it is no store, or not the right one.
  private @Nullable Version version(long storeId) {
    Path parent = path.toAbsolutePath().getParent();
    try {
      Manifest.Recovered found = Manifest.read(files, parent == null ? directory : parent);
      return found == null || found.storeId() != storeId ? null : found.version();
    } catch (DbException | IOException noManifest) {
      return null; // the table can be read all the same
    }
  }

  private void printBlocks(TableFile table) throws IOException {
    console.out().line("block\toffset\tbytes\tin memory\tentries\tfirst key");
    for (int i = 0; i < table.blockCount() && !interruption.isRequested(); i++) {
      TableFile.Entries block = table.block(i);
      String figures =
          "%d\t%d\t%d\t%d\t%d\t"
              .formatted(i, block.offset(), block.storedBytes(), block.rawBytes(), block.count());
      console.out().write(Text.utf8(figures));
      Text.write(block.key(0), console.out());
      console.out().write('\n');
    }
  }

  private void printEntries(TableFile table) throws IOException {
    for (RangeDelete delete : table.rangeDeletes()) {
      printEntry(delete.start(), delete.sequence(), Kind.RANGE_DELETE, Text.of(delete.limit()));
    }
    for (int i = 0; i < table.blockCount(); i++) {
      TableFile.Entries block = table.block(i);
      for (int entry = 0; entry < block.count(); entry++) {
        if (interruption.isRequested()) {
          return;
        }
        byte kind = block.kind(entry);
        String value = kind == Kind.DELETE ? "" : block.valueLength(entry) + " B";
        printEntry(block.key(entry), block.sequence(entry), kind, value);
      }
    }
  }

  private void printEntry(byte[] key, long sequence, byte kind, String value) throws IOException {
    console.out().write(Text.utf8(sequence + "\t" + kind(kind) + "\t"));
    Text.write(key, console.out());
    console.out().write(Text.utf8(value.isEmpty() ? "\n" : "\t" + value + "\n"));
  }
}

package org.tuffdb.shell;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Edit;
import org.tuffdb.version.ManifestHistory;

/// Prints the current manifest, a line for each edit, in columns set apart by tabs: file and offset
/// of the record, what the edit is, and its particulars. It reads the file and nothing else, so it
/// may run beside an open store.
final class ManifestPrinter {
  private final FileSystem files = FileSystem.disk();
  private final Path directory;
  private final Console console;
  private final Interruption interruption;
  private final Map<Integer, String> keyspaces = new HashMap<>(Map.of(0, "default"));

  ManifestPrinter(Path directory, Console console, Interruption interruption) {
    this.directory = directory;
    this.console = console;
    this.interruption = interruption;
  }

  /// Prints everything; false if the manifest turned out to be damaged.
  boolean print() throws IOException {
    try {
      ManifestHistory.visit(files, directory, this::print);
      return true;
    } catch (CorruptionException damaged) {
      console.problem(Messages.of(damaged));
      return false;
    }
  }

  private void print(Path manifest, long offset, List<Edit> edits) throws IOException {
    String place = manifest.getFileName() + ":" + offset + "\t";
    for (Edit edit : edits) {
      if (!interruption.isRequested()) {
        console.out().line(place + describe(edit));
      }
    }
  }

  private String describe(Edit edit) {
    return switch (edit) {
      case Edit.NextFile(long number) -> columns("next-file", number);
      case Edit.NextKeyspace(int id) -> columns("next-keyspace", id);
      case Edit.LogAdded(long number) -> columns("log-added", log(number));
      case Edit.LogEnded(long number, long bytes) ->
          columns("log-ended", log(number), bytes + " B");
      case Edit.LogDropped(long number) -> columns("log-dropped", log(number));
      case Edit.ReplayFrom(long sequence) -> columns("replay-from", sequence);
      case Edit.KeyspaceAdded(int id, String name) -> {
        keyspaces.put(id, Text.printable(name));
        yield columns("keyspace-added", id, keyspace(id));
      }
      case Edit.KeyspaceDropped(int id) -> columns("keyspace-dropped", id, keyspace(id));
      case Edit.Flushed(int id, long sequence) -> columns("flushed", keyspace(id), sequence);
      case Edit.TableAdded(int id, int level, TableInfo table) ->
          columns(
              "table-added",
              keyspace(id),
              "level " + level,
              table(table.number()),
              table.sizeBytes() + " B",
              table.entries() + " entries",
              Text.range(table.first(), table.limit()));
      case Edit.TableRemoved(int id, int level, long number) ->
          columns("table-removed", keyspace(id), "level " + level, table(number));
    };
  }

  private static String columns(String what, Object... particulars) {
    StringBuilder line = new StringBuilder(what);
    for (Object particular : particulars) {
      line.append('\t').append(particular);
    }
    return line.toString();
  }

  private String keyspace(int id) {
    return keyspaces.getOrDefault(id, "keyspace " + id);
  }

  private static Path log(long number) {
    return FileNames.log(Path.of(""), number);
  }

  private static Path table(long number) {
    return FileNames.table(Path.of(""), number);
  }
}

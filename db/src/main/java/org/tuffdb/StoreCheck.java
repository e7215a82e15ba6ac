package org.tuffdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.error.DbLockedException;
import org.tuffdb.error.FormatTooNewException;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.log.LogReplay;
import org.tuffdb.table.TableCheck;
import org.tuffdb.table.TableInfo;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Reads the files of a store that nobody has open, one kind after another, and gathers what is
/// wrong in them.
///
/// ```
/// CURRENT, manifest → which files there are → log, as opening would replay it → tables
/// ```
///
/// Where the manifest cannot be read, the files are those that the directory holds, and each is
/// checked by what it says of itself.
final class StoreCheck {
  private final FileSystem files;
  private final Path directory;
  private final Verification.Progress progress;
  private final List<Verification.Damage> damages = new ArrayList<>();
  private final List<LogReplay.File> logs = new ArrayList<>();
  private final List<TableToCheck> tables = new ArrayList<>();
  private long logBytes;
  private int fileCount;
  private long totalBytes;

  /// What the files that are done have, and what was read of the current one.
  private long doneBytes;

  private long readBytes;

  /// A table and what the manifest knows of it, if it can be read.
  private record TableToCheck(
      long number, @Nullable TableInfo info, @Nullable String keyspace, long sizeBytes) {}

  StoreCheck(FileSystem files, Path directory, Verification.Progress progress) {
    this.files = files;
    this.directory = directory;
    this.progress = progress;
  }

  Verification run() throws IOException {
    Manifest.Recovered manifest = readManifest();
    if (manifest == null) {
      listDirectory();
    } else {
      listVersion(manifest.version());
    }
    done(0);
    new LogCheck(files, logs, manifest, this::damage, this::read).run();
    done(logBytes);
    for (TableToCheck table : tables) {
      check(table, manifest == null ? null : manifest.storeId());
    }
    return new Verification(fileCount, totalBytes, damages);
  }

  private void damage(Path file, long offset, String what) {
    damages.add(new Verification.Damage(file, offset, what, null, null));
  }

  /// Reports what reading `file` ended with.
  private void damage(Path file, Exception failure) {
    if (failure instanceof CorruptionException damaged) {
      damage(damaged.file(), damaged.offset(), damaged.what());
    } else {
      damage(file, -1, String.valueOf(failure.getMessage()));
    }
  }

  /// What the manifest says; null if it is damaged.
  private Manifest.@Nullable Recovered readManifest() throws IOException {
    Path current = directory.resolve(FileNames.CURRENT);
    Manifest.Recovered recovered = null;
    try {
      Manifest.requireUnused(files, directory);
      recovered = Manifest.read(files, directory);
      if (recovered == null) {
        damage(current, -1, "the file is missing, and the store has data");
      }
    } catch (DbLockedException open) {
      throw open; // what is being written is neither whole nor damaged
    } catch (FormatTooNewException newer) {
      throw newer; // nothing here could judge the files
    } catch (DbException | IOException unreadable) {
      damage(current, unreadable);
    }
    for (String name : files.list(directory)) {
      if (name.equals(FileNames.CURRENT) || FileNames.manifestNumber(name).isPresent()) {
        doneBytes += count(directory.resolve(name));
      }
    }
    return recovered;
  }

  /// Takes a file into the account, and returns its size.
  private long count(Path file) {
    long sizeBytes = sizeBytes(file);
    fileCount++;
    totalBytes += sizeBytes;
    return sizeBytes;
  }

  private long sizeBytes(Path path) {
    try (ReadFile file = files.openForRead(path)) {
      return file.sizeBytes();
    } catch (IOException toldLater) {
      return 0; // whoever checks the file finds the same, and reports it
    }
  }

  private void listDirectory() throws IOException {
    for (String name : files.list(directory)) {
      OptionalLong log = FileNames.logNumber(name);
      OptionalLong table = FileNames.tableNumber(name);
      if (log.isPresent()) {
        addLog(log.getAsLong(), -1);
      } else if (table.isPresent()) {
        long sizeBytes = count(directory.resolve(name));
        tables.add(new TableToCheck(table.getAsLong(), null, null, sizeBytes));
      }
    }
  }

  private void addLog(long number, long wholeBytes) {
    Path path = FileNames.log(directory, number);
    logs.add(new LogReplay.File(path, number, wholeBytes));
    logBytes += count(path);
  }

  private void listVersion(Version version) {
    for (Version.LogFile log : version.logs()) {
      addLog(log.number(), log.wholeBytes());
    }
    for (Version.KeyspaceVersion keyspace : version.keyspaces().values()) {
      for (List<TableInfo> level : keyspace.levels()) {
        for (TableInfo info : level) {
          long sizeBytes = count(FileNames.table(directory, info.number()));
          tables.add(new TableToCheck(info.number(), info, keyspace.name(), sizeBytes));
        }
      }
    }
  }

  private void read(long bytes) {
    readBytes += bytes;
    progress.on(Math.min(doneBytes + readBytes, totalBytes), totalBytes);
  }

  private void done(long sizeBytes) {
    doneBytes += sizeBytes;
    readBytes = 0;
    progress.on(Math.min(doneBytes, totalBytes), totalBytes);
  }

  private void check(TableToCheck table, @Nullable Long storeId) {
    Path path = FileNames.table(directory, table.number);
    TableCheck.Findings findings =
        (offset, what, first, limit) ->
            damages.add(
                new Verification.Damage(path, offset, what, table.keyspace, range(first, limit)));
    new TableCheck(files, path, table.number, table.info, storeId, this::read, findings).run();
    done(table.sizeBytes);
  }

  /// Null where damage has the keys end before they begin.
  private static @Nullable KeyRange range(byte[] first, byte[] limit) {
    if (limit.length == 0) {
      return first.length == 0 ? KeyRange.all() : KeyRange.atLeast(first);
    }
    return Arrays.compareUnsigned(limit, first) < 0 ? null : KeyRange.closedOpen(first, limit);
  }
}

package org.tuffdb;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.compact.Compaction;
import org.tuffdb.fs.Directory;
import org.tuffdb.fs.FileNames;
import org.tuffdb.table.Table;
import org.tuffdb.table.TableInfo;
import org.tuffdb.table.TableOptions;
import org.tuffdb.table.TableWriter;

/// The files of one flush or compaction, until the manifest refers to them.
final class NewTables implements Compaction.Outputs {
  private final Setup setup;
  private final Directory directory;
  private final Tables tables;
  private final long storeId;
  private final TableOptions options;
  private final LongSupplier numbers;
  private final List<Path> created = new ArrayList<>();
  private final List<Table> opened = new ArrayList<>();

  /// @param numbers gives a number that no file has or had
  NewTables(
      Setup setup,
      Directory directory,
      Tables tables,
      long storeId,
      TableOptions options,
      LongSupplier numbers) {
    this.setup = setup;
    this.directory = directory;
    this.tables = tables;
    this.storeId = storeId;
    this.options = options;
    this.numbers = numbers;
  }

  @Override
  public TableWriter begin() throws IOException {
    directory.requireInPlace();
    long number = numbers.getAsLong();
    Path path = FileNames.table(directory.path(), number);
    FileHeader header =
        new FileHeader(FileHeader.Kind.TABLE, number, storeId, setup.random().nextInt());
    TableWriter writer = TableWriter.create(setup.files(), path, header, options);
    created.add(path);
    return writer;
  }

  /// Opens what was written.
  List<Table> open(List<TableInfo> infos) throws IOException {
    for (TableInfo info : infos) {
      opened.add(tables.open(info));
    }
    return opened;
  }

  /// The manifest refers to them now, or may do so: they are no longer for [#discard].
  void referred() {
    created.clear();
    opened.clear();
  }

  /// The files to be deleted if opening fails.
  List<Path> created() {
    return created;
  }

  /// Closes them after something failed, and deletes them, unless the manifest may refer to them;
  /// what goes wrong here is added to `cause`.
  void discard(Throwable cause, boolean mayBeReferred) {
    try {
      for (Table table : opened) {
        table.close();
      }
      directory.requireInPlace();
      for (Path path : mayBeReferred ? List.<Path>of() : created) {
        setup.files().delete(path);
      }
    } catch (IOException leftOver) {
      // The next opening deletes it.
      cause.addSuppressed(leftOver);
    }
    referred();
  }
}

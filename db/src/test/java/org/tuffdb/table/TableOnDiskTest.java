package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.FileSystem;

/// Tables in real files, with real mappings.
class TableOnDiskTest {
  private static final TableOptions OPTIONS = new TableOptions(4096, 10, BlockCompression.NONE);
  private static final int ENTRIES = 5000;

  private final FileSystem files = FileSystem.disk();
  private final TableModel model = new TableModel();

  @TempDir Path home;

  private static byte[] key(int i) {
    return "key%06d".formatted(i).getBytes(UTF_8);
  }

  private Table write(Access reading) throws IOException {
    for (int i = 0; i < ENTRIES; i++) {
      model.put(key(i), i, new byte[100]);
    }
    Path path = home.resolve("000007.table");
    TableInfo info = model.write(files, path, TableModel.HEADER, OPTIONS);
    BlockCache cache = new BlockCache(1 << 20, 4096);
    return Table.open(files, path, info, TableModel.STORE, reading, cache);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasWrittenIsRead(Access reading) throws IOException {
    try (Table table = write(reading);
        EntryCursor cursor = table.cursor();
        EntryCursor sweep = table.sweep()) {
      model.assertScans(cursor);
      model.assertScans(sweep);
      for (TableModel.Versioned entry : model.entries.keySet()) {
        model.assertFinds(table, entry.key(), Long.MAX_VALUE);
      }
      TableModel.verify(files, home.resolve("000007.table"), table.info(), bytes -> {});
    }
  }

  /// What a failing disk does under a mapping, too: the page is not there when it is needed. All
  /// blocks have been checked before, and the code that reads them is compiled.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aMappedPageThatCannotBeReadIsAnExceptionThatNamesTheFile() throws IOException {
    try (Table table = write(Access.MAPPED);
        EntryCursor cursor = table.cursor()) {
      for (int round = 0; round < 20; round++) {
        assertThat(findAll(table)).isEqualTo(ENTRIES);
        model.assertScans(cursor);
      }
      try (RandomAccessFile file =
          new RandomAccessFile(home.resolve("000007.table").toFile(), "rw")) {
        file.setLength(0);
      }
      for (int i = 0; i < ENTRIES; i++) {
        int each = i;
        assertUnreadable(
            () -> table.find(key(each), Hash.of(key(each)), Long.MAX_VALUE, new Found()));
        assertUnreadable(() -> cursor.seek(key(each), Long.MAX_VALUE));
      }
      assertUnreadable(cursor::first);
      assertUnreadable(() -> table.sweep().first());
    }
  }

  private static int findAll(Table table) {
    int count = 0;
    for (int i = 0; i < ENTRIES; i++) {
      Found found = new Found();
      count += table.find(key(i), Hash.of(key(i)), Long.MAX_VALUE, found) ? 1 : 0;
    }
    return count;
  }

  private interface Read {
    void run() throws IOException;
  }

  private static void assertUnreadable(Read read) {
    assertThatThrownBy(read::run)
        .isInstanceOf(DbException.class)
        .hasMessageContaining("000007.table");
  }
}

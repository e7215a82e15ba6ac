package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WrappedReadFile;
import org.tuffdb.fs.WriteFile;

/// Blocks that do not fit into the cache have memory of their own, which is freed at once.
class LargeBlocksTest {
  private static final int BLOCK_BYTES = 4096;
  private static final int VALUE_BYTES = 10_000;
  private static final int HUGE_BYTES = 3 << 20;
  private static final int ENTRIES = 40;

  /// The ways of reading in which a block is copied.
  enum Way {
    PLAIN(BlockCompression.NONE, Access.CACHED, 64),
    PLAIN_WITHOUT_CACHE(BlockCompression.NONE, Access.CACHED, 0),
    COMPRESSED(BlockCompression.LZ4, Access.CACHED, 64),
    COMPRESSED_WITHOUT_CACHE(BlockCompression.LZ4, Access.CACHED, 0),
    COMPRESSED_AND_MAPPED(BlockCompression.LZ4, Access.MAPPED, 64);

    final BlockCompression compression;
    final Access reading;

    @SuppressWarnings("ImmutableEnumChecker") // one for each way is enough
    final BlockCache cache;

    Way(BlockCompression compression, Access reading, int slots) {
      this.compression = compression;
      this.reading = reading;
      this.cache = new BlockCache((long) slots * 2 * BLOCK_BYTES, BLOCK_BYTES);
    }
  }

  private final MemoryFileSystem files = new MemoryFileSystem();
  private final TableModel model = new TableModel();
  private final List<MemorySegment> filled = new ArrayList<>();

  private static byte[] key(int entry) {
    return "key %04d".formatted(entry).getBytes(UTF_8);
  }

  private TableInfo write(BlockCompression compression, int filterBits, int... valueBytes)
      throws IOException {
    for (int i = 0; i < valueBytes.length; i++) {
      byte[] value = new byte[valueBytes[i]];
      Arrays.fill(value, (byte) i);
      model.put(key(i), 5, value);
    }
    return model.write(files, new TableOptions(BLOCK_BYTES, filterBits, compression));
  }

  private Table open(TableInfo info, Access reading, BlockCache cache) throws IOException {
    return Table.open(watchedFiles(), TableModel.PATH, info, TableModel.STORE, reading, cache);
  }

  private Table open(Way way, int... valueBytes) throws IOException {
    return open(write(way.compression, 0, valueBytes), way.reading, way.cache);
  }

  private static int[] large(int entries) {
    int[] valueBytes = new int[entries];
    Arrays.fill(valueBytes, VALUE_BYTES);
    return valueBytes;
  }

  /// Notes what native memory a table reads into.
  private record WatchedFile(ReadFile file, List<MemorySegment> filled) implements WrappedReadFile {
    @Override
    public int read(long position, MemorySegment into) throws IOException {
      filled.add(into);
      return file.read(position, into);
    }
  }

  private FileSystem watchedFiles() {
    return (FileSystem)
        Proxy.newProxyInstance(
            FileSystem.class.getClassLoader(),
            new Class<?>[] {FileSystem.class},
            (_, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("openForRead");
              return new WatchedFile(files.openForRead((Path) arguments[0]), filled);
            });
  }

  private void assertFreed() {
    assertThat(filled).noneMatch(segment -> segment.scope().isAlive());
  }

  private static byte valueByte(EntryCursor cursor) {
    MemorySegment value = cursor.segment().asSlice(cursor.valueOffset(), cursor.valueLength());
    byte first = value.get(ValueLayout.JAVA_BYTE, 0);
    assertThat(value.get(ValueLayout.JAVA_BYTE, value.byteSize() - 1)).isEqualTo(first);
    return first;
  }

  @ParameterizedTest
  @EnumSource
  void aLookupFreesItsBlock(Way way) throws IOException {
    try (Table table = open(way, large(ENTRIES))) {
      table.fences().find(key(0)); // so that the table has its filter and fences
      filled.clear();
      for (int i = 0; i < ENTRIES; i++) {
        Found found = new Found();
        assertThat(table.find(key(i), Hash.of(key(i)), 9, found)).isTrue();
        assertThat(found.segment().get(ValueLayout.JAVA_BYTE, found.valueOffset()))
            .isEqualTo((byte) i);
        MemorySegment segment = found.segment();
        found.release();
        assertThat(segment.scope().isAlive()).isFalse();
        assertThat(table.find(key(i), Hash.of(key(i)), 4, new Found())).isFalse();
        byte[] longer = Arrays.copyOf(key(i), 9);
        assertThat(table.find(longer, Hash.of(longer), 9, new Found())).isFalse();
      }
      assertThat(filled.isEmpty()).isEqualTo(way.compression == BlockCompression.LZ4);
      assertFreed();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCursorHasOneBufferForAll(Way way) throws IOException {
    MemorySegment last;
    try (Table table = open(way, large(ENTRIES))) {
      EntryCursor cursor = table.cursor();
      assertThat(cursor.staysInPlace()).isFalse();
      assertThat(cursor.first()).isTrue();
      MemorySegment first = cursor.segment();
      for (int i = 1; i < ENTRIES; i++) {
        assertThat(valueByte(cursor)).isEqualTo((byte) (i - 1));
        assertThat(cursor.staysInPlace()).isFalse();
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.segment().address()).isEqualTo(first.address());
      }
      last = cursor.segment();
      model.assertScans(cursor);
      cursor.close();
      assertThat(last.scope().isAlive()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCursorDoesNotKeepAHugeBlock(Way way) throws IOException {
    try (Table table = open(way, 10, HUGE_BYTES, 10_000);
        EntryCursor cursor = table.cursor()) {
      assertThat(cursor.seek(key(1), 9)).isTrue();
      assertThat(valueByte(cursor)).isEqualTo((byte) 1);
      MemorySegment huge = cursor.segment();
      assertThat(cursor.next()).isTrue();
      assertThat(valueByte(cursor)).isEqualTo((byte) 2);
      assertThat(huge.scope().isAlive()).isFalse();
      model.assertScans(cursor);
    }
  }

  @Test
  void onlyAMappedBlockStaysInPlace() throws IOException {
    int[] valueBytes = {100, VALUE_BYTES, 100};
    TableInfo info = write(BlockCompression.NONE, 0, valueBytes);
    for (Access reading : Access.values()) {
      BlockCache cache = new BlockCache(1 << 20, BLOCK_BYTES);
      try (Table table = open(info, reading, cache);
          EntryCursor cursor = table.cursor()) {
        for (boolean there = cursor.first(); there; there = cursor.next()) {
          assertThat(cursor.staysInPlace()).isEqualTo(reading == Access.MAPPED);
        }
      }
      cache.close();
    }
  }

  /// Each read finds the damage anew, and leaves nothing behind.
  @Test
  void aDamagedTableTakesNoMemory() throws IOException {
    TableInfo info = write(BlockCompression.NONE, 10, large(ENTRIES));
    byte[] sound = content();
    for (int section : new int[] {TableFormat.FILTER, TableFormat.FENCES, -1}) {
      byte[] damaged = sound.clone();
      damaged[section < 0 ? blockOf(7, info) : offset(section) + 9] ^= 1;
      replace(damaged);
      try (Table table = open(info, Access.CACHED, Way.PLAIN.cache)) {
        if (section < 0) {
          table.fences().find(key(7));
        }
        filled.clear();
        for (int i = 0; i < 3; i++) {
          assertThatThrownBy(() -> table.find(key(7), Hash.of(key(7)), 9, new Found()))
              .isInstanceOf(CorruptionException.class);
        }
        assertThat(filled).as("section %d", section).hasSize(section == TableFormat.FENCES ? 6 : 3);
        assertFreed();
      }
      replace(sound);
    }
  }

  private byte[] content() throws IOException {
    try (var file = files.openForRead(TableModel.PATH)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      file.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  private void replace(byte[] content) throws IOException {
    try (WriteFile file = files.openForOverwrite(TableModel.PATH)) {
      file.write(0, content, 0, content.length);
    }
  }

  private int offset(int section) throws IOException {
    try (TableFile file = TableFile.open(files, TableModel.PATH, 7)) {
      return (int) file.handle(section).offset();
    }
  }

  /// A byte of the block that holds an entry.
  private int blockOf(int entry, TableInfo info) throws IOException {
    BlockCache cache = new BlockCache(0, BLOCK_BYTES);
    try (Table table = open(info, Access.CACHED, cache)) {
      return (int) table.block(table.fences().find(key(entry))).offset() + 9;
    }
  }
}

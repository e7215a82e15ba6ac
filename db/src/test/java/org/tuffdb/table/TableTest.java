package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.fs.MemoryFileSystem;

/// What was written is read, whatever the keys, the options and the way of reading.
class TableTest {
  private static final int[] BLOCK_BYTES = {64, 200, 1000, 4096};

  /// Kinds of keys: each makes one of the layouts work hard.
  enum Shape {
    RANDOM,
    /// Few different bytes, so that keys begin other keys, and zeros matter.
    SHORT,
    /// The first eight bytes tie, in blocks and in fences.
    TIED,
    LONG_PREFIX,
    NUMBERED,
    /// Keys of few bytes and values of none or few, all of the same length.
    EVEN,
    /// The same, and each sequence is one more than the one before, but for a few.
    RISING,
    /// Many versions of few keys, over several blocks.
    VERSIONS,
    LARGE;

    byte[] key(Random random) {
      return switch (this) {
        case RANDOM -> bytes(random, 1 + random.nextInt(20));
        case SHORT -> ofFewBytes(random);
        case TIED -> text((random.nextBoolean() ? "samewordA" : "samewordB") + random.nextInt(900));
        case LONG_PREFIX -> text("x".repeat(300) + random.nextInt(1000));
        case EVEN -> bytes(random, 1);
        case RISING -> text("%03d".formatted(random.nextInt(1000)));
        case NUMBERED -> text("user%06d".formatted(random.nextInt(1000)));
        case VERSIONS -> text("k" + random.nextInt(3));
        case LARGE -> Arrays.copyOf(bytes(random, 3), 1 + random.nextInt(65536));
      };
    }

    private static byte[] ofFewBytes(Random random) {
      byte[] key = new byte[1 + random.nextInt(5)];
      for (int i = 0; i < key.length; i++) {
        key[i] = (byte) (random.nextInt(3) - 1);
      }
      return key;
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] text(String text) {
    return text.getBytes(UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasWrittenIsRead(Shape shape) throws IOException {
    for (int seed = 0; seed < 24; seed++) {
      try {
        check(shape, seed);
      } catch (Throwable failure) {
        throw new AssertionError(shape + ", seed " + seed, failure);
      }
    }
  }

  private static void check(Shape shape, int seed) throws IOException {
    Random random = new Random(seed);
    TableModel model = model(shape, random);
    BlockCompression compression =
        random.nextBoolean() ? BlockCompression.LZ4 : BlockCompression.NONE;
    int blockBytes = BLOCK_BYTES[random.nextInt(BLOCK_BYTES.length)];
    MemoryFileSystem files = new MemoryFileSystem();
    TableInfo info =
        model.write(files, new TableOptions(blockBytes, random.nextInt(20), compression));
    model.assertInfo(info);
    for (Access reading : Access.values()) {
      BlockCache cache = new BlockCache(8L * blockBytes, blockBytes);
      try (Table table =
          Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, cache)) {
        checkReads(files, shape, random, model, table);
      }
    }
    files.assertNothingOpen();
  }

  private static TableModel model(Shape shape, Random random) {
    TableModel model = new TableModel();
    if (shape == Shape.EVEN || shape == Shape.RISING) {
      return evenModel(shape, random);
    }
    int entries = shape == Shape.LARGE ? 20 : 1 + random.nextInt(600);
    long begin = random.nextBoolean() ? 0 : 1L << 40;
    int span = 1 + random.nextInt(1 << (1 + random.nextInt(20)));
    for (int i = 0; i < entries; i++) {
      int most = random.nextInt(20) == 0 ? 10_000 : 1 + random.nextInt(60);
      byte[] value = new byte[random.nextInt(most)];
      Arrays.fill(value, (byte) i);
      model.put(shape.key(random), begin + random.nextInt(span), value);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] start = shape.key(random);
      byte[] limit = random.nextInt(3) == 0 ? new byte[0] : Arrays.copyOf(start, start.length + 1);
      model.rangeDeletes.add(new RangeDelete(start, limit, random.nextInt(1000)));
    }
    return model;
  }

  private static TableModel evenModel(Shape shape, Random random) {
    TableModel model = new TableModel();
    int entries = 1 + random.nextInt(500);
    int valueBytes = random.nextInt(3);
    long sequence = random.nextLong(1L << 40);
    for (int i = 0; i < entries; i++) {
      byte[] value = bytes(random, valueBytes);
      if (shape == Shape.RISING) {
        sequence += random.nextInt(100) == 0 ? 2 : 1;
        model.put(text("%03d".formatted(i)), sequence, value);
      } else {
        model.put(shape.key(random), random.nextInt(1 << 20), value);
      }
    }
    return model;
  }

  private static void checkReads(
      MemoryFileSystem files, Shape shape, Random random, TableModel model, Table table)
      throws IOException {
    assertThat(table.rangeDeletes().count()).isEqualTo(model.rangeDeletes.size());
    AtomicLong read = new AtomicLong();
    TableModel.verify(files, TableModel.PATH, table.info(), read::addAndGet);
    assertThat(read.get()).isEqualTo(table.info().sizeBytes());
    try (EntryCursor cursor = table.cursor();
        EntryCursor sweep = table.sweep()) {
      model.assertScans(cursor);
      model.assertScans(sweep);
      for (int i = 0; i < 100; i++) {
        byte[] key = shape.key(random);
        long sequence = random.nextBoolean() ? Long.MAX_VALUE : random.nextInt(1 << 20);
        model.assertWalks(cursor, random, key, sequence);
        model.assertWalks(sweep, random, key, sequence);
        model.assertFinds(table, key, sequence);
      }
    }
    for (TableModel.Versioned entry : model.entries.keySet()) {
      model.assertFinds(table, entry.key(), entry.sequence());
      model.assertFinds(table, entry.key(), Long.MAX_VALUE);
    }
    int entries = 0;
    for (int block = 0; block < table.blockCount(); block++) {
      entries += table.block(block).entries();
    }
    assertThat(entries).isEqualTo(model.entries.size());
  }

  @ParameterizedTest
  @EnumSource
  void rangeDeletesAloneMakeATable(Access reading) throws IOException {
    TableModel model = new TableModel();
    model.rangeDeletes.add(new RangeDelete(text("b"), text("d"), 4));
    model.rangeDeletes.add(new RangeDelete(text("c"), text("f"), 7));
    MemoryFileSystem files = new MemoryFileSystem();
    TableInfo info = model.write(files, new TableOptions(4096, 10, BlockCompression.NONE));
    assertThat(info.first()).isEqualTo(text("b"));
    assertThat(info.limit()).isEqualTo(text("f"));
    try (Table table = open(files, info, reading);
        EntryCursor cursor = table.cursor()) {
      assertThat(table.rangeDeletes().newest(text("c"), 9)).isEqualTo(7);
      model.assertScans(cursor);
      assertThat(table.find(text("c"), Hash.of(text("c")), 9, new Found())).isFalse();
      TableModel.verify(files, TableModel.PATH, info, bytes -> {});
    }
  }

  private static Table open(MemoryFileSystem files, TableInfo info, Access reading)
      throws IOException {
    BlockCache cache = new BlockCache(1 << 16, 4096);
    return Table.open(files, TableModel.PATH, info, TableModel.STORE, reading, cache);
  }

  @Test
  void entriesMustAscend() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (TableWriter writer = writer(files)) {
      TableModel.add(writer, text("b"), 5, text("v"));
      for (String key : List.of("a", "b")) {
        assertThatThrownBy(() -> TableModel.add(writer, text(key), 5, text("v")))
            .isInstanceOf(IllegalStateException.class);
      }
      TableModel.add(writer, text("b"), 4, text("v"));
      assertThat(writer.entries()).isEqualTo(2);
      writer.finish();
      assertThatThrownBy(() -> TableModel.add(writer, text("c"), 5, text("v")))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }
  }

  private static TableWriter writer(MemoryFileSystem files) throws IOException {
    return TableWriter.create(
        files,
        TableModel.PATH,
        TableModel.HEADER,
        new TableOptions(4096, 10, BlockCompression.NONE));
  }

  @Test
  void anEmptyTableIsRefused() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (TableWriter writer = writer(files)) {
      assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
    }
    files.assertNothingOpen();
  }

  @Test
  void theSizeIsEstimatedWell() throws IOException {
    Random random = new Random(1);
    TableModel model = new TableModel();
    for (int i = 0; i < 20_000; i++) {
      model.put(bytes(random, 16), random.nextInt(1 << 20), bytes(random, 100));
    }
    MemoryFileSystem files = new MemoryFileSystem();
    long estimate;
    TableInfo info;
    try (TableWriter writer = writer(files)) {
      for (var entry : model.entries.entrySet()) {
        TableModel.add(writer, entry.getKey().key(), entry.getKey().sequence(), entry.getValue());
      }
      estimate = writer.sizeBytes();
      info = writer.finish();
    }
    assertThat((double) estimate).isBetween(0.99 * info.sizeBytes(), 1.01 * info.sizeBytes());
    assertThat((double) info.sizeBytes() / info.entries()).isLessThan(135);
  }

  @Test
  void entriesThatAreAlikeTakeNoOffsetsAndThoseWrittenInOrderNoSequences() throws IOException {
    Random random = new Random(1);
    TableModel model = new TableModel();
    for (int i = 0; i < 20_000; i++) {
      model.put(text("%016d".formatted(i)), 1_000_000 + i, bytes(random, 100));
    }
    TableInfo info =
        model.write(new MemoryFileSystem(), new TableOptions(4096, 10, BlockCompression.NONE));
    assertThat((double) info.sizeBytes() / info.entries()).isLessThan(127.5);
  }

  @ParameterizedTest
  @EnumSource
  void aClosedTableRefusesReads(Access reading) throws IOException {
    TableModel model = new TableModel();
    model.put(text("a"), 5, text("v"));
    MemoryFileSystem files = new MemoryFileSystem();
    TableInfo info = model.write(files, new TableOptions(4096, 10, BlockCompression.NONE));
    Table table = open(files, info, reading);
    model.assertFinds(table, text("a"), 9);
    table.close();
    assertThatThrownBy(() -> table.find(text("a"), Hash.of(text("a")), 9, new Found()))
        .isInstanceOf(IllegalStateException.class);
  }
}

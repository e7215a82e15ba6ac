package org.tuffdb.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// A damaged table gives what it held or says that it is damaged, and nothing else.
class TableDamageTest {
  private static final int BLOCK_BYTES = 200;
  private static final Path PATH = TableModel.PATH;
  private static final TableInfo NOTHING =
      new TableInfo(7, 0, new byte[0], new byte[0], 0, 0, 0, 0, 0, 0, false);

  private final Random random = new Random(4);
  private final TableModel model = new TableModel();
  private TableInfo info = NOTHING;
  private byte[] sound = {};

  private void write(BlockCompression compression) throws IOException {
    for (int i = 0; i < 60; i++) {
      byte[] value = new byte[i == 30 ? 500 : random.nextInt(20)];
      Arrays.fill(value, (byte) i);
      model.put(("a key " + random.nextInt(50)).getBytes(UTF_8), random.nextInt(99), value);
    }
    model.rangeDeletes.add(new RangeDelete(new byte[] {'b'}, new byte[] {'c'}, 8));
    MemoryFileSystem files = new MemoryFileSystem();
    info = model.write(files, new TableOptions(BLOCK_BYTES, 10, compression));
    sound = content(files);
  }

  private static byte[] content(MemoryFileSystem files) throws IOException {
    try (ReadFile file = files.openForRead(PATH)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      file.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  /// Reads everything there is to read. Returns whether damage showed itself.
  private boolean shows(byte[] damaged, TableInfo as, boolean valuesMayDiffer) throws IOException {
    boolean showed = false;
    for (Access reading : Access.values()) {
      MemoryFileSystem files = new MemoryFileSystem();
      try (WriteFile file = files.create(PATH)) {
        file.write(0, damaged, 0, damaged.length);
      }
      BlockCache cache = new BlockCache(8 * BLOCK_BYTES, BLOCK_BYTES);
      try (Table table = Table.open(files, PATH, as, TableModel.STORE, reading, cache)) {
        showed |= attempt(() -> scan(table.cursor(), valuesMayDiffer));
        showed |= attempt(() -> scan(table.sweep(), valuesMayDiffer));
        for (TableModel.Versioned entry : model.entries.keySet()) {
          showed |= attempt(() -> find(table, entry, valuesMayDiffer));
        }
        assertThat(table.rangeDeletes().count() == 1 || valuesMayDiffer).isTrue();
        boolean verified = !attempt(() -> TableModel.verify(files, PATH, as, bytes -> {}));
        assertThat(showed && verified).as("verify overlooks what a read sees").isFalse();
        showed |= !verified;
      } catch (CorruptionException e) {
        assertThat(e.file()).isEqualTo(PATH);
        showed = true;
      }
      files.assertNothingOpen();
    }
    return showed;
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static boolean attempt(Attempt attempt) throws IOException {
    try {
      attempt.run();
      return false;
    } catch (CorruptionException e) {
      assertThat(e.file()).isEqualTo(PATH);
      assertThat(e).hasMessageContaining(PATH.toString());
      return true;
    }
  }

  private void scan(EntryCursor cursor, boolean valuesMayDiffer) {
    try (cursor) {
      if (!valuesMayDiffer) {
        model.assertScans(cursor);
        return;
      }
      long bytes = 0;
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        bytes += cursor.segment().asSlice(cursor.keyOffset(), cursor.keyLength()).byteSize();
        bytes += cursor.segment().asSlice(cursor.valueOffset(), cursor.valueLength()).byteSize();
        bytes += cursor.kind() + (cursor.sequence() & 1);
      }
      assertThat(bytes).isPositive();
    }
  }

  private void find(Table table, TableModel.Versioned entry, boolean valuesMayDiffer) {
    if (!valuesMayDiffer) {
      model.assertFinds(table, entry.key(), entry.sequence());
      return;
    }
    Found found = new Found();
    if (table.find(entry.key(), Hash.of(entry.key()), entry.sequence(), found)) {
      found.release();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSoundTableShowsNoDamage(BlockCompression compression) throws IOException {
    write(compression);
    assertThat(shows(sound, info, false)).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void oneWrongBitInAnyByteShows(BlockCompression compression) throws IOException {
    write(compression);
    for (int at = 0; at < sound.length; at++) {
      byte[] damaged = sound.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      assertThat(shows(damaged, info, false)).as("byte %d", at).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyWrongBitInHeaderAndFooterShows(BlockCompression compression) throws IOException {
    write(compression);
    for (int at = 0; at < sound.length; at++) {
      if (at >= FileHeader.BYTES && at < sound.length - 512) {
        continue;
      }
      for (int bit = 0; bit < 8; bit++) {
        byte[] damaged = sound.clone();
        damaged[at] ^= (byte) (1 << bit);
        assertThat(shows(damaged, info, false)).as("byte %d, bit %d", at, bit).isTrue();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCutFileShows(BlockCompression compression) throws IOException {
    write(compression);
    for (int length = 0; length < sound.length; length++) {
      byte[] damaged = Arrays.copyOf(sound, length);
      assertThat(shows(damaged, info, false)).as("cut to %d", length).isTrue();
      assertThat(shows(damaged, withSize(length), false)).as("cut to %d", length).isTrue();
    }
  }

  private TableInfo withSize(long sizeBytes) {
    return new TableInfo(
        info.number(),
        sizeBytes,
        info.first(),
        info.limit(),
        info.oldestSequence(),
        info.newestSequence(),
        info.entries(),
        info.keys(),
        info.deletes(),
        info.rangeDeletes(),
        info.isCompressed());
  }

  private record Place(int offset, int length) {}

  private Place[] blocks() throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (WriteFile file = files.create(PATH)) {
      file.write(0, sound, 0, sound.length);
    }
    BlockCache cache = new BlockCache(8 * BLOCK_BYTES, BLOCK_BYTES);
    try (Table table = Table.open(files, PATH, info, TableModel.STORE, Access.MAPPED, cache)) {
      Place[] places = new Place[table.blockCount()];
      for (int i = 0; i < places.length; i++) {
        places[i] = new Place((int) table.block(i).offset(), table.block(i).storedBytes());
      }
      return places;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBlockInAnothersPlaceShows(BlockCompression compression) throws IOException {
    write(compression);
    int pairs = 0;
    for (Place from : blocks()) {
      for (Place to : blocks()) {
        if (from.offset != to.offset && from.length == to.length) {
          byte[] damaged = sound.clone();
          System.arraycopy(sound, from.offset, damaged, to.offset, from.length);
          assertThat(shows(damaged, info, false)).isTrue();
          System.arraycopy(sound, to.offset, damaged, from.offset, from.length);
          assertThat(shows(damaged, info, false)).isTrue();
          pairs++;
        }
      }
      byte[] damaged = sound.clone();
      Arrays.fill(damaged, from.offset, from.offset + from.length, (byte) 0);
      assertThat(shows(damaged, info, false)).isTrue();
    }
    assertThat(pairs).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void anotherTableShows(BlockCompression compression) throws IOException {
    write(compression);
    TableOptions options = new TableOptions(BLOCK_BYTES, 10, compression);
    for (FileHeader other :
        new FileHeader[] {
          new FileHeader(FileHeader.Kind.TABLE, 8, TableModel.STORE, 5),
          new FileHeader(FileHeader.Kind.TABLE, 7, TableModel.STORE + 1, 5),
          new FileHeader(FileHeader.Kind.LOG, 7, TableModel.STORE, 5)
        }) {
      MemoryFileSystem files = new MemoryFileSystem();
      model.write(files, PATH, other, options);
      assertThat(shows(content(files), info, false)).isTrue();
    }
  }

  /// Blocks of the table that was here before, with the same number: only the salt differs.
  @ParameterizedTest
  @EnumSource
  void theBlocksOfAnEarlierFileShow(BlockCompression compression) throws IOException {
    write(compression);
    MemoryFileSystem files = new MemoryFileSystem();
    FileHeader earlier = new FileHeader(FileHeader.Kind.TABLE, 7, TableModel.STORE, 6);
    model.write(files, PATH, earlier, new TableOptions(BLOCK_BYTES, 10, compression));
    byte[] damaged = sound.clone();
    Place block = blocks()[1];
    System.arraycopy(content(files), block.offset, damaged, block.offset, block.length);
    assertThat(shows(damaged, info, false)).isTrue();
  }

  /// Whatever a file says with right checksums, no read leaves its limits.
  @ParameterizedTest
  @EnumSource
  void nothingIsBelieved(BlockCompression compression) throws IOException {
    write(compression);
    TableFormat format = new TableFormat(TableModel.HEADER);
    for (Place block : blocks()) {
      for (int i = 0; i < 60 * 8; i++) {
        byte[] damaged = sound.clone();
        int at = block.offset + random.nextInt(Math.min(60, block.length - 4));
        damaged[at] = (byte) (random.nextBoolean() ? random.nextInt() : damaged[at] + 1);
        seal(damaged, format, block);
        boolean _ = shows(damaged, info, true);
      }
    }
  }

  private static void seal(byte[] damaged, TableFormat format, Place block) {
    int length = block.length - Integer.BYTES;
    int sum = new Checksum().of(damaged, block.offset, length);
    LittleEndian.putInt(damaged, block.offset + length, format.tied(sum, block.offset));
  }

  @ParameterizedTest
  @EnumSource
  void noSectionIsBelieved(BlockCompression compression) throws IOException {
    write(compression);
    TableFormat format = new TableFormat(TableModel.HEADER);
    int footerAt = sound.length - TableFormat.FOOTER_BYTES;
    byte[] footer = Arrays.copyOfRange(sound, footerAt, sound.length);
    TableFormat.Handle[] handles = format.readFooter(PATH, footer, footerAt);
    for (int section = 0; section < handles.length; section++) {
      TableFormat.Handle handle = handles[section];
      for (int i = 0; i < 2000; i++) {
        byte[] damaged = sound.clone();
        int at = (int) handle.offset() + random.nextInt((int) handle.length());
        damaged[at] = (byte) (random.nextBoolean() ? random.nextInt() : damaged[at] + 1);
        byte[] bytes = Arrays.copyOfRange(damaged, (int) handle.offset(), (int) handle.end());
        TableFormat.Handle[] sealed = handles.clone();
        sealed[section] =
            new TableFormat.Handle(
                handle.offset(),
                handle.length(),
                format.tied(bytes, bytes.length, handle.offset()));
        byte[] sealedFooter = format.footer(sealed, footerAt);
        System.arraycopy(sealedFooter, 0, damaged, footerAt, sealedFooter.length);
        boolean _ = shows(damaged, info, true);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTableOfALaterFormatIsRefused(BlockCompression compression) throws IOException {
    write(compression);
    TableFormat format = new TableFormat(TableModel.HEADER);
    int footerAt = sound.length - TableFormat.FOOTER_BYTES;
    byte[] footer = Arrays.copyOfRange(sound, footerAt, sound.length);
    footer[96] = 1;
    LittleEndian.putInt(footer, 124, format.tied(footer, 124, footerAt));
    System.arraycopy(footer, 0, sound, footerAt, footer.length);
    assertThatThrownBy(() -> shows(sound, info, false))
        .isInstanceOf(org.tuffdb.error.FormatTooNewException.class)
        .hasMessageContaining(PATH.toString());
  }
}

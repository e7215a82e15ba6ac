package org.tuffdb.table;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.bytes.Hash;
import org.tuffdb.bytes.Keys;
import org.tuffdb.entry.Kind;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.FileSystem;

/// Reads every byte of a table file, and reports all that is wrong: bytes that do not match their
/// checksums, and, where they do, whatever keeps a read from finding what is there.
///
/// Of a damaged block the keys are unknown. They lie between the last key of the sound block before
/// it and the first one of the sound block behind it, both included, as the entries of a key may go
/// on from block to block.
public final class TableCheck {
  /// Is told of damage that concerns the keys from `first` on and below `limit`, an empty limit
  /// being the end of all keys.
  public interface Findings {
    void damage(long offset, String what, byte[] first, byte[] limit);
  }

  private static final byte[] ALL = new byte[0];

  private final FileSystem files;
  private final Path path;
  private final long number;
  private final @Nullable TableInfo info;
  private final @Nullable Long storeId;
  private final LongConsumer progressBytes;
  private final Findings findings;

  /// A damaged block whose keys are not known yet.
  private record Open(long offset, String what) {}

  /// Damaged blocks behind the last sound one.
  private final List<Open> open = new ArrayList<>();

  /// The last key of the last sound block, and the sequence of that entry; null before the first.
  private byte @Nullable [] lastKey;

  private long lastSequence;
  private long entries;
  private long deletes;
  private long keys;

  /// @param info what the manifest knows of the table; null if the manifest cannot be read
  /// @param storeId the store that the table must belong to; null if that is not known
  /// @param progressBytes is told how many more bytes have been read
  public TableCheck(
      FileSystem files,
      Path path,
      long number,
      @Nullable TableInfo info,
      @Nullable Long storeId,
      LongConsumer progressBytes,
      Findings findings) {
    this.files = files;
    this.path = path;
    this.number = number;
    this.info = info;
    this.storeId = storeId;
    this.progressBytes = progressBytes;
    this.findings = findings;
  }

  /// Work that damage may end.
  private interface Step {
    void run() throws IOException;
  }

  /// Runs `step`; false if it found damage, which is reported and concerns the whole table.
  private boolean succeeds(long offset, Step step) {
    try {
      step.run();
      return true;
    } catch (CorruptionException damaged) {
      whole(damaged.offset(), damaged.what());
    } catch (DbException | IOException unreadable) {
      whole(offset, String.valueOf(unreadable.getMessage()));
    }
    return false;
  }

  private void whole(long offset, String what) {
    findings.damage(
        offset, what, info == null ? ALL : info.first(), info == null ? ALL : info.limit());
  }

  public void run() {
    succeeds(
        -1,
        () -> {
          if (!files.exists(path)) {
            throw new CorruptionException(path, -1, "the file is missing");
          }
          try (TableFile file = TableFile.open(files, path, number)) {
            progressBytes.accept(FileHeader.BYTES + TableFormat.FOOTER_BYTES);
            check(file);
          }
        });
  }

  private void check(TableFile file) throws IOException {
    if (storeId != null && file.header().storeId() != storeId) {
      throw new CorruptionException(path, 32, "the table belongs to another store");
    }
    if (info != null && info.sizeBytes() != file.sizeBytes()) {
      throw new CorruptionException(
          path,
          -1,
          "the file has %d bytes and not %d".formatted(file.sizeBytes(), info.sizeBytes()));
    }
    boolean sound = checkSection(file, TableFormat.PROPERTIES, () -> checkProperties(file));
    checkSection(
        file,
        TableFormat.RANGES,
        () -> {
          if (sound) {
            checkRanges(file);
          } else {
            file.section(TableFormat.RANGES);
          }
        });
    boolean filtered =
        checkSection(file, TableFormat.FILTER, () -> file.section(TableFormat.FILTER));
    boolean fenced =
        checkSection(
            file,
            TableFormat.FENCES,
            () -> {
              file.section(TableFormat.FENCES);
              if (sound && file.blockCount() > 0) {
                file.fences();
              }
            });
    checkGaps(file, sound);
    if (sound && fenced && blocksFit(file)) {
      checkBlocks(file, filtered);
    }
  }

  /// Whether there is room for as many bytes as the blocks are said to have.
  private static boolean blocksFit(TableFile file) throws IOException {
    long room = file.handle(TableFormat.FILTER).offset() - TableFormat.BLOCKS_AT;
    return file.properties().storedBytes() <= room;
  }

  private boolean checkSection(TableFile file, int section, Step step) {
    boolean sound = succeeds(file.handle(section).offset(), step);
    progressBytes.accept(file.handle(section).length());
    return sound;
  }

  private void checkProperties(TableFile file) throws IOException {
    TableProperties p = file.properties();
    boolean matches =
        p.filterBytes() == file.handle(TableFormat.FILTER).length()
            && p.fenceBytes() == file.handle(TableFormat.FENCES).length()
            && p.filterBytes() % Filter.LINE_BYTES == 0
            && (p.filterBytes() == 0 || p.filterProbes() > 0);
    if (info != null) {
      matches &=
          p.entries() == info.entries()
              && p.keys() == info.keys()
              && p.deletes() == info.deletes()
              && p.rangeDeletes() == info.rangeDeletes()
              && p.oldestSequence() == info.oldestSequence()
              && p.newestSequence() == info.newestSequence();
    }
    if (!matches) {
      throw corruption(TableFormat.PROPERTIES, file, "the properties contradict the manifest");
    }
  }

  private CorruptionException corruption(int section, TableFile file, String what) {
    return new CorruptionException(path, file.handle(section).offset(), what);
  }

  private void checkRanges(TableFile file) throws IOException {
    for (RangeDelete delete : file.rangeDeletes()) {
      boolean inside =
          info == null
              || (Arrays.compareUnsigned(info.first(), delete.start()) <= 0
                  && Arrays.equals(Keys.lowerLimit(delete.limit(), info.limit()), delete.limit()));
      if (!inside || !isSequence(delete.sequence(), file.properties())) {
        throw corruption(TableFormat.RANGES, file, "a range delete does not belong to the table");
      }
    }
  }

  private static boolean isSequence(long sequence, TableProperties properties) {
    return sequence >= properties.oldestSequence() && sequence <= properties.newestSequence();
  }

  /// The sections begin at round offsets, with zeros before them.
  private void checkGaps(TableFile file, boolean propertiesSound) {
    succeeds(
        -1,
        () -> {
          long end =
              propertiesSound
                  ? TableFormat.BLOCKS_AT + file.properties().storedBytes()
                  : file.handle(TableFormat.FILTER).offset();
          for (int section = 0; section <= TableFormat.SECTIONS; section++) {
            boolean last = section == TableFormat.SECTIONS;
            long begin =
                last ? file.sizeBytes() - TableFormat.FOOTER_BYTES : file.handle(section).offset();
            if (begin < end || begin - end >= TableFormat.SECTION_ALIGNMENT) {
              throw new CorruptionException(path, end, "the sections do not fill the file");
            }
            if (!file.isZero(end, begin)) {
              throw new CorruptionException(path, end, "there are bytes between the sections");
            }
            progressBytes.accept(begin - end);
            end = last ? begin : file.handle(section).end();
          }
        });
  }

  private void checkBlocks(TableFile file, boolean filtered) throws IOException {
    MemorySegment filter = filtered ? file.nativeSection(TableFormat.FILTER) : MemorySegment.NULL;
    int blocks = file.blockCount();
    boolean sound = true;
    for (int i = 0; i < blocks; i++) {
      long offset = file.fences().offset(i);
      try {
        checkBlock(file, i, filter);
      } catch (CorruptionException damaged) {
        sound = false;
        open.add(new Open(damaged.offset(), damaged.what()));
      } catch (DbException | IOException unreadable) {
        sound = false;
        open.add(new Open(offset, String.valueOf(unreadable.getMessage())));
      }
      progressBytes.accept(file.fences().end(i) - offset);
    }
    settle(lastKey, info == null ? ALL : info.limit());
    if (sound) {
      checkSums(file);
    }
  }

  /// Reports the damaged blocks behind the last sound one, which ends with `last`, now that it is
  /// known that their keys lie below `limit`.
  private void settle(byte @Nullable [] last, byte[] limit) {
    byte[] first = last != null ? last : info != null ? info.first() : ALL;
    for (Open damage : open) {
      findings.damage(damage.offset, damage.what, first, limit);
    }
    open.clear();
  }

  private void checkBlock(TableFile file, int index, MemorySegment filter) throws IOException {
    TableFile.Entries block = file.block(index);
    byte[] keyBefore = lastKey;
    long sequenceBefore = lastSequence;
    boolean sound = false;
    try {
      for (int i = 0; i < block.count(); i++) {
        checkEntry(file, index, block, i, filter);
      }
      sound = true;
    } finally {
      if (!sound) {
        // The keys of a wrong block do not say where the keys lie that should be in it.
        lastKey = keyBefore;
        lastSequence = sequenceBefore;
      }
    }
    settle(keyBefore, Keys.successor(block.key(0)));
  }

  private void checkEntry(
      TableFile file, int index, TableFile.Entries block, int i, MemorySegment filter)
      throws IOException {
    byte[] key = block.key(i);
    long sequence = block.sequence(i);
    byte[] before = lastKey;
    int order = before == null ? -1 : Arrays.compareUnsigned(before, key);
    boolean inOrder = order < 0 || (order == 0 && lastSequence > sequence);
    lastKey = key;
    lastSequence = sequence;
    entries++;
    deletes += block.kind(i) == Kind.DELETE ? 1 : 0;
    keys += order == 0 ? 0 : 1;
    require(inOrder, block, "its entries are not in order");
    require(block.find(key, sequence) == i, block, "a search does not find its entries");
    require(isSequence(sequence, file.properties()), block, "an entry is of another time");
    require(info == null || info.covers(key), block, "a key lies outside the table's bounds");
    if (order != 0) {
      require(file.fences().find(key) == index, block, "the fences lead past a key");
      require(mayContain(file, filter, key), block, "the filter does not know a key");
    }
  }

  private static boolean mayContain(TableFile file, MemorySegment filter, byte[] key)
      throws IOException {
    long lines = file.properties().filterBytes() / Filter.LINE_BYTES;
    return lines == 0
        || filter.equals(MemorySegment.NULL)
        || Filter.mayContain(filter, 0, lines, file.properties().filterProbes(), Hash.of(key));
  }

  private void require(boolean holds, TableFile.Entries block, String what) {
    if (!holds) {
      throw new CorruptionException(path, block.offset(), "a block is wrong: " + what);
    }
  }

  private void checkSums(TableFile file) throws IOException {
    TableProperties p = file.properties();
    if (entries != p.entries() || deletes != p.deletes() || keys != p.keys()) {
      throw corruption(
          TableFormat.PROPERTIES,
          file,
          "there are %d entries, %d of them deletes, of %d keys; the properties say %d, %d and %d"
              .formatted(entries, deletes, keys, p.entries(), p.deletes(), p.keys()));
    }
  }
}

package org.tuffdb.fs;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// The content of one file, twice: as the operating system's cache shows it and as the disk holds
/// it, in pages of 4 KiB.
///
/// ```
///            page 0    page 1    page 2    page 3
///   cache    A         B'        C'        -          - is the page of zeros
///   disk     A         B         C         -
///   dirty    no        yes       no        no
/// ```
///
/// Page 1 was written and not synced. The kernel may have written it back once since then, and the
/// disk hold a version between the synced one and the newest. Page 2 was written and its sync
/// failed: Linux calls it clean, so no later sync writes it, and a power cut takes it back.
///
/// Where that was the first sync of a page, it is *lost*: ext4 has set a block aside for it and
/// could not note that something is in there, but takes it to be so as long as it is mounted. What
/// is written there later comes to the disk, if it is synced, and yet reads as zeros after a power
/// cut. Seen with kernel 6.18.
///
/// A page array that `disk` refers to is never changed again: crash states share it. One that only
/// `cache` refers to belongs to this file alone, and is copied when another file needs it.
///
/// Not thread-safe: the file system guards it.
final class MemoryFile implements MemoryNode {
  static final int PAGE_BYTES = 4096;
  private static final int SECTOR_BYTES = 512;
  private static final int SECTORS = PAGE_BYTES / SECTOR_BYTES;
  private static final byte[] ZEROS = new byte[PAGE_BYTES];

  private byte[][] cache;
  private byte[][] disk;
  private final BitSet dirty;

  /// Pages that were synced once, those that wait for their first sync, and those that are lost.
  private final BitSet placed = new BitSet();

  private final BitSet unplaced = new BitSet();
  private final BitSet lost = new BitSet();
  private long cacheSizeBytes;
  private long diskSizeBytes;
  private boolean sizeDirty;

  /// An empty file.
  MemoryFile() {
    this(new byte[0][], new byte[0][], new BitSet(), 0, 0);
  }

  private MemoryFile(byte[][] cache, byte[][] disk, BitSet dirty, long cacheSize, long diskSize) {
    this.cache = cache;
    this.disk = disk;
    this.dirty = dirty;
    this.cacheSizeBytes = cacheSize;
    this.diskSizeBytes = diskSize;
  }

  long sizeBytes() {
    return cacheSizeBytes;
  }

  int read(long position, byte[] into, int offset, int length) {
    int available = Math.clamp(cacheSizeBytes - position, 0, length);
    for (int done = 0; done < available; ) {
      int inPage = (int) ((position + done) % PAGE_BYTES);
      int count = Math.min(PAGE_BYTES - inPage, available - done);
      byte[] page = cache[pageOf(position + done)];
      System.arraycopy(page, inPage, into, offset + done, count);
      done += count;
    }
    return available;
  }

  void write(long position, byte[] bytes, int offset, int length) {
    long end = position + length;
    growTo(end);
    for (int done = 0; done < length; ) {
      int inPage = (int) ((position + done) % PAGE_BYTES);
      int count = Math.min(PAGE_BYTES - inPage, length - done);
      writePage(pageOf(position + done), inPage, bytes, offset + done, count);
      done += count;
    }
  }

  private void growTo(long end) {
    if (end > cacheSizeBytes) {
      cacheSizeBytes = end;
      sizeDirty = true;
      int pages = pageOf(end + PAGE_BYTES - 1);
      if (pages > cache.length) {
        int capacity = Math.max(pages, cache.length + cache.length / 2);
        cache = withPages(cache, capacity);
        disk = withPages(disk, capacity);
      }
    }
  }

  private static byte[][] withPages(byte[][] pages, int count) {
    byte[][] result = Arrays.copyOf(pages, count);
    Arrays.fill(result, Math.min(count, pages.length), count, ZEROS);
    return result;
  }

  private void writePage(int page, int inPage, byte[] bytes, int offset, int count) {
    if (!placed.get(page) && !lost.get(page)) {
      unplaced.set(page);
    }
    if (isSame(cache[page], ZEROS)
        && Arrays.equals(bytes, offset, offset + count, ZEROS, inPage, inPage + count)) {
      // Zeros over zeros: kept, lost and torn are all the same.
      return;
    }
    if (isSame(cache[page], disk[page])) {
      cache[page] = cache[page].clone();
    }
    System.arraycopy(bytes, offset, cache[page], inPage, count);
    if (!lost.get(page)) {
      dirty.set(page);
    }
  }

  void sync() {
    placed.or(unplaced);
    for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
      disk[page] = cache[page];
    }
    if (sizeDirty) {
      diskSizeBytes = cacheSizeBytes;
    }
    unplaced.clear();
    forget();
  }

  /// Some of what waits for a sync goes to the disk, without anybody knowing: all of it goes on to
  /// wait.
  ///
  /// @param goes is asked for each page, and for the size
  @Override
  public void writeBack(BooleanSupplier goes) {
    for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
      if (goes.getAsBoolean()) {
        disk[page] = cache[page];
        if (unplaced.get(page)) {
          unplaced.clear(page);
          placed.set(page);
        }
      }
    }
    if (sizeDirty && goes.getAsBoolean()) {
      diskSizeBytes = cacheSizeBytes;
    }
  }

  /// Some of it goes to the disk; the rest counts as clean, and the disk holds of it what it held
  /// before.
  void failSync(BooleanSupplier goes) {
    writeBack(goes);
    forget();
  }

  private void forget() {
    lost.or(unplaced);
    unplaced.clear();
    dirty.clear();
    sizeDirty = false;
  }

  /// The file after the end of the process: nothing is lost and nothing synced.
  @Override
  public MemoryFile afterRestart(Map<MemoryNode, MemoryNode> copies) {
    byte[][] pages = cache.clone();
    for (int page = 0; page < pages.length; page++) {
      if (!isSame(pages[page], disk[page])) {
        pages[page] = pages[page].clone();
      }
    }
    MemoryFile copy =
        new MemoryFile(pages, disk.clone(), (BitSet) dirty.clone(), cacheSizeBytes, diskSizeBytes);
    copy.sizeDirty = sizeDirty;
    copy.placed.or(placed);
    copy.unplaced.or(unplaced);
    copy.lost.or(lost);
    return copy;
  }

  /// The file after a power cut, all of it on the disk.
  @Override
  public MemoryFile afterCrash(CrashChoice choice, Path path) {
    long size = crashSize(choice, path);
    byte[][] pages = withPages(disk, pageOf(size + PAGE_BYTES - 1));
    for (int page = dirty.nextSetBit(0); page >= 0; page = dirty.nextSetBit(page + 1)) {
      if (page < pages.length) {
        pages[page] = crashPage(choice, path, page);
      }
    }
    cutPage(pages, size);
    MemoryFile file = new MemoryFile(pages, pages.clone(), new BitSet(), size, size);
    // Mounted anew, it knows what it has.
    file.placed.or(placed);
    return file;
  }

  private long crashSize(CrashChoice choice, Path path) {
    if (cacheSizeBytes == diskSizeBytes) {
      return diskSizeBytes;
    }
    long firstPageEnd = (diskSizeBytes / PAGE_BYTES + 1) * PAGE_BYTES;
    int pageEnds = (int) Math.ceilDiv(Math.max(0, cacheSizeBytes - firstPageEnd), PAGE_BYTES);
    int answer = choice.choose(CrashChoice.Question.SIZE, path, 0, 2 + pageEnds);
    return switch (answer) {
      case 0 -> diskSizeBytes;
      case 1 -> cacheSizeBytes;
      default -> firstPageEnd + (answer - 2L) * PAGE_BYTES;
    };
  }

  private byte[] crashPage(CrashChoice choice, Path path, int page) {
    byte[] before = disk[page];
    byte[] after = cache[page];
    int changed = changedSectors(before, after);
    if (changed == 0) {
      return disk[page];
    }
    long position = (long) page * PAGE_BYTES;
    int count = Integer.bitCount(changed);
    return switch (choice.choose(CrashChoice.Question.PAGE, path, position, count == 1 ? 2 : 3)) {
      case 0 -> disk[page];
      case 1 -> after.clone();
      default -> {
        int subset =
            1 + choice.choose(CrashChoice.Question.SECTORS, path, position, (1 << count) - 2);
        yield torn(before, after, Integer.expand(subset, changed));
      }
    };
  }

  /// A bit for each sector in which the two pages differ.
  private static int changedSectors(byte[] before, byte[] after) {
    int changed = 0;
    for (int sector = 0; sector < SECTORS; sector++) {
      int from = sector * SECTOR_BYTES;
      int to = from + SECTOR_BYTES;
      if (!Arrays.equals(before, from, to, after, from, to)) {
        changed |= 1 << sector;
      }
    }
    return changed;
  }

  private static byte[] torn(byte[] before, byte[] after, int written) {
    byte[] page = before.clone();
    for (int sector = 0; sector < SECTORS; sector++) {
      if ((written & 1 << sector) != 0) {
        int from = sector * SECTOR_BYTES;
        System.arraycopy(after, from, page, from, SECTOR_BYTES);
      }
    }
    return page;
  }

  /// What lies behind the end of a file reads as zeros when it grows again.
  private static void cutPage(byte[][] pages, long size) {
    int inPage = (int) (size % PAGE_BYTES);
    if (inPage != 0) {
      byte[] last = pages[pages.length - 1];
      if (!Arrays.equals(last, inPage, PAGE_BYTES, ZEROS, inPage, PAGE_BYTES)) {
        pages[pages.length - 1] = Arrays.copyOf(Arrays.copyOf(last, inPage), PAGE_BYTES);
      }
    }
  }

  private static int pageOf(long position) {
    return Math.toIntExact(position / PAGE_BYTES);
  }

  @SuppressWarnings("ReferenceEquality") // Asks who owns the array, not what it holds.
  private static boolean isSame(byte[] page, byte[] other) {
    return page == other;
  }
}

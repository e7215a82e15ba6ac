package org.tuffdb.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.tuffdb.bytes.Checksum;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.fs.NoSpaceException;

/// A sequence of records that only grows, over one file after another.
///
/// One thread at a time appends (whoever leads the commit pipeline); any thread may [#sync()]
/// beside it. A group of records is written at once: [#reserve] room for all of them, [#add] each,
/// [#append]. A file that has been left is synced before the one that follows it, so what survives
/// a power cut is a prefix of the log, and each record says how long that prefix is known to be.
///
/// After a failure of [#sync()] nothing may be appended any more: which bytes reached the disk is
/// unknown, and asking again would answer "ok" without writing them.
public final class Log implements Closeable {
  /// Where the next file comes from when one is full.
  public interface Successor {
    /// A segment with room for `sizeBytesMin`, which recovery after a crash will know of, to follow
    /// `full`.
    LogSegment next(LogSegment full, long sizeBytesMin) throws IOException;

    /// Everything in `segment` is on the disk and nothing will be added to it; `endOffset` is its
    /// end. The segment is for the callee to close. Called while a sync is under way: be quick.
    void finished(LogSegment segment, long endOffset);
  }

  private static final byte[] NOTHING = new byte[0];
  private static final int BUFFER_BYTES = 4 << 10;

  /// A payload from this size on is not copied into the buffer.
  private static final int LARGE_BYTES = 1 << 20;

  private record Left(LogSegment segment, long endOffset) {}

  private final Successor successor;
  private final Checksum checksum = new Checksum();

  private volatile LogSegment segment;
  private final Queue<Left> left = new ConcurrentLinkedQueue<>();
  private final ReentrantLock syncing = new ReentrantLock();

  /// Where the group begins that is being added.
  private long offset = LogFormat.FIRST_RECORD_AT;

  /// The records of the group that are not written yet; `written` bytes of the group are.
  private byte[] buffer = new byte[BUFFER_BYTES];

  private int buffered;
  private long written;

  /// All before this position has been handed to the operating system.
  private volatile long appendedPosition;

  /// All before this position is on the disk.
  private volatile long syncedPosition;

  /// Why the first sync failed that did; guarded by `syncing`.
  private @Nullable Throwable broken;

  /// A log that begins with an empty segment, and with an entry of `nextSequence` if it is one of
  /// entries.
  public Log(LogSegment first, long nextSequence, Successor successor) {
    first.begin(nextSequence);
    this.segment = first;
    this.successor = successor;
    this.appendedPosition = LogFormat.position(first.number(), offset);
    this.syncedPosition = appendedPosition;
  }

  /// How much room a record takes.
  public static long recordBytes(int payloadLength) {
    return LogFormat.recordBytes(payloadLength);
  }

  /// Whether a group of `bytes` fits into the current file, which keeps room for its last record.
  public boolean fits(long bytes) {
    return offset + bytes + LogFormat.HEADER_BYTES <= segment.sizeBytes();
  }

  /// Makes sure that a group of `bytes` fits, if need be by going on to the next file. Nothing of
  /// the group is written yet: a failure for want of space rejects it and leaves the log as it was.
  ///
  /// @param nextSequence that of the first entry in the group
  public void reserve(long bytes, long nextSequence) throws IOException {
    if (!fits(bytes)) {
      goOn(bytes, nextSequence);
    }
  }

  /// Goes on to the next file, unless the current one is empty.
  public void roll(long nextSequence) throws IOException {
    if (offset > LogFormat.FIRST_RECORD_AT) {
      goOn(0, nextSequence);
    }
  }

  private void goOn(long bytes, long nextSequence) throws IOException {
    LogSegment next =
        successor.next(segment, LogFormat.FIRST_RECORD_AT + bytes + LogFormat.HEADER_BYTES);
    try {
      left.add(new Left(segment, offset + LogFormat.HEADER_BYTES));
      appendLast(LogFormat.ROLL);
    } catch (Throwable failure) {
      // No refusal, even for want of space, for which there was room: the file may end in a part of
      // it.
      next.close();
      throw new IOException("the log could not go on in its next file", failure);
    }
    next.begin(nextSequence);
    segment = next;
    offset = LogFormat.FIRST_RECORD_AT;
    appendedPosition = LogFormat.position(next.number(), offset);
  }

  /// Adds a record to the group. Its payload may be changed afterwards only if [#append] returned.
  public void add(byte type, long firstSequence, byte[] payload, int from, int length)
      throws IOException {
    if (length > LogFormat.PAYLOAD_BYTES_MAX) {
      throw new IOException("a record of %d bytes could not be read again".formatted(length));
    }
    long recordBytes = LogFormat.recordBytes(length);
    if (length >= LARGE_BYTES) {
      addLarge(type, firstSequence, payload, from, length);
      return;
    }
    if (recordBytes > buffer.length - buffered) {
      buffer = Arrays.copyOf(buffer, Math.toIntExact(2 * (buffered + recordBytes)));
    }
    int end = buffered + (int) recordBytes;
    System.arraycopy(payload, from, buffer, buffered + LogFormat.HEADER_BYTES, length);
    Arrays.fill(buffer, buffered + LogFormat.HEADER_BYTES + length, end, (byte) 0);
    putHeader(type, firstSequence, length);
    int checked = LogFormat.HEADER_BYTES + length - LogFormat.LENGTH_AT;
    LittleEndian.putInt(
        buffer, buffered, checksum.of(buffer, buffered + LogFormat.LENGTH_AT, checked));
    buffered = end;
  }

  private void addLarge(byte type, long firstSequence, byte[] payload, int from, int length)
      throws IOException {
    flush(false);
    putHeader(type, firstSequence, length);
    int checked = LogFormat.HEADER_BYTES - LogFormat.LENGTH_AT;
    int sum = checksum.of(buffer, LogFormat.LENGTH_AT, checked, payload, from, length);
    LittleEndian.putInt(buffer, 0, sum);
    buffered = LogFormat.HEADER_BYTES;
    flush(false);
    segment.write(offset + written, payload, from, length, false);
    written += length;
    int padding = (int) (LogFormat.recordBytes(length) - LogFormat.HEADER_BYTES - length);
    Arrays.fill(buffer, 0, padding, (byte) 0);
    buffered = padding;
  }

  private void putHeader(byte type, long firstSequence, int length) {
    long position = LogFormat.position(segment.number(), offset + written + buffered);
    LittleEndian.putInt(buffer, buffered + LogFormat.LENGTH_AT, length);
    LittleEndian.putLong(buffer, buffered + LogFormat.POSITION_AT, position);
    LittleEndian.putLong(buffer, buffered + LogFormat.SYNCED_AT, syncedPosition);
    LittleEndian.putLong(buffer, buffered + LogFormat.SEQUENCE_AT, firstSequence);
    LittleEndian.putInt(buffer, buffered + LogFormat.SALT_AT, segment.salt());
    LittleEndian.putInt(buffer, buffered + LogFormat.TYPE_AT, type);
  }

  private void flush(boolean throughMapping) throws IOException {
    if (buffered > 0) {
      segment.write(offset + written, buffer, 0, buffered, throughMapping);
      written += buffered;
      buffered = 0;
    }
  }

  /// Hands the group to the operating system: it then survives the end of the process. With
  /// `throughMapping` that needs no system call, but a sync of it costs more.
  ///
  /// @throws NoSpaceException if there was no room: nothing of the group is in the log then
  /// @throws IOException after which the state of the log is unknown
  public void append(boolean throughMapping) throws IOException {
    flush(throughMapping);
    offset += written;
    written = 0;
    appendedPosition = LogFormat.position(segment.number(), offset);
  }

  /// Takes the group back that was being added when the disk turned out to be full. A part of it
  /// may be in the file, whole records among it: they are wiped out, durably, lest recovery finds
  /// them.
  ///
  /// @throws IOException after which the state of the log is unknown
  public void rollback() throws IOException {
    long wipe = Math.min(written + buffered, segment.file().sizeBytes() - offset);
    written = 0;
    buffered = 0;
    try {
      wipe(wipe);
    } catch (NoSpaceException again) {
      // Where each write takes new blocks, there may be none for this. It is no refusal: records of
      // the group may stand in the file.
      throw new IOException("what was written of a group could not be wiped out", again);
    }
    sync();
  }

  private void wipe(long bytes) throws IOException {
    byte[] zeros = new byte[(int) Math.min(bytes, LARGE_BYTES)];
    for (long done = 0; done < bytes; done += zeros.length) {
      segment.write(offset + done, zeros, 0, (int) Math.min(zeros.length, bytes - done), false);
    }
  }

  /// Makes everything that was appended before this call survive a power cut. May be called beside
  /// the appending thread.
  ///
  /// @throws IOException after which nothing may be appended, and sync not be tried again
  public void sync() throws IOException {
    syncing.lock();
    try {
      if (broken != null) {
        throw new IOException("an earlier sync failed", broken);
      }
      syncAll();
    } catch (Throwable failure) {
      broken = failure;
      throw failure;
    } finally {
      syncing.unlock();
    }
  }

  private void syncAll() throws IOException {
    long target = appendedPosition;
    LogSegment current = segment;
    // Files are left in order, and `current` was set after those before it were added to `left`.
    for (Left first = left.peek(); first != null && first.segment != current; first = left.peek()) {
      first.segment.file().sync();
      left.remove();
      successor.finished(first.segment, first.endOffset);
    }
    current.file().sync();
    syncedPosition = target;
  }

  /// Whether anything was appended that is not known to be on the disk.
  public boolean hasUnsynced() {
    return syncedPosition != appendedPosition;
  }

  /// The length of the current file's records, header included.
  public long endOffset() {
    return offset;
  }

  /// A number that grows with every append, to see whether there was one.
  public long appendedPosition() {
    return appendedPosition;
  }

  /// Vouches for all that is synced, by a record of its own, if there is room for it in the file
  /// and on the disk.
  public void mark() throws IOException {
    if (fits(LogFormat.HEADER_BYTES)) {
      try {
        add(LogFormat.MARK, 0, NOTHING, 0, 0);
        append(false);
      } catch (NoSpaceException full) {
        // A part of it in the file does no harm, and the next record takes its place.
        written = 0;
        buffered = 0;
      }
    }
  }

  /// Ends the log in good order, synced, and returns the length of its last file. Afterwards it can
  /// only be closed.
  public long seal() throws IOException {
    appendLast(LogFormat.SEAL);
    sync();
    return offset;
  }

  private void appendLast(byte type) throws IOException {
    add(type, 0, NOTHING, 0, 0);
    append(false);
  }

  /// The file that records go into.
  public LogSegment segment() {
    return segment;
  }

  /// Closes the files that are open, without syncing them.
  @Override
  public void close() throws IOException {
    for (Left file; (file = left.poll()) != null; ) {
      file.segment.close();
    }
    segment.close();
  }
}

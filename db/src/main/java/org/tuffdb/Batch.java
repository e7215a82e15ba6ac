package org.tuffdb;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.tuffdb.bytes.LittleEndian;
import org.tuffdb.entry.BatchFormat;
import org.tuffdb.entry.Kind;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.version.Version;

/// Writes that take effect together: after a crash all of them are there, or none, and no reader
/// ever sees a part. They are applied in the order in which they were added.
///
/// One thread uses a batch at a time. It can be written any number of times, and be used anew after
/// [#clear()]. While it is being written, what another thread does to it throws
/// [IllegalStateException]. A batch holds at most 512 MiB: a method that would exceed this throws
/// [IllegalArgumentException] and leaves the batch as it was.
public final class Batch {
  private static final byte[] NOTHING = new byte[0];
  private static final Object DEFAULT = Version.DEFAULT_KEYSPACE;
  private static final int BUFFER_BYTES_MIN = 256;

  /// A cleared batch keeps a buffer up to this size.
  private static final int BUFFER_BYTES_KEPT_MAX = 1 << 20;

  /// The batch as [BatchFormat] has it. The ids of keyspaces are filled in when it is written.
  private byte[] buffer;

  private int length = BatchFormat.HEADER_BYTES;
  private int count;

  /// The keyspaces it writes to, each a [Keyspace] or the name of one, and what each will need in
  /// memory for it. The first is the default one.
  private final List<Object> targets = new ArrayList<>(1);

  private long[] targetBytes = new long[1];

  /// The keyspaces themselves, found when the batch is written.
  private Keyspace[] resolved = new Keyspace[0];

  private int currentTarget;

  /// Pairs: where in the buffer an id is to be filled in, and the index of its keyspace.
  private int[] choices = new int[0];

  private int choicesLength;

  /// Whether it is on its way through the commit pipeline, which reads it more than once.
  volatile boolean beingWritten;

  /// What it held when it was [resolved][#resolve]: another thread, which must not, may be half way
  /// through a change.
  private int writtenBytes;

  private int writtenCount;

  /// An empty batch.
  public Batch() {
    this(BUFFER_BYTES_MIN);
  }

  Batch(int bufferBytes) {
    buffer = new byte[Math.max(bufferBytes, BatchFormat.HEADER_BYTES)];
    targets.add(DEFAULT);
  }

  /// Sets `key` to `value` in the default keyspace.
  ///
  /// @param key 1 byte to 64 KiB
  /// @param value 0 bytes to 256 MiB
  public Batch put(byte[] key, byte[] value) {
    return add(DEFAULT, Kind.PUT, key, value);
  }

  /// Sets `key` to `value` in `keyspace`, which must belong to the store that the batch is written
  /// to.
  public Batch put(Keyspace keyspace, byte[] key, byte[] value) {
    return add(keyspace, Kind.PUT, key, value);
  }

  /// Sets `key` to `value` in the keyspace of that name, which is created when the batch is
  /// written.
  public Batch put(String keyspace, byte[] key, byte[] value) {
    return add(keyspace, Kind.PUT, key, value);
  }

  /// Removes `key` from the default keyspace; does nothing if it is not there.
  public Batch delete(byte[] key) {
    return add(DEFAULT, Kind.DELETE, key, NOTHING);
  }

  /// Removes `key` from `keyspace`, which must belong to the store that the batch is written to.
  public Batch delete(Keyspace keyspace, byte[] key) {
    return add(keyspace, Kind.DELETE, key, NOTHING);
  }

  /// Removes `key` from the keyspace of that name, which is created when the batch is written.
  public Batch delete(String keyspace, byte[] key) {
    return add(keyspace, Kind.DELETE, key, NOTHING);
  }

  /// Removes all keys of `range` from the default keyspace; does nothing if there are none. It
  /// takes as little room as one key.
  public Batch deleteRange(KeyRange range) {
    return addRange(DEFAULT, range);
  }

  /// Removes all keys of `range` from `keyspace`, which must belong to the store that the batch is
  /// written to.
  public Batch deleteRange(Keyspace keyspace, KeyRange range) {
    return addRange(keyspace, range);
  }

  /// Removes all keys of `range` from the keyspace of that name, which is created when the batch is
  /// written.
  public Batch deleteRange(String keyspace, KeyRange range) {
    return addRange(keyspace, range);
  }

  private Batch addRange(Object keyspace, KeyRange range) {
    if (range.isEmpty()) {
      return this;
    }
    Limits.requireBounds(range.start(), range.limit());
    return append(keyspace, Kind.RANGE_DELETE, range.start(), range.limit());
  }

  /// How many writes it holds.
  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /// How many bytes it has as the log takes it in, which adds up to 47 of its own for a record.
  public int sizeBytes() {
    return length;
  }

  /// Removes all writes.
  public void clear() {
    requireUnused();
    if (buffer.length > BUFFER_BYTES_KEPT_MAX) {
      buffer = new byte[BUFFER_BYTES_MIN];
    }
    length = BatchFormat.HEADER_BYTES;
    count = 0;
    choicesLength = 0;
    currentTarget = 0;
    targetBytes[0] = 0;
    if (targets.size() > 1) {
      targets.subList(1, targets.size()).clear();
      targetBytes = new long[1];
    }
  }

  private int target(Object keyspace) {
    int known = targets.indexOf(keyspace);
    if (known >= 0) {
      return known;
    }
    int next = targets.size();
    targetBytes = Arrays.copyOf(targetBytes, next + 1);
    targets.add(keyspace);
    return next;
  }

  private Batch add(Object keyspace, byte kind, byte[] key, byte[] value) {
    Limits.requireKey(key);
    Limits.requireValue(value);
    return append(keyspace, kind, key, value);
  }

  private Batch append(Object keyspace, byte kind, byte[] key, byte[] value) {
    boolean named = !Objects.requireNonNull(keyspace, "keyspace").equals(DEFAULT);
    if (named && keyspace instanceof String name) {
      Limits.requireKeyspaceName(name);
    }
    requireUnused();
    makeRoom(BatchFormat.KEYSPACE_BYTES + BatchFormat.entryBytesMax(key.length, value.length));
    int target = named ? target(keyspace) : 0;
    boolean chosen = target != currentTarget;
    if (chosen && choicesLength == choices.length) {
      choices = Arrays.copyOf(choices, Math.max(8, 2 * choicesLength));
    }
    int entryAt = chosen ? BatchFormat.putKeyspace(buffer, length, 0) : length;
    int end = BatchFormat.putEntry(buffer, entryAt, kind, key, value);
    long memtableBytes = Memtable.entryBytesMax(key.length, value.length);
    // Without a call from here on: where the stack ends before, the batch is as it was.
    if (chosen) {
      choices[choicesLength] = length + 1;
      choices[choicesLength + 1] = target;
      choicesLength += 2;
      currentTarget = target;
    }
    length = end;
    count++;
    targetBytes[target] += memtableBytes;
    return this;
  }

  /// The buffer that a batch of one write needs at most.
  static int bytesMax(byte[] key, byte[] value) {
    return BatchFormat.HEADER_BYTES
        + BatchFormat.KEYSPACE_BYTES
        + BatchFormat.entryBytesMax(key.length, value.length);
  }

  /// Has the batch consist of one write into `keyspace`.
  void setTo(Keyspace keyspace, byte kind, byte[] key, byte[] value) {
    clear();
    add(keyspace.id() == Version.DEFAULT_KEYSPACE_ID ? DEFAULT : keyspace, kind, key, value);
  }

  private void makeRoom(long moreBytes) {
    if (length + moreBytes > BatchFormat.BATCH_BYTES_MAX) {
      throw new IllegalArgumentException(
          "the batch would exceed its limit of %d bytes: write it in parts"
              .formatted(BatchFormat.BATCH_BYTES_MAX));
    }
    long needed = length + moreBytes;
    if (needed > buffer.length) {
      long doubled = Math.min(2L * buffer.length, BatchFormat.BATCH_BYTES_MAX);
      buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
    }
  }

  private void requireUnused() {
    if (beingWritten) {
      throw new IllegalStateException(
          "the batch is being written by another thread: use one batch for each thread");
    }
  }

  /// Nobody may change it until [#beingWritten] is taken back.
  void beginWrite() {
    requireUnused();
    beingWritten = true;
  }

  /// Finds the keyspaces in `keyspaces`, creating those that were named and are not there, and
  /// makes the bytes complete.
  void resolve(Keyspaces keyspaces) {
    writtenBytes = length;
    writtenCount = count;
    LittleEndian.putInt(buffer, 0, writtenCount);
    if (resolved.length < targets.size()) {
      resolved = new Keyspace[targets.size()];
    }
    for (int i = 0; i < targets.size(); i++) {
      resolved[i] = i == 0 ? keyspaces.defaultKeyspace() : keyspaces.resolve(targets.get(i));
    }
    for (int i = 0; i < choicesLength; i += 2) {
      LittleEndian.putInt(buffer, choices[i], resolved[choices[i + 1]].id());
    }
  }

  /// A copy that later changes of this batch do not touch.
  Batch copy() {
    Batch copy = new Batch(length);
    System.arraycopy(buffer, 0, copy.buffer, 0, length);
    copy.length = length;
    copy.count = count;
    copy.targets.addAll(targets.subList(1, targets.size()));
    copy.targetBytes = targetBytes.clone();
    copy.currentTarget = currentTarget;
    copy.choices = choices.clone();
    copy.choicesLength = choicesLength;
    return copy;
  }

  byte[] buffer() {
    return buffer;
  }

  /// After [#resolve]: how many bytes of the buffer are written.
  int writtenBytes() {
    return writtenBytes;
  }

  /// After [#resolve]: how many sequences it takes.
  int writtenCount() {
    return writtenCount;
  }

  int targetCount() {
    return targets.size();
  }

  /// After [#resolve]: the `index`th keyspace that it writes to.
  Keyspace target(int index) {
    return resolved[index];
  }

  /// What the memtable of the `index`th keyspace needs for it, in bytes at most.
  long targetBytes(int index) {
    return targetBytes[index];
  }
}

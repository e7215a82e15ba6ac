package org.tuffdb.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Cursor;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.KeyRange;
import org.tuffdb.Queryable;
import org.tuffdb.Snapshot;

/// One thread of a [History]: writes and looks, and notes what it saw.
///
/// Each write is a batch of three: a register gets a value that no other write has, its twin gets
/// the same or is deleted, and the writer's own key gets the number of the write. So every view of
/// the store tells by itself whether it shows whole batches, and which.
final class Actor {
  private static final int REGISTERS = 6;

  private static final int READS_PER_WRITE = 20;

  /// Ends a value whose twin is deleted.
  private static final String DELETED = "-";

  private final Db db;
  private final int writer;
  private final int writesMax;
  private final boolean allSynced;
  private final Promises promises;
  private final SplittableRandom random;
  private final List<Seen> seen = new ArrayList<>();
  private final List<Sight> sights = new ArrayList<>();
  private int writes;

  /// A call that wrote or read a register.
  private record Seen(
      boolean isWrite, String key, @Nullable String value, long begun, long ended) {}

  Actor(
      Db db,
      int writer,
      int writesMax,
      boolean allSynced,
      Promises promises,
      SplittableRandom random) {
    this.db = db;
    this.writer = writer;
    this.writesMax = writesMax;
    this.allSynced = allSynced;
    this.promises = promises;
    this.random = random;
  }

  int writes() {
    return writes;
  }

  int reads() {
    return seen.size() - writes;
  }

  int views() {
    return sights.size();
  }

  void tell(Registers registers, List<Sight> all) {
    for (Seen call : seen) {
      if (call.isWrite) {
        registers.wrote(call.key, String.valueOf(call.value), call.begun, call.ended);
      }
    }
    for (Seen call : seen) {
      if (!call.isWrite) {
        registers.read(call.key, call.value, call.begun, call.ended);
      }
    }
    all.addAll(sights);
  }

  void write() {
    while (writes < writesMax) {
      int register = random.nextInt(REGISTERS);
      boolean deletes = random.nextInt(4) == 0;
      String value = writer + "." + ++writes + (deletes ? DELETED : "");
      Batch batch = new Batch().put(bytes("s" + register), bytes(value));
      if (deletes) {
        batch.delete(bytes("r" + register));
      } else {
        batch.put(bytes("r" + register), bytes(value));
      }
      batch.put(bytes("w" + writer), bytes(Integer.toString(writes)));
      boolean synced = allSynced || random.nextBoolean();
      long begun = System.nanoTime();
      long ended = Long.MAX_VALUE;
      try {
        db.write(batch, synced ? Durability.SYNC : Durability.BUFFERED);
        ended = System.nanoTime();
      } finally {
        seen.add(new Seen(true, "s" + register, value, begun, ended));
      }
      promises.acknowledged(writer, writes, synced);
      if (random.nextInt(3) == 0) {
        read();
      }
    }
  }

  /// Whoever only reads lets the writers come to their turn.
  void readUntilClosed() {
    while (true) {
      for (int i = 0; i < READS_PER_WRITE; i++) {
        read();
      }
      promises.awaitAnother();
    }
  }

  private void read() {
    switch (random.nextInt(12)) {
      case 0 -> look(false);
      case 1 -> look(true);
      case 2 -> scan();
      default -> {
        String key = "s" + random.nextInt(REGISTERS);
        long begun = System.nanoTime();
        String value = text(db.get(bytes(key)));
        seen.add(new Seen(false, key, value, begun, System.nanoTime()));
      }
    }
  }

  private void look(boolean durable) {
    long begun = System.nanoTime();
    try (Snapshot snapshot = durable ? db.durableSnapshot() : db.snapshot()) {
      long ended = System.nanoTime();
      Sight sight = look(snapshot);
      if (durable || allSynced) {
        promises.durable(sight);
      }
      if (!durable) {
        note(snapshot, begun, ended);
      }
      sights.add(sight);
      if (!look(snapshot).isSameAs(sight)) {
        throw new Violation("a snapshot has changed: " + sight);
      }
    }
  }

  private void note(Queryable view, long begun, long ended) {
    for (int i = 0; i < REGISTERS; i++) {
      seen.add(new Seen(false, "s" + i, text(view.get(bytes("s" + i))), begun, ended));
    }
  }

  /// What a view shows, got key by key: whole batches.
  static Sight look(Queryable view) {
    int[] writes = new int[History.WRITERS];
    for (int i = 0; i < writes.length; i++) {
      String count = text(view.get(bytes("w" + i)));
      writes[i] = count == null ? 0 : Integer.parseInt(count);
    }
    for (int i = 0; i < REGISTERS; i++) {
      String value = text(view.get(bytes("s" + i)));
      requireWhole("r" + i, value, text(view.get(bytes("r" + i))), writes);
    }
    return new Sight(writes);
  }

  private static void requireWhole(
      String key, @Nullable String value, @Nullable String twin, int[] writes) {
    String expected = value == null || value.endsWith(DELETED) ? null : value;
    if (!Objects.equals(expected, twin)) {
      throw new Violation("a batch in halves: " + key + " is " + twin + " beside " + value);
    }
    if (value != null) {
      String[] parts = value.replace(DELETED, "").split("\\.", -1);
      if (writes[Integer.parseInt(parts[0])] < Integer.parseInt(parts[1])) {
        throw new Violation("a batch in halves: " + value + " beside " + Arrays.toString(writes));
      }
    }
  }

  /// What a cursor shows, step by step: the same.
  private void scan() {
    int[] writes = new int[History.WRITERS];
    String[] values = new String[REGISTERS];
    String[] twins = new String[REGISTERS];
    try (Cursor cursor =
        db.scan(random.nextBoolean() ? KeyRange.all() : KeyRange.all().reversed())) {
      while (cursor.next()) {
        String key = Change.text(cursor.key());
        int index = Integer.parseInt(key.substring(1));
        String value = Change.text(cursor.value());
        switch (key.charAt(0)) {
          case 'w' -> writes[index] = Integer.parseInt(value);
          case 's' -> values[index] = value;
          default -> twins[index] = value;
        }
      }
    }
    for (int i = 0; i < REGISTERS; i++) {
      requireWhole("r" + i, values[i], twins[i], writes);
    }
    Sight sight = new Sight(writes);
    if (allSynced) {
      promises.durable(sight);
    }
    sights.add(sight);
  }

  private static byte[] bytes(String text) {
    return Change.bytes(text);
  }

  private static @Nullable String text(byte @Nullable [] bytes) {
    return bytes == null ? null : Change.text(bytes);
  }
}

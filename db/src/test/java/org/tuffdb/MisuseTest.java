package org.tuffdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.event.Event;
import org.tuffdb.event.Listener;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;

/// What must not be done with a store: it says so, at once, and stays whole.
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MisuseTest {
  private static final byte[] KEY = bytes("key");
  private static final byte[] VALUE = bytes("value");

  private final SmallStore store = new SmallStore();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  /// The log and the memtable are given the batch one after the other: were they given two things,
  /// the store could not be opened again.
  @Test
  void aBatchThatIsBeingWrittenCannotBeChanged() {
    Batch batch = new Batch().put(KEY, VALUE);
    List<Throwable> refusals = new CopyOnWriteArrayList<>();
    try (Db db = store.open()) {
      Keyspace other = db.keyspace("other");
      store.faulty.listen(call -> {
        if (call.kind() == FileCall.Kind.SYNC && SmallStore.isLog(call)) {
          store.faulty.listen(null);
          refusals.addAll(
              refusals(
                  () -> batch.put(bytes("another"), VALUE),
                  () -> batch.delete(other, KEY),
                  () -> batch.deleteRange(KeyRange.all()),
                  batch::clear,
                  () -> db.write(batch)));
        }
      });
      db.write(batch);
      assertThat(refusals).hasSize(5).allMatch(IllegalStateException.class::isInstance);
      batch.put(bytes("later"), VALUE);
      db.write(batch);
    }
    try (Db again = store.open()) {
      assertThat(again.get(KEY)).isEqualTo(VALUE);
      assertThat(again.get(bytes("later"))).isEqualTo(VALUE);
      assertThat(again.contains(bytes("another"))).isFalse();
    }
  }

  /// Whoever begins a change before the batch is written may end it behind.
  @Test
  void ofABatchIsWrittenWhatItHeldAtFirst() {
    Batch batch = new Batch().put(KEY, VALUE);
    try (Db db = store.open()) {
      store.faulty.listen(call -> {
        if (call.kind() == FileCall.Kind.SYNC && SmallStore.isLog(call)) {
          store.faulty.listen(null);
          batch.beingWritten = false; // as the other thread has seen it
          batch.put(bytes("another"), VALUE);
        }
      });
      db.write(batch);
      db.put(bytes("next"), VALUE);
      assertThat(db.contains(bytes("another"))).isFalse();
    }
    try (Db again = store.open()) {
      assertThat(again.get(bytes("next"))).isEqualTo(VALUE);
    }
  }

  private static List<Throwable> refusals(Runnable... misuses) {
    List<Throwable> refusals = new ArrayList<>();
    for (Runnable misuse : misuses) {
      FutureTask<Boolean> byAnother = new FutureTask<>(misuse, true);
      Thread.ofPlatform().start(byAnother);
      try {
        byAnother.get();
      } catch (Exception refused) {
        refusals.add(refused.getCause());
      }
    }
    return refusals;
  }

  /// It is told by the thread that leads the commit: that would wait for itself.
  @Test
  void aListenerNeitherClosesNorWrites() {
    List<Throwable> refusals = new CopyOnWriteArrayList<>();
    Db[] opened = new Db[1];
    Listener closing =
        event -> {
          Db db = opened[0];
          if (event instanceof Event.Failed) {
            for (Runnable misuse :
                List.<Runnable>of(
                    db::close,
                    db::flush,
                    db::settle,
                    () -> db.put(KEY, VALUE),
                    () -> db.write(new Batch()),
                    () -> db.compact(KeyRange.all()),
                    () -> db.dropKeyspace("other"),
                    () -> db.keyspace("new"))) {
              try {
                misuse.run();
              } catch (IllegalStateException refused) {
                refusals.add(refused);
              }
            }
            assertThat(db.contains(KEY)).isFalse();
          }
        };
    Db db = SmallStore.builder(store.faulty).listener(closing).open();
    opened[0] = db;
    db.keyspace("other");
    store.faulty.failFromNth(
        Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.SYNC && SmallStore.isLog(call));
    assertThatThrownBy(() -> db.put(KEY, VALUE)).isInstanceOf(OutcomeUnknownException.class);
    assertThat(refusals).hasSize(8);
    store.faulty.heal();
    db.close();
    try (Db again = store.open()) {
      again.put(KEY, VALUE);
    }
  }
}

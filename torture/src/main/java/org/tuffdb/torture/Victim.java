package org.tuffdb.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tuffdb.Batch;
import org.tuffdb.Db;
import org.tuffdb.Durability;
import org.tuffdb.Keyspace;
import org.tuffdb.Options;
import org.tuffdb.error.DbClosedException;

/// The process that is killed. Its writers go on with their scripts, half of them on platform
/// threads and half on virtual ones, while it closes the store beneath them again and again and
/// opens it anew.
final class Victim {
  /// So many changes are written, more or less, before the store is closed.
  private static final int SESSION_CHANGES = 6_000;

  /// Every so many steps a writer reads back what it wrote.
  private static final int STEPS_PER_READ = 4;

  private static final long MEMORY_BYTES = 512L << 20;

  /// Small, so that the log often goes on to its next file.
  private static final long LOG_FILE_BYTES = 4L << 20;

  private final Path directory;
  private final Input input;
  private final SplittableRandom random;
  private final Report.Pipe pipe = new Report.Pipe();
  private final Semaphore written = new Semaphore(0);
  private final AtomicInteger unfinished = new AtomicInteger(Script.WRITERS);
  private final Sessions<Session> sessions = new Sessions<>();

  /// The store from one opening to its closing, and how durable writes are; null if that is drawn
  /// for each.
  private record Session(Db db, @Nullable Durability durability) {}

  private Victim(Path directory, Input input, long seed) {
    this.directory = directory;
    this.input = input;
    this.random = new SplittableRandom(seed);
  }

  /// Waits for a line of orders: a seed of its own, that of the scripts, and the positions of the
  /// writers.
  ///
  /// @param args the store and the input
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    Input input = Input.read(Path.of(args[1]));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    @Nullable String line = in.readLine();
    if (line != null) {
      List<String> orders = Arrays.asList(line.split(" ", -1));
      Victim victim = new Victim(directory, input, Long.parseLong(orders.get(0)));
      victim.run(Long.parseLong(orders.get(1)), orders.subList(2, orders.size()));
      // Waits for the parent to kill it, or to end.
      in.readLine();
    }
  }

  static Options options() {
    return Options.builder().memory(MEMORY_BYTES).logFile(LOG_FILE_BYTES).build();
  }

  private void run(long scriptSeed, List<String> positions) throws IOException {
    for (int i = 0; i < Script.WRITERS; i++) {
      Script script = new Script(input, scriptSeed, i);
      script.seek(positions.get(i));
      SplittableRandom own = random.split();
      int writer = i;
      Runnable task = () -> write(script, writer, own);
      (i % 2 == 0 ? Thread.ofPlatform().daemon() : Thread.ofVirtual()).start(task);
    }
    while (true) {
      pipe.send(Report.of(Phase.OPENING));
      Db db = Db.builder(directory).options(options()).open();
      pipe.send(Report.of(Phase.WRITING));
      sessions.begin(new Session(db, drawDurability()));
      written.acquireUninterruptibly(SESSION_CHANGES);
      if (unfinished.get() == 0) {
        pipe.send(Report.of(Phase.IDLE));
        return;
      }
      pipe.send(Report.of(Phase.CLOSING));
      sessions.end();
      db.close();
    }
  }

  private @Nullable Durability drawDurability() {
    return random.nextInt(3) == 0 ? null : draw(random);
  }

  private static Durability draw(SplittableRandom random) {
    return random.nextBoolean() ? Durability.SYNC : Durability.BUFFERED;
  }

  private void write(Script script, int writer, SplittableRandom own) {
    try {
      while (!script.isFinished()) {
        List<Change> changes = script.next();
        write(changes, own, script.step() % STEPS_PER_READ == 0);
        pipe.send(new Report(Report.Kind.ACKNOWLEDGED, writer, script.step()));
        written.release(changes.size());
      }
      if (unfinished.decrementAndGet() == 0) {
        written.release(SESSION_CHANGES);
      }
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
  }

  /// Writes `changes`, in the next session if this one closes before they are written. Then they
  /// may be written twice, which is the same as once.
  private void write(List<Change> changes, SplittableRandom own, boolean read) {
    while (true) {
      Session session = sessions.await();
      try {
        write(session, changes, own);
        if (read) {
          read(session.db, changes);
        }
        return;
      } catch (DbClosedException closed) {
        if (!sessions.isOver(session)) {
          throw closed;
        }
      }
    }
  }

  private static void write(Session session, List<Change> changes, SplittableRandom own) {
    Durability durability = session.durability != null ? session.durability : draw(own);
    if (changes.size() == 1 && own.nextBoolean()) {
      writeOne(session.db, changes.getFirst(), durability);
      return;
    }
    Batch batch = new Batch();
    changes.forEach(change -> add(batch, change));
    if (own.nextBoolean()) {
      session.db.write(batch, durability);
    } else {
      writeAsync(session.db, batch, durability);
    }
  }

  static void writeOne(Db db, Change change, Durability durability) {
    Keyspace keyspace = db.keyspace(change.keyspace());
    if (change.value() != null) {
      keyspace.put(change.keyBytes(), Change.bytes(change.value()), durability);
    } else {
      keyspace.delete(change.keyBytes(), durability);
    }
  }

  static void add(Batch batch, Change change) {
    if (change.value() != null) {
      batch.put(change.keyspace(), change.keyBytes(), Change.bytes(change.value()));
    } else {
      batch.delete(change.keyspace(), change.keyBytes());
    }
  }

  private static void writeAsync(Db db, Batch batch, Durability durability) {
    try {
      db.writeAsync(batch, durability).toCompletableFuture().join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof DbClosedException closed) {
        throw closed;
      }
      throw failure;
    }
  }

  /// The last change of a key counts; nobody else writes it.
  private static void read(Db db, List<Change> changes) {
    Change last = changes.getLast();
    byte @Nullable [] found = db.keyspace(last.keyspace()).get(last.keyBytes());
    byte @Nullable [] expected = last.value() == null ? null : Change.bytes(last.value());
    if (!Arrays.equals(found, expected)) {
      throw new Violation("acknowledged, and not what is read at once: " + last);
    }
  }
}

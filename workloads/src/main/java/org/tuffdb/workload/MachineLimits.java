package org.tuffdb.workload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.random.RandomGenerator;
import org.tuffdb.workload.Workload.Start;
import org.tuffdb.workload.Workload.Worker;

/// What the machine itself can do: nothing that stores is faster.
final class MachineLimits {
  private static final double SECONDS = 5;
  private static final int MIB = 1 << 20;
  private static final int RECORD_BYTES = 132;
  private static final int RECORDS_FILE_BYTES = 16 * MIB;
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES = 16 * 1024;
  private static final int COPIED_MIB = 128;

  /// What is done with an open file.
  @FunctionalInterface
  private interface FileUse {
    void run(FileChannel file) throws IOException;
  }

  private MachineLimits() {}

  static List<Workload> all() {
    return List.of(
        limit("fdatasync").does(MachineLimits::sync),
        limit("pagecacheread").does(MachineLimits::readPages),
        limit("memorycopy").does(MachineLimits::copy));
  }

  private static Workload.Builder limit(String name) {
    return Workload.writing(name, Start.NO_STORE).secondsMax(SECONDS);
  }

  private static void withFile(Worker worker, FileUse use) {
    Path path = worker.directory().resolve("file");
    try {
      Files.createDirectories(worker.directory());
      try (FileChannel file =
          FileChannel.open(
              path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        use.run(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void fill(FileChannel file, int bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(MIB);
    for (int at = 0; at < bytes; at += MIB) {
      file.write(zeros.clear(), at);
    }
    file.force(true);
  }

  /// Overwrites a record in a file of zeros and has it on the disk, one after the other.
  private static void sync(Store.Session none, Worker worker) {
    withFile(
        worker,
        file -> {
          fill(file, RECORDS_FILE_BYTES);
          ByteBuffer record = ByteBuffer.allocateDirect(RECORD_BYTES);
          int records = RECORDS_FILE_BYTES / RECORD_BYTES;
          boolean inTime = true;
          worker.measure().begin();
          for (int i = 0; inTime && i < worker.count(); i++) {
            file.write(record.clear().putInt(0, i), (long) i % records * RECORD_BYTES);
            file.force(false);
            inTime = worker.measure().done();
          }
          long last = worker.measure().operations() - 1;
          file.read(record.clear(), last % records * RECORD_BYTES);
          check(record.getInt(0) == last, "the last record is not in the file");
        });
  }

  /// Reads pages of a file that the page cache holds, by a system call each.
  private static void readPages(Store.Session none, Worker worker) {
    RandomGenerator random = Entries.random(worker.entries().seed());
    withFile(
        worker,
        file -> {
          ByteBuffer page = ByteBuffer.allocateDirect(PAGE_BYTES);
          for (int i = 0; i < PAGES; i++) {
            file.write(page.clear().putInt(0, i), (long) i * PAGE_BYTES);
          }
          boolean inTime = true;
          worker.measure().begin();
          for (int i = 0; inTime && i < worker.count(); i++) {
            int number = random.nextInt(PAGES);
            file.read(page.clear(), (long) number * PAGE_BYTES);
            check(page.getInt(0) == number, "another page was read");
            inTime = worker.measure().done();
          }
        });
  }

  /// Copies a MiB at a time, from and to more memory than the processor's caches hold.
  private static void copy(Store.Session none, Worker worker) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocate((long) COPIED_MIB * MIB);
      MemorySegment to = arena.allocate((long) COPIED_MIB * MIB);
      for (int i = 0; i < COPIED_MIB; i++) {
        from.asSlice((long) i * MIB, MIB).fill((byte) (i + 1));
      }
      boolean inTime = true;
      worker.measure().begin();
      for (int i = 0; inTime && i < worker.count(); i++) {
        long at = (long) (i % COPIED_MIB) * MIB;
        MemorySegment.copy(from, at, to, at, MIB);
        check(
            to.get(ValueLayout.JAVA_BYTE, at + MIB - 1) == (byte) (i % COPIED_MIB + 1),
            "other bytes were copied");
        inTime = worker.measure().done();
      }
    }
  }

  private static void check(boolean right, String message) {
    if (!right) {
      throw new WrongAnswer(message);
    }
  }
}

package org.tuffdb.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tuffdb.bytes.FileHeader;
import org.tuffdb.entry.BatchReader;
import org.tuffdb.entry.BatchSamples;
import org.tuffdb.error.DbException;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.WriteFile;
import org.tuffdb.fuzz.Target;

/// Replays a log of one file, and reads the batches in it.
public final class LogTarget implements Target {
  private static final long STORE = 7;
  private static final int FILE_BYTES = 1 << 10;
  private static final FileHeader HEADER = new FileHeader(FileHeader.Kind.LOG, 1, STORE, 1001);
  private static final Path PATH = Path.of("/000001.log");

  /// No log of these goes on in another file.
  private enum NoSuccessor implements Log.Successor {
    INSTANCE;

    @Override
    public LogSegment next(LogSegment full, long sizeBytesMin) throws IOException {
      throw new IOException("one file is enough");
    }

    @Override
    public void finished(LogSegment segment, long endOffset) {}
  }

  private final BatchReader batch = new BatchReader();

  @Override
  public String name() {
    return "log";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (boolean sealed : new boolean[] {false, true}) {
      MemoryFileSystem files = new MemoryFileSystem();
      try (Log log = begin(files)) {
        append(log, BatchSamples.all());
        log.sync();
        log.mark();
        append(log, BatchSamples.all().subList(0, 1));
        if (sealed) {
          log.seal();
        }
      }
      seeds.add(BatchSamples.content(files, PATH));
    }
    return seeds;
  }

  private static Log begin(MemoryFileSystem files) throws IOException {
    LogSegment segment =
        LogSegment.create(files, PATH, HEADER, FILE_BYTES, LogSegment.STORED_CHUNK_BYTES);
    return new Log(segment, 1, NoSuccessor.INSTANCE);
  }

  private static void append(Log log, List<byte[]> batches) throws IOException {
    long sequence = 1;
    for (byte[] payload : batches) {
      log.reserve(Log.recordBytes(payload.length), sequence);
      log.add(LogFormat.DATA, sequence, payload, 0, payload.length);
      log.append(false);
      sequence += 3;
    }
  }

  @Override
  public byte[] sealed(byte[] input) {
    return RecordSeal.seal(input, HEADER);
  }

  @Override
  public boolean accepts(byte[] input) throws IOException {
    MemoryFileSystem files = new MemoryFileSystem();
    try (WriteFile file = files.create(PATH)) {
      file.write(0, input, 0, input.length);
    }
    boolean whole = replay(files, input.length);
    boolean open = replay(files, -1);
    return open || whole;
  }

  private boolean replay(MemoryFileSystem files, long wholeBytes) throws IOException {
    List<LogReplay.File> log = List.of(new LogReplay.File(PATH, 1, wholeBytes));
    try {
      new LogReplay(files, FileHeader.Kind.LOG, STORE, log).run(this::read);
      return true;
    } catch (DbException refused) {
      return false;
    } finally {
      files.assertNothingOpen();
    }
  }

  private void read(LogReader record) {
    batch.open(record.buffer(), record.payloadOffset(), record.payloadLength());
    while (batch.next()) {
      BatchSamples.requireWithin(batch, record.payloadOffset() + record.payloadLength());
    }
  }
}

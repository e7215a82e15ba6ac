package org.tuffdb.bench;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.tuffdb.bytes.Hash;
import org.tuffdb.entry.EntryCursor;
import org.tuffdb.entry.Found;
import org.tuffdb.entry.Kind;
import org.tuffdb.memtable.Memtable;
import org.tuffdb.memtable.SegmentPool;

/// The moments of a memtable that a long run seldom meets, met very often by jcstress: a writer
/// puts a few entries, which change the tree in one way, beside a reader who counts the wrong
/// answers that it gets.
///
/// `bench/stress` runs it.
public final class MemtableStress {
  private static final SegmentPool POOL = new SegmentPool(1L << 30);
  private static final int KEY_BYTES = 4;

  private MemtableStress() {}

  /// A memtable that holds the keys 10, 20, … and gets more.
  public abstract static class Young {
    private final Memtable memtable = new Memtable(POOL, 1 << 20, 0);
    private final byte[] source = new byte[KEY_BYTES + 1];
    private final int before;
    private final int[] more;
    private volatile long visible;

    Young(int before, int... more) {
      this.before = before;
      this.more = more;
      for (int i = 1; i <= before; i++) {
        put(10 * i, i);
      }
    }

    private void put(int number, long sequence) {
      setNumber(source, number);
      memtable.reserve(Memtable.entryBytesMax(KEY_BYTES, 1));
      memtable.put(sequence, Kind.PUT, source, 0, KEY_BYTES, KEY_BYTES, 1);
      visible = sequence;
    }

    void reserve(long bytes) {
      memtable.reserve(bytes);
    }

    void write() {
      for (int i = 0; i < more.length; i++) {
        put(more[i], before + 1L + i);
      }
    }

    void read(II_Result mistakes) {
      mistakes.r1 = mistakesOfFind(visible);
      mistakes.r2 = mistakesOfCursor(visible);
    }

    void release() {
      memtable.release();
    }

    private int mistakesOfFind(long seen) {
      byte[] key = new byte[KEY_BYTES];
      Found found = new Found();
      int mistakes = 0;
      for (int i = 0; i < seen - before; i++) {
        mistakes += memtable.find(setNumber(key, more[i]), Hash.of(key), seen, found) ? 0 : 1;
      }
      for (int i = 1; i <= before; i += 5) {
        mistakes += memtable.find(setNumber(key, 10 * i), Hash.of(key), seen, found) ? 0 : 1;
      }
      return mistakes;
    }

    private int mistakesOfCursor(long seen) {
      EntryCursor cursor = memtable.cursor();
      int missing = (int) seen;
      for (boolean there = cursor.first(); there; there = cursor.next()) {
        missing -= cursor.sequence() <= seen ? 1 : 0;
      }
      int missingBackwards = (int) seen;
      for (boolean there = cursor.last(); there; there = cursor.previous()) {
        missingBackwards -= cursor.sequence() <= seen ? 1 : 0;
      }
      int mistakes = Math.abs(missing) + Math.abs(missingBackwards);
      byte[] key = new byte[KEY_BYTES];
      for (int i = 1; i <= before; i += 5) {
        boolean found = cursor.seek(setNumber(key, 10 * i), i) && cursor.sequence() == i;
        mistakes += found ? 0 : 1;
      }
      return mistakes;
    }

    private static byte[] setNumber(byte[] key, int number) {
      key[0] = (byte) (number >>> 24);
      key[1] = (byte) (number >>> 16);
      key[2] = (byte) (number >>> 8);
      key[3] = (byte) number;
      return key;
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class InsertInTheMiddle extends Young {
    public InsertInTheMiddle() {
      super(20, 105, 106, 15);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class Append extends Young {
    public Append() {
      super(20, 1_000, 1_001, 1_002);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class SplitTheRootInTheMiddle extends Young {
    public SplitTheRootInTheMiddle() {
      super(64, 315);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class SplitTheRootAtTheEnd extends Young {
    public SplitTheRootAtTheEnd() {
      super(64, 1_000);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class SplitALeafInTheMiddle extends Young {
    public SplitALeafInTheMiddle() {
      super(128, 315, 955);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class SplitALeafAtTheEnd extends Young {
    public SplitALeafAtTheEnd() {
      super(128, 10_000);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class ChangeThePrefix extends Young {
    public ChangeThePrefix() {
      super(30, 0x7000_0000);
    }

    @Actor
    public void writer() {
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "all that is visible was found")
  @Outcome(expect = Expect.FORBIDDEN, desc = "something was missed, or came twice")
  @State
  public static class Grow extends Young {
    public Grow() {
      super(10, 55);
    }

    @Actor
    public void writer() {
      reserve(100_000);
      write();
    }

    @Actor
    public void reader(II_Result mistakes) {
      read(mistakes);
    }

    @Arbiter
    public void end(II_Result mistakes) {
      release();
    }
  }
}

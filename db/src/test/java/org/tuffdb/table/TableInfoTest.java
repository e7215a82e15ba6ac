package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.MemoryFileSystem;

class TableInfoTest {
  private static final long[] NUMBERS = {7, 4096, 'a', 'q', 3, 9, 100, 90, 8, 2, 0};

  @Test
  void whatDiffersInAnythingIsAnother() {
    assertThat(info(NUMBERS)).isEqualTo(info(NUMBERS)).hasSameHashCodeAs(info(NUMBERS));
    assertThat(info(NUMBERS)).isNotEqualTo("table 7").hasToString("table 7");
    long[] next = NUMBERS.clone();
    next[0]++;
    assertThat(info(next)).doesNotHaveSameHashCodeAs(info(NUMBERS));
    for (int i = 0; i < NUMBERS.length; i++) {
      long[] other = NUMBERS.clone();
      other[i]++;
      assertThat(info(other)).as("value %d", i).isNotEqualTo(info(NUMBERS));
    }
  }

  @Test
  void itsKeysLieWithinItsBounds() {
    TableInfo info = info(NUMBERS);
    assertThat(info.covers(new byte[] {'a' - 1})).isFalse();
    assertThat(info.covers(new byte[] {'a'})).isTrue();
    assertThat(info.covers(new byte[] {'p', 'z'})).isTrue();
    assertThat(info.covers(new byte[] {'q'})).isFalse();
    assertThat(info.overlaps(new byte[] {'0'}, new byte[] {'a'})).isFalse();
    assertThat(info.overlaps(new byte[] {'0'}, new byte[] {'b'})).isTrue();
    assertThat(info.overlaps(new byte[] {'q'}, new byte[0])).isFalse();
    assertThat(info.overlaps(new byte[] {'p'}, new byte[0])).isTrue();
  }

  /// What the manifest says of a table, and what the table says of itself, is compared.
  @Test
  void oneThatTheTableContradictsIsFoundByTheCheck() throws Exception {
    MemoryFileSystem files = new MemoryFileSystem();
    TableModel model = new TableModel();
    for (long sequence = 1; sequence < 50; sequence++) {
      model.put(new byte[] {(byte) sequence}, sequence, new byte[(int) sequence % 3]);
    }
    TableInfo sound = model.write(files, new TableOptions(256, 10, BlockCompression.NONE));
    assertThat(findings(files, sound, TableModel.STORE)).isEmpty();
    for (int i : new int[] {4, 5, 6, 8, 9}) {
      assertThat(findings(files, changed(sound, i), TableModel.STORE))
          .as("value %d", i)
          .contains("the properties contradict the manifest");
    }
    assertThat(findings(files, changed(sound, 1), TableModel.STORE))
        .containsExactly(
            "the file has %d bytes and not %d".formatted(sound.sizeBytes(), sound.sizeBytes() + 1));
    assertThat(findings(files, sound, TableModel.STORE + 1))
        .containsExactly("the table belongs to another store");
  }

  private static List<String> findings(MemoryFileSystem files, TableInfo info, long storeId) {
    List<String> found = new ArrayList<>();
    new TableCheck(
            files,
            TableModel.PATH,
            TableModel.HEADER.number(),
            info,
            storeId,
            bytes -> {},
            (offset, what, from, to) -> found.add(what))
        .run();
    return found;
  }

  /// The same with one more in one of its numbers.
  private static TableInfo changed(TableInfo info, int number) {
    long[] more = new long[NUMBERS.length];
    more[number] = 1;
    return new TableInfo(
        info.number(),
        info.sizeBytes() + more[1],
        info.first(),
        info.limit(),
        info.oldestSequence() + more[4],
        info.newestSequence() + more[5],
        info.entries() + more[6],
        info.keys(),
        info.deletes() + more[8],
        info.rangeDeletes() + (int) more[9],
        info.isCompressed());
  }

  private static TableInfo info(long... n) {
    return new TableInfo(
        n[0],
        n[1],
        new byte[] {(byte) n[2]},
        new byte[] {(byte) n[3]},
        n[4],
        n[5],
        n[6],
        n[7],
        n[8],
        (int) n[9],
        n[10] != 0);
  }
}

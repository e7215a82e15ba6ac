package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tuffdb.table.ForgedTable.range;
import static org.tuffdb.table.ForgedTable.sound;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tuffdb.entry.RangeDeletes.RangeDelete;
import org.tuffdb.table.TableFindings.Damage;

/// What the check says of range deletes, and of what lies between the sections.
class TableCheckRangesTest {
  private static final String NOT_ITS_OWN = "a range delete does not belong to the table";

  @Test
  void aRangeDeleteWithinTheBoundsIsSound() throws IOException {
    ForgedTable table = sound();
    table.rangeDeletes.add(range("b", "f", 9));
    assertThat(TableFindings.of(table.build(), "b", "f")).isEmpty();
  }

  @Test
  void aRangeDeleteBeyondTheBoundsIsFound() throws IOException {
    requireNotItsOwn(range("a", "c", 5));
    requireNotItsOwn(range("b", "g", 5));
    requireNotItsOwn(range("b", "", 5));
    requireNotItsOwn(range("b", "c", 0));
    requireNotItsOwn(range("b", "c", 10));
  }

  private static void requireNotItsOwn(RangeDelete delete) throws IOException {
    ForgedTable table = sound();
    table.rangeDeletes.add(delete);
    byte[] content = table.build();
    assertThat(TableFindings.of(content, "b", "f"))
        .containsExactly(
            new Damage(table.handle(TableFormat.RANGES).offset(), NOT_ITS_OWN, "b", "f"));
  }

  @Test
  void withoutAManifestARangeDeleteMayReachAnywhere() throws IOException {
    ForgedTable table = sound();
    table.rangeDeletes.add(range("a", "", 5));
    assertThat(TableFindings.of(table.build())).isEmpty();
  }

  @Test
  void rangeDeletesAloneMakeASoundTable() throws IOException {
    ForgedTable table = new ForgedTable(10);
    table.rangeDeletes.add(range("b", "d", 1));
    assertThat(TableFindings.of(table.build(), "b", "d")).isEmpty();
  }

  @Test
  void bytesBetweenTheSectionsAreFound() throws IOException {
    for (int section : new int[] {TableFormat.FENCES, TableFormat.RANGES}) {
      ForgedTable table = sound();
      byte[] content = table.build();
      content[(int) table.handle(section + 1).offset() - 1] = 1;
      assertThat(TableFindings.of(content))
          .containsExactly(
              new Damage(
                  table.handle(section).end(), "there are bytes between the sections", "", ""));
    }
  }

  /// Behind properties that are not the usual ones.
  @Test
  void bytesBeforeTheFooterAreFound() throws IOException {
    ForgedTable table = sound();
    table.sections.put(TableFormat.PROPERTIES, new byte[100]);
    byte[] content = table.build();
    content[content.length - TableFormat.FOOTER_BYTES - 1] = 1;
    assertThat(TableFindings.of(content))
        .extracting(Damage::what)
        .containsExactly(
            "the properties have a wrong size", "there are bytes between the sections");
  }

  @Test
  void aGapBehindTheBlocksIsFound() throws IOException {
    ForgedTable table = new ForgedTable(10);
    table.rangeDeletes.add(range("b", "d", 1));
    table.gapBytes = TableFormat.SECTION_ALIGNMENT;
    assertThat(TableFindings.of(table.build()))
        .containsExactly(
            new Damage(TableFormat.BLOCKS_AT, "the sections do not fill the file", "", ""));
  }
}

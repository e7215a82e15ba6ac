package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.tuffdb.table.ForgedTable.delete;
import static org.tuffdb.table.ForgedTable.put;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.table.TableFindings.Damage;

/// What the check says of blocks.
class TableCheckTest {
  private static final String WRONG = "a block is wrong: ";
  private static final String NO_MATCH = "a block does not match its checksum";

  private static ForgedTable sound() {
    return new ForgedTable(10)
        .block("", put("b", 5), put("c", 7), put("c", 6))
        .block("d", put("dd", 4), delete("ee", 9))
        .block("f", put("f", 1));
  }

  /// A table with damage in these of its three blocks.
  private static byte[] damaged(ForgedTable table, int... blocks) {
    byte[] content = table.build();
    for (int block : blocks) {
      content[table.blockAt(block) + 9] ^= 1;
    }
    return content;
  }

  @Test
  void nothingIsFoundInASoundTable() throws IOException {
    assertThat(TableFindings.of(sound().build())).isEmpty();
    assertThat(TableFindings.of(sound().build(), "b", "g")).isEmpty();
    assertThat(TableFindings.of(sound().build(), "b", "")).isEmpty();
  }

  @Test
  void aTableNeedsNoFilter() throws IOException {
    ForgedTable table = new ForgedTable(0).block("", put("b", 5), put("c", 7));
    assertThat(TableFindings.of(table.build(), "b", "d")).isEmpty();
  }

  @Test
  void entriesInAnotherOrderAreFound() throws IOException {
    String what = "its entries are not in order";
    requireWrong(new ForgedTable(10).block("", put("b", 4), put("b", 5)), 0, what);
    requireWrong(new ForgedTable(10).block("", put("b", 5), put("b", 5)), 0, what);
    requireWrong(new ForgedTable(10).block("", put("c", 5)).block("d", put("b", 5)), 1, what);
  }

  @Test
  void anEntryThatASearchDoesNotFindIsFound() throws IOException {
    byte[] image = ForgedTable.image(put("b", 4), put("c", 5));
    image[Block.WORDS_AT + 7] = 'x'; // a word that is not that of its key
    ForgedTable table = new ForgedTable(0).stored("", image, image.length, false);
    table.lies.put(ForgedTable.ENTRIES, 2L);
    assertThat(TableFindings.of(table.build()))
        .containsExactly(new Damage(64, WRONG + "a search does not find its entries", "", ""));
  }

  @Test
  void anEntryOfAnotherTimeIsFound() throws IOException {
    for (long sequence : new long[] {0, 10}) {
      ForgedTable table = new ForgedTable(10).block("", put("b", sequence));
      requireWrong(table, 0, "an entry is of another time");
    }
  }

  @Test
  void aKeyOutsideTheBoundsIsFound() throws IOException {
    byte[] content = sound().build();
    assertThat(TableFindings.of(content, "c", "g"))
        .extracting(Damage::offset, Damage::what)
        .containsExactly(tuple(64L, WRONG + "a key lies outside the table's bounds"));
    assertThat(TableFindings.of(content, "b", "f"))
        .extracting(Damage::what)
        .containsExactly(WRONG + "a key lies outside the table's bounds");
  }

  @Test
  void aFenceBehindAKeyIsFound() throws IOException {
    ForgedTable table = new ForgedTable(10).block("", put("b", 5)).block("dd", put("d", 5));
    requireWrong(table, 1, "the fences lead past a key");
  }

  @Test
  void aKeyThatTheFilterDoesNotKnowIsFound() throws IOException {
    ForgedTable table = sound();
    table.unknown.add("ee");
    requireWrong(table, 1, "the filter does not know a key");
  }

  private static void requireWrong(ForgedTable table, int block, String what) throws IOException {
    assertThat(TableFindings.of(table.build()))
        .extracting(Damage::offset, Damage::what)
        .containsExactly(tuple((long) table.blockAt(block), WRONG + what));
  }

  @Test
  void theKeysOfADamagedBlockLieBetweenItsNeighbours() throws IOException {
    ForgedTable table = sound();
    assertThat(TableFindings.of(damaged(table, 1), "a", "z"))
        .containsExactly(new Damage(table.blockAt(1), NO_MATCH, "c", "f\0"));
  }

  @Test
  void atTheEndsOfATableTheManifestSaysWhichKeysTheyMayBe() throws IOException {
    ForgedTable table = sound();
    assertThat(TableFindings.of(damaged(table, 0, 2), "a", "z"))
        .containsExactly(
            new Damage(64, NO_MATCH, "a", "dd\0"),
            new Damage(table.blockAt(2), NO_MATCH, "ee", "z"));
  }

  @Test
  void withoutAManifestTheyMayBeAny() throws IOException {
    ForgedTable table = sound();
    assertThat(TableFindings.of(damaged(table, 0, 1, 2)))
        .containsExactly(
            new Damage(64, NO_MATCH, "", ""),
            new Damage(table.blockAt(1), NO_MATCH, "", ""),
            new Damage(table.blockAt(2), NO_MATCH, "", ""));
  }

  @Test
  void aBlockThatCannotBeReadIsNamed() throws IOException {
    ForgedTable table = sound();
    TableFindings findings = new TableFindings();
    ForgedTable.write(findings.disk, table.build());
    failReads(findings, table.blockAt(1));
    findings.check(null);
    assertThat(findings.damages)
        .containsExactly(
            new Damage(table.blockAt(1), TableModel.PATH + ": cannot be read", "c", "f\0"));
  }

  private static void failReads(TableFindings findings, long at) {
    findings.files.failFromNth(
        Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.READ && call.position() == at);
  }

  @Test
  void everyByteCountsAsReadSoundOrNot() throws IOException {
    for (byte[] content : List.of(sound().build(), damaged(sound(), 0, 2))) {
      TableFindings findings = new TableFindings();
      ForgedTable.write(findings.disk, content);
      findings.check(null);
      assertThat(findings.progressBytes).isEqualTo(content.length);
    }
  }

  @Test
  void theEntriesAreCounted() throws IOException {
    requireCounted(ForgedTable.ENTRIES, "7, 1 and 5");
    requireCounted(ForgedTable.DELETES, "6, 7 and 5");
    requireCounted(ForgedTable.KEYS, "6, 1 and 7");
  }

  private static void requireCounted(int property, String saying) throws IOException {
    ForgedTable table = sound();
    table.lies.put(property, 7L);
    assertThat(TableFindings.of(table.build()))
        .containsExactly(
            new Damage(
                table.handle(TableFormat.PROPERTIES).offset(),
                "there are 6 entries, 1 of them deletes, of 5 keys; the properties say " + saying,
                "",
                ""));
  }

  @Test
  void noMoreIsReadThanTheFileHas() throws IOException {
    long storedBytes = 256L << 20;
    ForgedTable table = ForgedTable.sound();
    Fences.Builder fences = new Fences.Builder();
    fences.add(new byte[0], 0, table.blockAt(0), false);
    fences.add(new byte[] {'d'}, 1, table.blockAt(1), false);
    table.sections.put(TableFormat.FENCES, fences.build(TableFormat.BLOCKS_AT + storedBytes));
    table.lies.put(ForgedTable.STORED_BYTES, storedBytes);
    assertThat(TableFindings.of(table.build()))
        .extracting(Damage::what)
        .containsExactly("the sections do not fill the file");
  }

  /// Those of a damaged block are unknown.
  @Test
  void noCountIsExpectedOfADamagedTable() throws IOException {
    ForgedTable table = sound();
    table.lies.put(ForgedTable.KEYS, 7L);
    assertThat(TableFindings.of(damaged(table, 2))).hasSize(1);
  }
}

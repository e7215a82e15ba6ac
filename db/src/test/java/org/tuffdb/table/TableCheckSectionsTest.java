package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tuffdb.table.ForgedTable.put;
import static org.tuffdb.table.ForgedTable.sound;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.Fault;
import org.tuffdb.fs.FileCall;
import org.tuffdb.table.TableFindings.Damage;

/// What the check says of everything beside the blocks. It concerns the whole table.
class TableCheckSectionsTest {
  private static final String CONTRADICTION = "the properties contradict the manifest";

  private static byte[] damaged(ForgedTable table, int... sections) {
    byte[] content = table.build();
    for (int section : sections) {
      content[(int) table.handle(section).offset()] ^= 1;
    }
    return content;
  }

  private static Damage whole(ForgedTable table, int section, String what) {
    return new Damage(table.handle(section).offset(), what, "", "");
  }

  @Test
  void aMissingFileIsFound() {
    TableFindings findings = new TableFindings();
    findings.check(null);
    assertThat(findings.damages).containsExactly(new Damage(-1, "the file is missing", "", ""));
  }

  @Test
  void aFileThatCannotBeOpenedIsFound() throws IOException {
    TableFindings findings = new TableFindings();
    ForgedTable.write(findings.disk, sound().build());
    findings.files.failFromNth(
        Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.OPEN_FOR_READ);
    findings.check(null);
    assertThat(findings.damages).hasSize(1);
    assertThat(findings.damages.getFirst().offset()).isEqualTo(-1);
    assertThat(findings.damages.getFirst().what()).contains("Input/output error");
  }

  @Test
  void aFileTooShortForATableIsFound() throws IOException {
    byte[] header = new byte[180];
    TableModel.HEADER.write(header);
    assertThat(TableFindings.of(header))
        .containsExactly(new Damage(-1, "the file is too short for a table", "", ""));
  }

  @Test
  void damageOfASectionConcernsAllKeysOfTheTable() throws IOException {
    ForgedTable table = sound();
    byte[] content = damaged(table, TableFormat.FILTER);
    assertThat(TableFindings.of(content, "a", "f"))
        .containsExactly(
            new Damage(
                table.handle(TableFormat.FILTER).offset(),
                "the bits of the filter do not match their checksum",
                "a",
                "f"));
  }

  @Test
  void eachSectionIsNamedOnce() throws IOException {
    requireNamed(TableFormat.FILTER, "the bits of the filter do not match their checksum");
    requireNamed(TableFormat.FENCES, "the fences do not match their checksum");
    requireNamed(TableFormat.RANGES, "the range deletes do not match their checksum");
    requireNamed(TableFormat.PROPERTIES, "the properties do not match their checksum");
  }

  private static void requireNamed(int section, String what) throws IOException {
    ForgedTable table = sound();
    assertThat(TableFindings.of(damaged(table, section)))
        .containsExactly(whole(table, section, what));
  }

  @Test
  void damageOfOneSectionDoesNotHideThatOfAnother() throws IOException {
    ForgedTable table = sound();
    byte[] content =
        damaged(
            table,
            TableFormat.FILTER,
            TableFormat.FENCES,
            TableFormat.RANGES,
            TableFormat.PROPERTIES);
    assertThat(TableFindings.of(content)).hasSize(4);
  }

  @Test
  void blocksAreCheckedWithoutAFilter() throws IOException {
    ForgedTable table = sound();
    byte[] content = damaged(table, TableFormat.FILTER);
    content[table.blockAt(1) + 9] ^= 1;
    assertThat(TableFindings.of(content))
        .containsExactly(
            whole(table, TableFormat.FILTER, "the bits of the filter do not match their checksum"),
            new Damage(table.blockAt(1), "a block does not match its checksum", "c", ""));
  }

  @Test
  void aSectionThatCannotBeReadIsFound() throws IOException {
    ForgedTable table = sound();
    TableFindings findings = new TableFindings();
    byte[] content = table.build();
    ForgedTable.write(findings.disk, content);
    long ranges = table.handle(TableFormat.RANGES).offset();
    findings.files.failFromNth(
        Fault.IO_ERROR, 1, call -> call.kind() == FileCall.Kind.READ && call.position() == ranges);
    findings.check(null);
    assertThat(findings.damages).extracting(Damage::offset).containsExactly(ranges);
    assertThat(findings.damages.getFirst().what()).contains("Input/output error");
    assertThat(findings.progressBytes).isEqualTo(content.length);
  }

  @Test
  void fencesInNoOrderAreFound() throws IOException {
    ForgedTable table =
        new ForgedTable(10).block("", put("b", 5)).block("d", put("d", 7)).block("c", put("e", 7));
    assertThat(TableFindings.of(table.build()))
        .containsExactly(whole(table, TableFormat.FENCES, "the fences are not in order"));
  }

  @Test
  void propertiesThatContradictTheSectionsAreFound() throws IOException {
    requireContradiction(ForgedTable.FILTER_BYTES, 128);
    requireContradiction(ForgedTable.FENCE_BYTES, 8);
    ForgedTable table = sound();
    table.sections.put(TableFormat.FILTER, new byte[63]);
    assertThat(TableFindings.of(table.build()))
        .containsExactly(whole(table, TableFormat.PROPERTIES, CONTRADICTION));
  }

  private static void requireContradiction(int property, long lie) throws IOException {
    ForgedTable table = sound();
    table.lies.put(property, lie);
    assertThat(TableFindings.of(table.build()))
        .contains(whole(table, TableFormat.PROPERTIES, CONTRADICTION));
  }
}

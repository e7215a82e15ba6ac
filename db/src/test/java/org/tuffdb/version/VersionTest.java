package org.tuffdb.version;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.tuffdb.fs.FileNames;
import org.tuffdb.table.TableInfo;

class VersionTest {
  private static final int KEYSPACE = 3;

  private static final Version VERSION =
      Version.empty()
          .with(
              List.of(
                  new Edit.LogAdded(5),
                  new Edit.LogEnded(5, 640),
                  new Edit.LogAdded(7),
                  new Edit.ReplayFrom(20),
                  new Edit.KeyspaceAdded(KEYSPACE, "köy"),
                  new Edit.Flushed(KEYSPACE, 12),
                  new Edit.TableAdded(KEYSPACE, 0, table(10, 2, "a", "z", true)),
                  new Edit.TableAdded(KEYSPACE, 0, table(11, 4, "b", "y", false)),
                  new Edit.TableAdded(KEYSPACE, 0, table(12, 3, "c", "x", false)),
                  new Edit.TableAdded(KEYSPACE, 1, table(15, 1, "m", "p", false)),
                  new Edit.TableAdded(KEYSPACE, 1, table(16, 1, "a", "c", false)),
                  new Edit.TableAdded(KEYSPACE, 1, table(17, 1, "c", "m", false))));

  @Test
  void editsTakeEffect() {
    assertThat(VERSION.nextFileNumber()).isEqualTo(18);
    assertThat(VERSION.nextKeyspaceId()).isEqualTo(KEYSPACE + 1);
    assertThat(VERSION.replayFrom()).isEqualTo(20);
    assertThat(VERSION.logs())
        .containsExactly(new Version.LogFile(5, 640), new Version.LogFile(7, -1));
    assertThat(keyspace(VERSION).name()).isEqualTo("köy");
    assertThat(keyspace(VERSION).flushedSequence()).isEqualTo(12);
  }

  /// An opening reads all of them from one record.
  @Test
  void manyTablesTakeLittleMemoryToAdd() {
    List<Edit> edits = new ArrayList<>();
    for (int i = 1; i <= 5_000; i++) {
      String first = "%05d".formatted(i);
      edits.add(new Edit.TableAdded(0, 6, table(i, 1, first, first + "!", false)));
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = thread.getCurrentThreadAllocatedBytes();
    Version many = Version.empty().with(edits);
    assertThat(thread.getCurrentThreadAllocatedBytes() - before).isLessThan(10 << 20);
    assertThat(lowest(many))
        .extracting(TableInfo::number)
        .isEqualTo(LongStream.rangeClosed(1, 5_000).boxed().toList());
    List<Edit> removed = new ArrayList<>();
    for (int i = 1; i <= 5_000; i += 2) {
      removed.add(new Edit.TableRemoved(0, 6, i));
    }
    assertThat(lowest(many.with(removed)))
        .hasSize(2_500)
        .allMatch(table -> table.number() % 2 == 0);
  }

  private static List<TableInfo> lowest(Version version) {
    return version.keyspaces().firstEntry().getValue().levels().getLast();
  }

  @Test
  void oneOfSeveralTablesThatAreAsNewIsTakenAway() {
    Version version = VERSION;
    for (int number = 20; number < 24; number++) {
      version = version.with(new Edit.TableAdded(KEYSPACE, 0, table(number, 3, "a", "z", false)));
    }
    version = version.with(new Edit.TableRemoved(KEYSPACE, 0, 21));
    assertThat(keyspace(version).levels().get(0))
        .extracting(TableInfo::number)
        .containsExactly(11L, 12L, 20L, 22L, 23L, 10L);
  }

  @Test
  void theNewestIsFirstInLevel0AndTheLowestBelow() {
    assertThat(keyspace(VERSION).levels().get(0))
        .extracting(TableInfo::number)
        .containsExactly(11L, 12L, 10L);
    assertThat(keyspace(VERSION).levels().get(1))
        .extracting(TableInfo::number)
        .containsExactly(16L, 17L, 15L);
    assertThat(keyspace(VERSION).find(17)).isNotNull();
    assertThat(keyspace(VERSION).find(18)).isNull();
  }

  @Test
  void whatIsTakenAwayIsGone() {
    Version fewer =
        VERSION.with(
            List.of(
                new Edit.TableRemoved(KEYSPACE, 1, 17),
                new Edit.LogDropped(5),
                new Edit.NextFile(30),
                new Edit.NextKeyspace(8)));
    assertThat(keyspace(fewer).levels().get(1)).hasSize(2);
    assertThat(fewer.logs()).containsExactly(new Version.LogFile(7, -1));
    assertThat(fewer.nextFileNumber()).isEqualTo(30);
    assertThat(fewer.nextKeyspaceId()).isEqualTo(8);
    assertThat(fewer.with(new Edit.NextFile(2)).nextFileNumber()).isEqualTo(30);
    assertThat(fewer.with(new Edit.NextKeyspace(2)).nextKeyspaceId()).isEqualTo(8);
    assertThat(fewer.with(new Edit.KeyspaceDropped(KEYSPACE)).keyspaces()).hasSize(1);
  }

  @Test
  void whatContradictsIsRefused() {
    refused(new Edit.ReplayFrom(19), "earlier");
    refused(new Edit.LogAdded(7), "older");
    refused(new Edit.LogEnded(5, 700), "cannot end");
    refused(new Edit.LogEnded(7, -1), "cannot end");
    refused(new Edit.LogEnded(6, 0), "unknown log 6");
    refused(new Edit.LogDropped(6), "unknown log 6");
    refused(new Edit.KeyspaceAdded(KEYSPACE, "other"), "taken");
    refused(new Edit.KeyspaceAdded(9, "köy"), "taken");
    refused(new Edit.KeyspaceDropped(Version.DEFAULT_KEYSPACE_ID), "default");
    refused(new Edit.KeyspaceDropped(2), "unknown keyspace 2");
    refused(new Edit.Flushed(KEYSPACE, 11), "less");
    refused(new Edit.Flushed(2, 11), "unknown keyspace 2");
  }

  /// Names of files end there, and ids.
  @Test
  void numbersThatNothingCanHaveAreRefused() {
    refused(new Edit.NextFile(Long.MAX_VALUE), "no such number");
    refused(new Edit.NextFile(FileNames.NUMBER_MAX + 2), "no such number");
    refused(new Edit.LogAdded(FileNames.NUMBER_MAX + 1), "no such number");
    refused(new Edit.LogAdded(Long.MAX_VALUE), "no such number");
    refused(new Edit.KeyspaceAdded(Integer.MAX_VALUE, "last"), "no such id");
    refused(added(2, table(-1, 1, "p", "q", false)), "no such number");
    refused(added(2, table(0, 1, "p", "q", false)), "no such number");
    refused(added(2, table(FileNames.NUMBER_MAX + 1, 1, "p", "q", false)), "no such number");
    refused(added(2, table(Long.MAX_VALUE, 1, "p", "q", false)), "no such number");
    assertThatThrownBy(() -> Version.empty().with(new Edit.LogAdded(-1)))
        .hasMessageContaining("no such number");
  }

  @Test
  void tablesThatContradictAreRefused() {
    refused(added(-1, table(20, 1, "p", "q", false)), "no such level");
    refused(added(Version.LEVELS_MAX, table(20, 1, "p", "q", false)), "no such level");
    refused(added(2, table(10, 1, "p", "q", false)), "there already");
    refused(added(2, table(20, 1, "q", "p", false)), "ends first");
    refused(added(0, table(20, 1, "q", "q", false)), "ends first");
    refused(added(1, table(20, 1, "b", "c", false)), "overlap");
    refused(added(1, table(20, 1, "A", "aa", false)), "overlap");
    refused(added(1, table(20, 1, "o", "q", false)), "overlap");
    refused(new Edit.TableRemoved(KEYSPACE, -1, 10), "no such level");
    refused(new Edit.TableRemoved(KEYSPACE, Version.LEVELS_MAX, 10), "no such level");
    refused(new Edit.TableRemoved(KEYSPACE, 1, 10), "unknown table");
  }

  @Test
  void theEditsOfAVersionMakeIt() {
    byte[] bytes = EditFormat.encode(VERSION.asEdits());
    assertThat(Version.empty().with(EditFormat.decode(bytes, 0, bytes.length))).isEqualTo(VERSION);
  }

  @Test
  void everyEditIsReadAsItWasWritten() {
    List<Edit> edits =
        List.of(
            new Edit.NextFile(1L << 30),
            new Edit.NextKeyspace(2),
            new Edit.LogAdded(3),
            new Edit.LogEnded(4, 5),
            new Edit.LogDropped(6),
            new Edit.ReplayFrom(7),
            new Edit.KeyspaceAdded(8, "𝛼𝛽"),
            new Edit.KeyspaceDropped(9),
            new Edit.Flushed(10, 11),
            added(5, table(12, 13, "", "", true)),
            new Edit.TableRemoved(14, 6, 15));
    byte[] bytes = EditFormat.encode(edits);
    assertThat(EditFormat.decode(bytes, 0, bytes.length)).isEqualTo(edits);
    assertThatThrownBy(() -> EditFormat.decode(bytes, 0, bytes.length - 1))
        .hasMessageContaining("cut short");
  }

  @Test
  void whatIsNoEditIsRefused() {
    assertThatThrownBy(() -> EditFormat.decode(new byte[] {12}, 0, 1))
        .hasMessageContaining("unknown edit 12");
    byte[] named = EditFormat.encode(List.of(new Edit.KeyspaceAdded(1, "name")));
    assertThatThrownBy(() -> EditFormat.decode(named, 0, named.length - 1))
        .hasMessageContaining("4 bytes is cut short");
    named[8] = -1;
    assertThatThrownBy(() -> EditFormat.decode(named, 0, named.length))
        .hasMessageContaining("cut short");
  }

  private static void refused(Edit edit, String message) {
    assertThatThrownBy(() -> VERSION.with(edit))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static Version.KeyspaceVersion keyspace(Version version) {
    return Objects.requireNonNull(version.keyspaces().get(KEYSPACE));
  }

  private static Edit added(int level, TableInfo table) {
    return new Edit.TableAdded(KEYSPACE, level, table);
  }

  private static TableInfo table(
      long number, long newest, String first, String limit, boolean compressed) {
    return new TableInfo(
        number,
        4096,
        first.getBytes(StandardCharsets.UTF_8),
        limit.getBytes(StandardCharsets.UTF_8),
        1,
        newest,
        90,
        80,
        7,
        2,
        compressed);
  }
}

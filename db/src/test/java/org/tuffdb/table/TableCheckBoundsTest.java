package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tuffdb.table.ForgedTable.put;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Where the check says that the keys of a wrong block lie, whose checksum is right.
class TableCheckBoundsTest {
  /// The block in the middle held `d`, which the filter knows, and now holds `e`.
  @Test
  void theKeyThatIsLostLiesWithinTheBounds() throws IOException {
    ForgedTable table =
        new ForgedTable(10).block("", put("b", 5)).block("d", put("e", 5)).block("f", put("f", 5));
    table.unknown.add("e");
    assertThat(TableFindings.of(table.build(), "a", "z"))
        .containsExactly(
            new TableFindings.Damage(
                table.blockAt(1), "a block is wrong: the filter does not know a key", "b", "f\0"));
  }
}

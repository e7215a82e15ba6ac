package org.tuffdb.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tuffdb.table.ForgedTable.put;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.tuffdb.table.TableFindings.Damage;

/// Where the check says that the keys of a wrong block lie, whose checksum is right.
class TableCheckBoundsTest {
  /// The block in the middle held `d`, and now holds a key that belongs behind those of the next.
  private static List<Damage> ofAWrongKeyInTheMiddle() throws IOException {
    ForgedTable table =
        new ForgedTable(10).block("", put("b", 5)).block("d", put("x", 5)).block("f", put("f", 5));
    return TableFindings.of(table.build(), "a", "z");
  }

  @Test
  @Disabled("TableCheck takes the last key of a wrong block for one of a sound block")
  void theKeysThatAreLostLieWithinTheBoundsOfSomeDamage() throws IOException {
    assertThat(ofAWrongKeyInTheMiddle())
        .anySatisfy(damage -> {
          assertThat(damage.first()).isLessThanOrEqualTo("d");
          assertThat(damage.limit()).isGreaterThan("d");
        });
  }

  @Test
  @Disabled("TableCheck takes the last key of a wrong block for one of a sound block")
  void noDamageEndsBeforeItBegins() throws IOException {
    assertThat(ofAWrongKeyInTheMiddle())
        .allSatisfy(damage -> assertThat(damage.first()).isLessThan(damage.limit()));
  }
}

package org.tuffdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tuffdb.Db;
import org.tuffdb.Reading;
import org.tuffdb.error.CorruptionException;
import org.tuffdb.error.DbException;
import org.tuffdb.event.Event;
import org.tuffdb.forge.Field;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.ManualBackground;
import org.tuffdb.fs.ManualClock;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.table.TableStructure;

/// Found by the campaign structures: a merge met keys that have no order, or that the manifest does
/// not know of, with all checksums right. It took that for trouble of its own, tried again, and
/// ended all writing. It is damage of that table.
class ForgedTablesTest {
  private static final int KEY_BYTES = 7;

  private final DamagedStore store = new DamagedStore(false);
  private final List<Throwable> causes = new ArrayList<>();

  @Test
  void aMergeSaysWhichTableHasKeysInNoOrder() {
    store
        .files()
        .forEach((name, content) -> {
          if (FileNames.tableNumber(name).isPresent()) {
            mergeEachForgery(name, new TableStructure(content));
          }
        });
    assertThat(causes)
        .hasSizeGreaterThan(10)
        .allSatisfy(cause -> assertThat(cause).isInstanceOf(CorruptionException.class))
        .anySatisfy(cause -> assertThat(cause).hasMessageContaining("not in order"))
        .anySatisfy(cause -> assertThat(cause).hasMessageContaining("outside the table's bounds"));
  }

  private void mergeEachForgery(String name, TableStructure table) {
    List<Field> firstKeys =
        table.parts().getOrDefault("block columns", List.of()).stream()
            .filter(field -> field.name().equals("first byte"))
            .toList();
    for (Field key : firstKeys) {
      byte[] high = table.content().clone();
      key.set(high, '~');
      table.seal(high);
      merge(name, high);
      byte[] twice = table.content().clone();
      System.arraycopy(twice, firstKeys.getFirst().at(), twice, key.at(), KEY_BYTES);
      table.seal(twice);
      merge(name, twice);
    }
  }

  private void merge(String name, byte[] forged) {
    int before = causes.size();
    merge(ForgedStore.replace(store.copy(), name, forged));
    assertThat(causes.subList(before, causes.size()))
        .allSatisfy(cause -> assertThat(cause).hasMessageContaining(name));
  }

  private void merge(MemoryFileSystem files) {
    ManualBackground background = new ManualBackground(new ManualClock());
    try (Db db =
        DamagedStore.builder(files, Reading.MAPPED, background).listener(this::on).open()) {
      db.settle();
      db.put(new byte[] {1}, new byte[] {2});
    } catch (DbException reported) {
      causes.add(reported);
    }
    files.assertNothingOpen();
  }

  private void on(Event event) {
    if (event instanceof Event.HousekeepingFailed(Throwable cause)) {
      causes.add(cause);
    }
    assertThat(event).isNotInstanceOf(Event.Failed.class);
  }
}

package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

class KnownBugsTest {
  /// Whoever changes the engine moves the bugs along.
  @Test
  void eachHasItsPlace() throws IOException, CannotRun {
    Engine engine = Engine.require();
    List<KnownBug> bugs = KnownBug.all();
    assertThat(bugs).hasSizeGreaterThanOrEqualTo(20);
    for (KnownBug bug : bugs) {
      String source = Files.readString(engine.sources().resolve(bug.file()));
      assertThat(bug.putInto(source)).isNotEqualTo(source);
    }
  }

  @Test
  void oneThatHasLostItsPlaceIsNamed() throws IOException {
    KnownBug bug = KnownBug.all().getFirst();
    assertThatThrownBy(() -> bug.putInto("class Other {}"))
        .hasMessageContaining(bug.name())
        .hasMessageContaining(bug.file());
  }

  @Test
  void theFirstOnesAreFound() throws Exception {
    assertThat(Brief.run(new KnownBugs(), 2)).startsWith("2 bugs put back, each found");
  }

  @Test
  void aSoundEngineIsSound() throws Exception {
    assertThat(Brief.run(Simulation.CRASH_STATES, 500)).contains("violations: 0");
  }
}

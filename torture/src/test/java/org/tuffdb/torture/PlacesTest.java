package org.tuffdb.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlacesTest {
  @Test
  void whoCannotHaveTheStoreIsToldWhyAndHarmsNothing() throws Exception {
    assertThat(Brief.run(new Places(), 1)).contains("cases", "1 times each, 0 violations");
  }
}

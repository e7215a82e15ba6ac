package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LinesTest {
  private static List<String> lines(String input, int bytesAtOnce) throws IOException {
    ByteArrayInputStream in =
        new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, bytesAtOnce));
          }
        };
    Lines lines = new Lines(in);
    List<String> found = new ArrayList<>();
    while (lines.next()) {
      found.add(
          new String(lines.buffer(), lines.from(), lines.length(), StandardCharsets.ISO_8859_1));
      assertThat(lines.number()).isEqualTo(found.size());
    }
    return found;
  }

  @Test
  void endsAreNotPartOfLines() throws IOException {
    assertThat(lines("", 9)).isEmpty();
    assertThat(lines("\n", 9)).containsExactly("");
    assertThat(lines("a\nb", 9)).containsExactly("a", "b");
    assertThat(lines("a\r\n\r\nb\rc\r\n", 1)).containsExactly("a", "", "b\rc");
    assertThat(lines("\r", 1)).containsExactly("");
  }

  @Test
  void linesOfAnyLengthComeOutWhole() throws IOException {
    Random random = new Random(11);
    for (int round = 0; round < 30; round++) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        expected.add("x".repeat(random.nextInt(1 << (1 + random.nextInt(20)))));
      }
      String input = String.join("\n", expected) + "\n";
      assertThat(lines(input, 1 + random.nextInt(1 << 18))).isEqualTo(expected);
    }
  }
}

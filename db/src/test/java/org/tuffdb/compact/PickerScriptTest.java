package org.tuffdb.compact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Runs what is drawn in `picking.script`.
class PickerScriptTest {
  private static final int LEVELS = 7;
  private static final Pattern RANGE =
      Pattern.compile("range \\[(\\w*)-(\\w*)[)] @(\\d+) below (\\d+) => (.*)");

  private static List<String> scripts() throws IOException {
    try (InputStream in = PickerScriptTest.class.getResourceAsStream("picking.script")) {
      byte[] bytes = Objects.requireNonNull(in).readAllBytes();
      String text = new String(bytes, StandardCharsets.UTF_8);
      List<String> scripts = new ArrayList<>();
      for (String part : text.split("\n\n+", -1)) {
        if (part.contains("=> ")) {
          scripts.add(part);
        }
      }
      return scripts;
    }
  }

  @Test
  void thereAreScripts() throws IOException {
    assertThat(scripts()).hasSizeGreaterThan(20);
  }

  @TestFactory
  Stream<DynamicTest> picksWhatIsDrawn() throws IOException {
    return scripts().stream()
        .map(script ->
            DynamicTest.dynamicTest(script.lines().findFirst().orElseThrow(), () -> run(script)));
  }

  private static void run(String script) {
    Drawing drawing = new Drawing(LEVELS);
    for (String line : script.lines().toList()) {
      int colon = line.indexOf(':');
      if (line.startsWith("=> ")) {
        assertThat(Drawing.text(Picker.pick(drawing.shape(), drawing.options())))
            .as(script)
            .isEqualTo(line.substring(3));
      } else if (line.startsWith("range ")) {
        range(drawing, line, script);
      } else if (!line.startsWith("#")) {
        drawing.line(
            colon < 0 ? line : line.substring(0, colon),
            colon < 0 ? "" : line.substring(colon + 1).strip());
      }
    }
  }

  private static void range(Drawing drawing, String line, String script) {
    Matcher demand = RANGE.matcher(line);
    assertThat(demand.matches()).as(line).isTrue();
    Task task =
        Picker.range(
            drawing.shape(),
            drawing.options(),
            Drawing.key(demand.group(1)),
            Drawing.key(demand.group(2)),
            Long.parseLong(demand.group(3)),
            Long.parseLong(demand.group(4)));
    assertThat(Drawing.text(task)).as(script).isEqualTo(demand.group(5));
  }
}

package org.tuffdb.workload;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ResultTest {
  private static final Pattern FIELD = Pattern.compile("\"(\\w+)\": \"?([^\",}]*)\"?");

  @Test
  void isTheSameAfterJson() {
    Result result =
        new Result(
            "store", "work", "", 1, 2, 3, 4, 0.5, 6.25, 7, 8, 9, 10, 11, 12.5, 13.5, 14.5, 15.5, 16,
            17, 18, 19, 20.5);
    Map<String, String> fields = new HashMap<>();
    FIELD
        .matcher(result.toJson())
        .results()
        .forEach(match -> fields.put(match.group(1), match.group(2)));
    assertThat(Result.of(fields)).isEqualTo(result);
  }

  @Test
  void figuresOfWhichAnOldFileDoesNotTellAreUnknown() {
    Result old = Result.of(Map.of("store", "tuffdb", "workload", "readseq"));
    assertThat(old.residentBytesMax()).isEqualTo(-1);
    assertThat(old.failure()).isEmpty();
  }

  @Test
  void quotesAndLinesOfAFailureAreKept() {
    assertThat(Result.failed("store", "work", "a \"b\\c\"\nd").toJson())
        .contains("\"failure\": \"a \\\"b\\\\c\\\"\\nd\"");
  }
}

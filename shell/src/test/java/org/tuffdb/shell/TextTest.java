package org.tuffdb.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TextTest {
  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "hello", "two words", "schlüssel", "鍵", "🔑", "0", "0X12", "-x", "x0x"})
  void textIsItsOwnForm(String text) {
    assertThat(Text.of(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
    assertThat(Text.ofArgument(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "'0x', 0x3078",
    "'0xff', 0x30786666",
    "'\u0000', 0x00",
    "'a\tb', 0x610962",
    "'a\nb', 0x610a62",
    "'\u007f', 0x7f",
    "'\u00ff', 0xff",
    "'\u00c2\u0085', 0xc285",
    "'\u00c0\u0080', 0xc080",
    "'\u00ed\u00a0\u0080', 0xeda080",
    "'\u00ef\u00bf\u00bd', 0xefbfbd",
    "'a\u00ef\u00bf\u00bd', 0x61efbfbd",
    "'\u00ef\u00bb\u00bfa', 0xefbbbf61"
  })
  void whatCannotBeShownIsHexadecimal(String bytes, String form) {
    assertThat(Text.of(latin1(bytes))).isEqualTo(form);
    assertThat(Text.ofArgument(form)).isEqualTo(latin1(bytes));
  }

  @Test
  void everyFormMeansTheBytesItWasMadeOf() throws IOException {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(6)];
      for (int j = 0; j < bytes.length; j++) {
        bytes[j] =
            (byte) (random.nextBoolean() ? "0xaé🔑\t\u0085".codePointAt(j) : random.nextInt());
      }
      String form = Text.of(bytes);
      ByteArrayOutputStream written = new ByteArrayOutputStream();
      Text.write(bytes, written);
      assertThat(Text.ofArgument(form)).as(form).isEqualTo(bytes);
      assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(form);
      assertThat(form.chars()).noneMatch(Character::isISOControl);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x1", "0xzz", "0x 12", "0x12 "})
  void halfABytesIsNoForm(String form) {
    assertThatThrownBy(() -> Text.ofArgument(form))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(form);
  }

  @Test
  void anArgumentThatWasNotUtf8IsRefused() {
    assertThatThrownBy(() -> Text.ofArgument("a\uFFFD")).isInstanceOf(UsageException.class);
  }

  @Test
  void halfACharacterIsRefused() {
    for (String text : new String[] {"a\uD83D", "\uD83Da", "\uDD11", "🔑\uDD11"}) {
      assertThatThrownBy(() -> Text.utf8(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aTextOfManySurrogatePairsIsGoneOverOnce() {
    String keys = "🔑".repeat(300_000);
    assertThat(Text.utf8(keys)).isEqualTo(keys.getBytes(StandardCharsets.UTF_8));
  }
}

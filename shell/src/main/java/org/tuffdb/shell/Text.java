package org.tuffdb.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Keys and values as people read and type them. Two forms, and every form that is printed can be
/// typed:
///
/// - text: its UTF-8;
/// - `0x` and two hexadecimal digits for each byte: those bytes.
///
/// Bytes are printed as text if they are valid UTF-8 without control characters and U+FFFD, and do
/// not begin with `0x` or U+FEFF; otherwise in hexadecimal. So one key or value never takes more
/// than a line, and holds no tab.
final class Text {
  static final String HEX_PREFIX = "0x";

  /// What stands for bytes that are not UTF-8: an argument that holds it is refused.
  private static final char REPLACEMENT = '\uFFFD';

  /// At the beginning of a file it is no part of the text.
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private static final HexFormat HEX = HexFormat.of();
  private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");
  private static final int QUOTED_MAX = 80;

  private Text() {}

  /// The bytes that an argument of the command line means.
  ///
  /// @throws UsageException if it is no form of any bytes
  static byte[] ofArgument(String argument) {
    if (argument.indexOf(REPLACEMENT) >= 0) {
      throw new UsageException(
          quoted(argument) + " is not valid UTF-8, or holds U+FFFD: give its bytes as 0x…");
    }
    try {
      return parse(argument);
    } catch (IllegalArgumentException wrong) {
      throw new UsageException(wrong.getMessage());
    }
  }

  /// The bytes that `form` means.
  ///
  /// @throws IllegalArgumentException if it is no form of any bytes; the message says why
  static byte[] parse(String form) {
    if (!form.startsWith(HEX_PREFIX)) {
      return utf8(form);
    }
    try {
      return HEX.parseHex(form, HEX_PREFIX.length(), form.length());
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          quoted(form) + " begins with 0x but is not 0x and pairs of hexadecimal digits", wrong);
    }
  }

  /// The UTF-8 of `text`.
  ///
  /// @throws IllegalArgumentException if it holds half a character, which has none
  static byte[] utf8(String text) {
    if (text.codePoints().anyMatch(Text::isHalf)) {
      throw new IllegalArgumentException("the text holds half of a surrogate pair");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isHalf(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  /// The form of `bytes`.
  static String of(byte[] bytes) {
    return isPlain(bytes)
        ? new String(bytes, StandardCharsets.UTF_8)
        : HEX_PREFIX + HEX.formatHex(bytes);
  }

  /// The keys from `first` on and below `limit`, an empty limit being the end of all keys: as their
  /// first and last key where the limit is the key that comes next after the last.
  static String range(byte[] first, byte[] limit) {
    String begin = first.length == 0 ? "the first key" : of(first);
    if (limit.length == 0) {
      return begin + " to the last key";
    }
    return limit[limit.length - 1] == 0 && limit.length > 1
        ? begin + " to " + of(Arrays.copyOf(limit, limit.length - 1))
        : begin + " to before " + of(limit);
  }

  /// `text` for a line that a terminal only shows: a question mark for each control character.
  static String printable(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }

  /// What a message quotes: of a long text its beginning.
  static String quoted(String text) {
    return text.codePointCount(0, text.length()) <= QUOTED_MAX
        ? "'" + text + "'"
        : "'" + text.substring(0, text.offsetByCodePoints(0, QUOTED_MAX)) + "…'";
  }

  /// Writes the form of `bytes`.
  static void write(byte[] bytes, OutputStream out) throws IOException {
    out.write(isPlain(bytes) ? bytes : of(bytes).getBytes(StandardCharsets.UTF_8));
  }

  /// Whether the form of `bytes` is text.
  static boolean isPlain(byte[] bytes) {
    if (bytes.length >= 2 && bytes[0] == '0' && bytes[1] == 'x') {
      return false;
    }
    for (byte b : bytes) {
      if (b < 0) {
        return isPlainUtf8(bytes);
      }
      if (Character.isISOControl(b)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlainUtf8(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.charAt(0) != BYTE_ORDER_MARK
          && text.chars().noneMatch(c -> Character.isISOControl(c) || c == REPLACEMENT);
    } catch (CharacterCodingException binary) {
      return false;
    }
  }
}

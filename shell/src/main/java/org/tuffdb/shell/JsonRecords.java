package org.tuffdb.shell;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// Each line is a JSON object. Its members `key` and `value` are the record; or, where the member
/// that holds the key has been named, the whole line is the value. Blank lines are passed over.
final class JsonRecords implements RecordReader {
  private static final byte[] NOTHING = new byte[0];

  private final Lines lines;
  private final @Nullable String keyMember;
  private final boolean literal;
  private final JsonFactory json =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private byte @Nullable [] key;
  private byte @Nullable [] value;

  JsonRecords(Lines lines, @Nullable String keyMember, boolean literal) {
    this.lines = lines;
    this.keyMember = keyMember;
    this.literal = literal;
  }

  @Override
  public boolean next() throws IOException, BadRecordException {
    do {
      if (!lines.next()) {
        return false;
      }
    } while (lines.isBlank());
    key = null;
    value = null;
    try (JsonParser parser =
        json.createParser(
            ObjectReadContext.empty(), lines.buffer(), lines.from(), lines.length())) {
      parse(parser);
    } catch (JacksonException malformed) {
      throw bad("not JSON: " + malformed.getOriginalMessage());
    } catch (IllegalArgumentException wrong) {
      throw bad(wrong.getMessage());
    }
    return true;
  }

  private void parse(JsonParser parser) throws BadRecordException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw bad("not a JSON object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String member = parser.currentName();
      JsonToken token = parser.nextToken();
      if (keyMember == null) {
        takeKeyOrValue(member, token, parser);
      } else if (member.equals(keyMember)) {
        requireFirst(key, member);
        key = scalar(member, token, parser);
      } else {
        parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw bad("something follows the JSON object");
    }
    if (keyMember != null) {
      value = Arrays.copyOfRange(lines.buffer(), lines.from(), lines.from() + lines.length());
    }
    requirePresent(key, keyMember == null ? "key" : keyMember);
    requirePresent(value, "value");
  }

  private void takeKeyOrValue(String member, JsonToken token, JsonParser parser)
      throws BadRecordException {
    switch (member) {
      case "key" -> {
        requireFirst(key, member);
        key = scalar(member, token, parser);
      }
      case "value" -> {
        requireFirst(value, member);
        value = scalar(member, token, parser);
      }
      default ->
          throw bad(
              "besides key and value there is %s: name the member that is the key by --key"
                  .formatted(Text.quoted(member)));
    }
  }

  private byte[] scalar(String member, JsonToken token, JsonParser parser)
      throws BadRecordException {
    if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
      throw bad(
          Text.quoted(member)
              + " is neither a string, a number, true nor false: name the member that is the key by"
              + " --key, and the whole line is the value");
    }
    String text = parser.getString();
    return literal ? Text.utf8(text) : Text.parse(text);
  }

  private void requireFirst(byte @Nullable [] before, String member) throws BadRecordException {
    if (before != null) {
      throw bad(Text.quoted(member) + " is there twice");
    }
  }

  private void requirePresent(byte @Nullable [] found, String member) throws BadRecordException {
    if (found == null) {
      throw bad("there is no " + Text.quoted(member));
    }
  }

  private BadRecordException bad(@Nullable String what) {
    return new BadRecordException(lines.number(), String.valueOf(what));
  }

  @Override
  public byte[] key() {
    return key == null ? NOTHING : key;
  }

  @Override
  public byte[] value() {
    return value == null ? NOTHING : value;
  }

  @Override
  public long line() {
    return lines.number();
  }
}

package org.tuffdb.shell;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.CsvRecordHandler;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Comma- or tab-separated values; the first line names the columns. With two columns, the one that
/// is not the key is the value; with more, the value is the whole record as a JSON object; with
/// one, it is empty.
final class CsvRecords implements RecordReader {
  private static final byte[] NOTHING = new byte[0];
  private static final Pattern LINE_AT_END = Pattern.compile("line (\\d+)$");
  private static final int FIELD_LENGTH_MAX = 1 << 30;

  private final Iterator<CsvRecord> records;
  private final boolean literal;
  private final List<String> columns;
  private final int keyColumn;
  private final ByteArrayOutputStream object = new ByteArrayOutputStream();
  private final Output objectOut = new Output(object);
  private final JsonGenerator json = RecordWriter.generator(objectOut);

  private long line;
  private byte[] key = NOTHING;
  private byte[] value = NOTHING;

  /// @param keyName the name of the column that is the key; null for the first one
  /// @throws UsageException if there is no such column
  CsvRecords(InputStream in, char separator, @Nullable String keyName, boolean literal)
      throws BadRecordException, IOException {
    this.literal = literal;
    this.records =
        CsvReader.builder()
            .fieldSeparator(separator)
            .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
            .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
            .allowUnclosedQuote(false)
            .maxBufferSize(FIELD_LENGTH_MAX)
            .build(
                CsvRecordHandler.builder()
                    .maxFieldSize(FIELD_LENGTH_MAX)
                    .maxRecordSize(FIELD_LENGTH_MAX)
                    .build(),
                new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()))
            .iterator();
    CsvRecord header = read();
    this.columns = header == null ? List.of() : header.getFields();
    this.keyColumn = header == null ? 0 : keyColumn(keyName);
    requireDistinct(columns);
  }

  private int keyColumn(@Nullable String keyName) {
    int index = keyName == null ? 0 : columns.indexOf(keyName);
    if (index < 0) {
      throw new UsageException(
          "there is no column %s; the first line names %s"
              .formatted(Text.quoted(String.valueOf(keyName)), String.join(", ", columns)));
    }
    return index;
  }

  private static void requireDistinct(List<String> columns) throws BadRecordException {
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!seen.add(column)) {
        throw new BadRecordException(1, "two columns have the name " + Text.quoted(column));
      }
    }
  }

  @Override
  public boolean next() throws IOException, BadRecordException {
    CsvRecord record = read();
    if (record == null) {
      return false;
    }
    line = record.getStartingLineNumber();
    if (record.getFieldCount() != columns.size()) {
      throw new BadRecordException(
          line,
          "the record has %s; the first line names %s"
              .formatted(
                  Figures.many(record.getFieldCount(), "field"),
                  Figures.many(columns.size(), "column")));
    }
    try {
      take(record);
    } catch (IllegalArgumentException wrong) {
      throw new BadRecordException(line, String.valueOf(wrong.getMessage()));
    }
    return true;
  }

  private @Nullable CsvRecord read() throws IOException, BadRecordException {
    try {
      return records.hasNext() ? records.next() : null;
    } catch (CsvParseException malformed) {
      throw bad(malformed);
    } catch (UncheckedIOException failed) {
      if (failed.getCause() instanceof CharacterCodingException) {
        throw new BadRecordException(
            line + 1, "here or further down is something that is not UTF-8");
      }
      throw failed.getCause();
    }
  }

  /// The library names the line, but only in the text of its message.
  private BadRecordException bad(CsvParseException malformed) {
    Matcher named = LINE_AT_END.matcher(String.valueOf(malformed.getMessage()));
    Throwable cause = malformed.getCause() == null ? malformed : malformed.getCause();
    long badLine = named.find() ? Long.parseLong(named.group(1)) : line + 1;
    return new BadRecordException(
        badLine,
        cause instanceof OutOfMemoryError
            ? Messages.of(cause) + ", or close a quote that is open"
            : "not CSV: " + cause.getMessage());
  }

  private void take(CsvRecord record) throws IOException {
    key = bytes(record.getField(keyColumn));
    value =
        switch (columns.size()) {
          case 1 -> NOTHING;
          case 2 -> bytes(record.getField(1 - keyColumn));
          default -> object(record);
        };
  }

  private byte[] bytes(String field) {
    return literal ? Text.utf8(field) : Text.parse(field);
  }

  private byte[] object(CsvRecord record) throws IOException {
    object.reset();
    json.writeStartObject();
    for (int i = 0; i < columns.size(); i++) {
      json.writeStringProperty(columns.get(i), record.getField(i));
    }
    json.writeEndObject();
    json.flush();
    objectOut.flush();
    return object.toByteArray();
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public byte[] value() {
    return value;
  }

  @Override
  public long line() {
    return line;
  }
}

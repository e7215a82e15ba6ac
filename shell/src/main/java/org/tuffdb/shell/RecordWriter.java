package org.tuffdb.shell;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.Closeable;
import java.io.IOException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// A way to print keys and values, one record after another, in the forms of [Text].
interface RecordWriter extends Closeable {
  void write(byte[] key, byte[] value) throws IOException;

  /// Hands everything to the output, which stays open.
  @Override
  default void close() throws IOException {}

  /// The key, alone on its line.
  static RecordWriter keys(Output out) {
    return (key, value) -> {
      Text.write(key, out);
      out.write('\n');
    };
  }

  /// The key, a tab, the value.
  static RecordWriter text(Output out) {
    return (key, value) -> {
      Text.write(key, out);
      out.write('\t');
      Text.write(value, out);
      out.write('\n');
    };
  }

  /// An object with `key` and, unless `keysOnly`, `value`, on a line of its own.
  static RecordWriter json(Output out, boolean keysOnly) {
    JsonGenerator generator = generator(out);
    return new RecordWriter() {
      @Override
      public void write(byte[] key, byte[] value) {
        generator.writeStartObject();
        writeProperty(generator, "key", key);
        if (!keysOnly) {
          writeProperty(generator, "value", value);
        }
        generator.writeEndObject();
        generator.writeRaw('\n');
      }

      @Override
      public void close() {
        generator.flush();
      }
    };
  }

  /// A generator of values that nothing stands between, which does not close `out`.
  static JsonGenerator generator(Output out) {
    return JsonFactory.builder()
        .rootValueSeparator("")
        .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
        .build()
        .createGenerator(ObjectWriteContext.empty(), out);
  }

  private static void writeProperty(JsonGenerator generator, String name, byte[] bytes) {
    generator.writeName(name);
    if (Text.isPlain(bytes)) {
      generator.writeUTF8String(bytes, 0, bytes.length);
    } else {
      generator.writeString(Text.of(bytes));
    }
  }

  /// A line with the names of the columns, `key` and `value`, then a line for each record.
  static RecordWriter csv(Output out) {
    CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(out);
    csv.writeRecord("key", "value");
    return new RecordWriter() {
      @Override
      public void write(byte[] key, byte[] value) {
        csv.writeRecord(Text.of(key), Text.of(value));
      }

      @Override
      public void close() throws IOException {
        csv.flush();
      }
    };
  }
}

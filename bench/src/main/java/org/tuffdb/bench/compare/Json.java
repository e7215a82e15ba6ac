package org.tuffdb.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.tuffdb.workload.Result;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Results in files: a flat object each.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  static Result read(Path file) throws IOException {
    Map<String, String> fields = new HashMap<>();
    try (JsonParser parser =
        FACTORY.createParser(ObjectReadContext.empty(), Files.readString(file))) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isScalarValue()) {
          fields.put(parser.currentName(), parser.getString());
        }
      }
    }
    return Result.of(fields);
  }
}

package org.tuffdb.bench.compare;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads the JSON that this program writes.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// The objects that hold plain values, each with these as text, in the order in which they end.
  static List<Map<String, String>> objects(String text) {
    List<Map<String, String>> objects = new ArrayList<>();
    Deque<Map<String, String>> open = new ArrayDeque<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          open.push(new HashMap<>());
        } else if (token == JsonToken.END_OBJECT) {
          objects.add(open.pop());
        } else if (token.isScalarValue()) {
          open.element().put(parser.currentName(), parser.getString());
        }
      }
    }
    objects.removeIf(Map::isEmpty);
    return objects;
  }
}

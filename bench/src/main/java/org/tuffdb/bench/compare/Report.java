package org.tuffdb.bench.compare;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tuffdb.workload.Fields;
import org.tuffdb.workload.Result;

/// A comparison as it is kept: its setup and all its results, in a file of JSON.
record Report(Setup setup, Figures figures) {
  String json() {
    return figures.all().stream()
        .map(Result::toJson)
        .collect(
            Collectors.joining(
                ",\n",
                "{\"setup\": %s,\n\"results\": [\n".formatted(Fields.json(setup)),
                "\n]}\n"));
  }

  Limits limits() {
    return new Limits(figures, setup.entries());
  }

  static Report of(String json) {
    List<Map<String, String>> objects = Json.objects(json);
    Figures figures = new Figures();
    objects.stream().skip(1).map(Result::of).forEach(figures::add);
    return new Report(Setup.of(objects.getFirst()), figures);
  }
}

package org.tuffdb.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.tuffdb.entry.BatchFields;
import org.tuffdb.forge.Forgery;
import org.tuffdb.forge.Structure;
import org.tuffdb.fs.FileNames;
import org.tuffdb.log.LogStructure;
import org.tuffdb.table.TableStructure;
import org.tuffdb.version.CurrentStructure;
import org.tuffdb.version.EditFields;

/// The files of a store, taken apart.
final class Structures {
  /// How many of all forgeries are of each kind of file.
  private static final int TABLES_OF_20 = 9;

  private static final int MANIFESTS_OF_20 = 5;
  private static final int LOGS_OF_20 = 5;

  private final Map<String, Structure> tables = new TreeMap<>();
  private final Map<String, Structure> manifests = new TreeMap<>();
  private final Map<String, Structure> logs = new TreeMap<>();
  private final Map<String, Structure> others = new TreeMap<>();

  Structures(Map<String, byte[]> files) {
    files.forEach(this::add);
  }

  private void add(String name, byte[] content) {
    if (FileNames.tableNumber(name).isPresent()) {
      tables.put(name, new TableStructure(content));
    } else if (FileNames.manifestNumber(name).isPresent()) {
      manifests.put(name, new LogStructure(content, EditFields::addTo));
    } else if (FileNames.logNumber(name).isPresent()) {
      logs.put(name, new LogStructure(content, BatchFields::addTo));
    } else if (name.equals(FileNames.CURRENT)) {
      others.put(name, new CurrentStructure(content));
    }
  }

  List<Structure> all() {
    List<Structure> all = new ArrayList<>(tables.values());
    all.addAll(manifests.values());
    all.addAll(logs.values());
    all.addAll(others.values());
    return all;
  }

  /// One of the files.
  Map.Entry<String, Structure> draw(SplittableRandom random) {
    int kind = random.nextInt(20);
    Map<String, Structure> of =
        kind < TABLES_OF_20
            ? tables
            : kind < TABLES_OF_20 + MANIFESTS_OF_20
                ? manifests
                : kind < TABLES_OF_20 + MANIFESTS_OF_20 + LOGS_OF_20 ? logs : others;
    return Forgery.pick(List.copyOf(of.entrySet()), random);
  }
}

package org.tuffdb.bench.compare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lmdbjava.Meta;
import org.rocksdb.RocksDB;
import org.tuffdb.workload.Store;
import org.tuffdb.workload.TuffStore;
import org.tuffdb.workload.Workload;

/// The stores that are compared.
final class Peers {
  static final String TUFFDB = "tuffdb";
  static final String ROCKSDB = "rocksdb";
  static final String ROCKSDB_RECYCLE = "rocksdb-recycle";
  static final String LMDB = "lmdb";

  /// Stands in the place of a store where the machine is measured alone.
  static final String MACHINE = "machine";

  /// What the buffers of the adapters have room for.
  static final int KEY_BYTES_MAX = 512;

  /// The same for all: what LMDB's Java API and the native libraries need, and that the former does
  /// without the checks that its README says to leave out in production.
  static final List<String> JVM_OPTIONS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "-Dlmdbjava.disable.checks=true");

  private Peers() {}

  /// Each by its name, in the order in which they are shown.
  static Map<String, Store.Opener> all() {
    Map<String, Store.Opener> all = new LinkedHashMap<>();
    all.put(TUFFDB, TuffStore::open);
    all.put(ROCKSDB, settings -> RocksStore.open(settings, RocksStore.Variant.PLAIN));
    all.put(ROCKSDB_RECYCLE, settings -> RocksStore.open(settings, RocksStore.Variant.RECYCLE));
    all.put(
        "rocksdb-compacted", settings -> RocksStore.open(settings, RocksStore.Variant.COMPACTED));
    all.put("rocksdb-mmap", settings -> RocksStore.open(settings, RocksStore.Variant.MMAP));
    all.put(LMDB, settings -> LmdbStore.open(settings, LmdbStore.Variant.PLAIN));
    all.put("lmdb-writemap", settings -> LmdbStore.open(settings, LmdbStore.Variant.WRITEMAP));
    all.put("mvstore", MvStore::open);
    all.put("leveldb", LeveldbStore::open);
    all.put("xodus", XodusStore::open);
    all.put("mapdb", MapdbStore::open);
    return all;
  }

  /// Has the native library of a store in the process. What that takes is no part of opening: a
  /// process does it once, and most of it is to take the library out of an archive.
  static void loadLibrary(String store) {
    if (store.startsWith(ROCKSDB)) {
      RocksDB.loadLibrary();
    } else if (store.startsWith(LMDB)) {
      Meta.version();
    }
  }

  /// Those of `chosen` on which a workload says something that it does not say on another one.
  static List<String> suiting(Workload workload, List<String> chosen) {
    if (workload.start() == Workload.Start.NO_STORE) {
      return List.of(MACHINE);
    }
    return chosen.stream()
        .filter(store -> workload.synced() || !store.equals(ROCKSDB_RECYCLE))
        .toList();
  }

  /// Of [#MACHINE] too, which needs none: its workloads open no store.
  static Store.Opener opener(String name) {
    Store.Opener opener = all().get(name);
    if (opener == null && !name.equals(MACHINE)) {
      throw new IllegalArgumentException("no store " + name);
    }
    return opener == null ? TuffStore::open : opener;
  }
}

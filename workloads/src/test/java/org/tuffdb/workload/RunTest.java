package org.tuffdb.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Each workload does what its name says, and notices a store that loses or changes entries.
class RunTest {
  private static final int ENTRIES = 2_500;
  private static final int VALUE_BYTES = 100;

  @TempDir private Path directory;

  private Settings settings(boolean warm) {
    return new Settings(
        directory.resolve("store"), ENTRIES, VALUE_BYTES, 0, 60, 64 << 20, false, warm, 1);
  }

  static Stream<String> names() {
    return Workloads.all().stream().map(Workload::name);
  }

  private Result run(String workload, Store.Opener opener, boolean warm) throws Exception {
    return Run.run("store", opener, Workloads.named(workload).orElseThrow(), settings(warm));
  }

  private void loadIfNeeded(String workload) throws Exception {
    if (Workloads.named(workload).orElseThrow().start() == Workload.Start.LOADED) {
      run("load", TuffStore::open, false);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyWorkloadDoesAllItsOperations(String name) throws Exception {
    loadIfNeeded(name);
    Result result = run(name, TuffStore::open, true);
    assertThat(result.operations()).isEqualTo(ENTRIES);
    assertThat(result.operationsPerSecond()).isPositive();
    assertThat(result.longestNanos()).isGreaterThanOrEqualTo(result.p50Nanos());
    assertThat(result.diskBytes()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"readrandom", "readrandom-2", "seekrandom", "readseq", "readreverse"})
  void aMissingEntryIsNoticed(String name) throws Exception {
    run("load", TuffStore::open, false);
    byte[] key = new byte[Entries.KEY_BYTES];
    Entries.key(ENTRIES / 2, key);
    try (Store store = TuffStore.open(settings(false));
        Store.Session session = store.session()) {
      session.delete(key);
    }
    assertThatThrownBy(() -> run(name, TuffStore::open, false)).isInstanceOf(WrongAnswer.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"readrandom", "readseq", "readreverse"})
  void aChangedValueIsNoticed(String name) throws Exception {
    run("load", TuffStore::open, false);
    byte[] key = new byte[Entries.KEY_BYTES];
    Entries.key(ENTRIES / 2, key);
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, Byte.MAX_VALUE);
    try (Store store = TuffStore.open(settings(false));
        Store.Session session = store.session()) {
      session.put(key, value);
    }
    assertThatThrownBy(() -> run(name, TuffStore::open, false)).isInstanceOf(WrongAnswer.class);
  }

  @ParameterizedTest
  @ValueSource(strings = "readmissing")
  void aKeyThatNobodyHasPutIsNoticed(String name) throws Exception {
    run("load", TuffStore::open, false);
    assertThatThrownBy(() -> run(name, settings -> findsAll(TuffStore.open(settings)), false))
        .isInstanceOf(WrongAnswer.class);
  }

  /// A store whose gets find something for every key.
  private static Store findsAll(Store store) {
    return (Store)
        Proxy.newProxyInstance(
            Store.class.getClassLoader(),
            new Class<?>[] {Store.class},
            (_, method, args) ->
                method.getName().equals("session")
                    ? findsAll(store.session())
                    : method.invoke(store, args));
  }

  private static Store.Session findsAll(Store.Session session) {
    return (Store.Session)
        Proxy.newProxyInstance(
            Store.Session.class.getClassLoader(),
            new Class<?>[] {Store.Session.class},
            (_, method, args) -> method.getName().equals("get") ? 0 : method.invoke(session, args));
  }
}

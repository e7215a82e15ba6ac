package org.tuffdb.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tuffdb.Compression;

/// Each workload does what its name says, and notices a store that loses or changes entries.
class RunTest {
  private static final int ENTRIES = 2_500;
  private static final int VALUE_BYTES = 100;

  /// They go over all entries again and again.
  private static final Set<String> SCANS = Set.of("readseq", "readreverse");

  @TempDir private Path directory;

  private Settings settings(boolean warm) {
    return new Settings(
        directory.resolve("store"),
        ENTRIES,
        VALUE_BYTES,
        0,
        60,
        64 << 20,
        Compression.NONE,
        false,
        warm ? 0.1 : 0,
        1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"readrandom", "readseq", "ycsb-c", "reopen", "fillsync-1"})
  void whatPutsNothingOrSyncsHasNoWriteAmplification(String name) throws Exception {
    loadIfNeeded(workload(name));
    assertThat(run(name, TuffStore::open, false).writeAmplification()).isEqualTo(-1);
  }

  /// Few of its operations put; each byte that they put is in the log at least.
  @ParameterizedTest
  @ValueSource(strings = {"fillseq", "mixed", "ycsb-b", "readwhilewriting"})
  void whatIsWrittenCountsForWhatWasPutAlone(String name) throws Exception {
    assumeTrue(Files.isReadable(Path.of("/proc/self/io")));
    assumeTrue(!Files.getFileStore(directory).type().equals("tmpfs"), "nothing is written there");
    loadIfNeeded(workload(name));
    assertThat(run(name, TuffStore::open, false).writeAmplification()).isGreaterThan(0.9);
  }

  private static Workload workload(String name) {
    return Workloads.named(name).orElseThrow();
  }

  private Result run(String workload, Store.Opener opener, boolean warm) throws Exception {
    return Run.run("store", opener, workload(workload), settings(warm));
  }

  /// A store that was closed stands for one whose process has ended: that needs another process.
  private void loadIfNeeded(Workload workload) throws Exception {
    switch (workload.start()) {
      case LOADED, STOPPED -> run(Fills.LOAD + workload.data().label(), TuffStore::open, false);
      case EMPTY, NO_STORE -> {}
    }
  }

  /// A TuffDB whose methods of these names do nothing and return something else.
  private static Store.Opener lying(Map<String, Object> answers) {
    return settings -> lying(Store.class, TuffStore.open(settings), answers);
  }

  private static <T> T lying(Class<T> type, Object real, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              if (answers.containsKey(method.getName())) {
                return method.getReturnType() == void.class ? null : answers.get(method.getName());
              }
              Object answer = method.invoke(real, arguments);
              return switch (method.getName()) {
                case "session" -> lying(Store.Session.class, answer, answers);
                case "cursor" -> lying(Store.Cursor.class, answer, answers);
                default -> answer;
              };
            }));
  }

  private void assertNoticed(String name, Store.Opener opener) throws Exception {
    Workload workload = workload(name);
    assumeTrue(workload.data() != Data.REAL || RealEntries.areThere());
    loadIfNeeded(workload);
    assertThatThrownBy(() -> run(name, opener, false)).isInstanceOf(WrongAnswer.class);
  }

  static Stream<Workload> all() {
    return Workloads.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyWorkloadDoesAllItsOperations(Workload workload) throws Exception {
    assumeTrue(workload.data() != Data.REAL || RealEntries.areThere());
    loadIfNeeded(workload);
    Result result = run(workload.name(), TuffStore::open, true);
    int operations =
        workload.start() == Workload.Start.STOPPED
            ? 1
            : workload.data().entries(settings(true)).count();
    if (result.seconds() >= workload.secondsMax()) {
      // A slow disk has it cut short, as it is meant to be.
      assertThat(result.operations()).isBetween(1L, (long) operations);
    } else if (SCANS.contains(workload.name())) {
      assertThat(result.operations() % operations).isZero();
    } else {
      assertThat(result.operations()).isEqualTo(operations);
    }
    assertThat(result.operationsPerSecond()).isPositive();
    assertThat(result.longestNanos()).isGreaterThanOrEqualTo(result.p50Nanos());
    assertThat(result.garbageBytes()).isNotNegative();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "readrandom",
        "readrandom-2",
        "readprefix",
        "readrandom-1k",
        "readrandom-64k",
        "readrealdata",
        "readrandom-large",
        "mixed",
        "readwhilewriting",
        "ycsb-a",
        "ycsb-b",
        "ycsb-c",
        "ycsb-d",
        "ycsb-f",
        "reopen"
      })
  void getsThatFindNothingAreNoticed(String name) throws Exception {
    assertNoticed(name, lying(Map.of("get", -1)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"seekrandom", "ycsb-e"})
  void seeksThatFindNothingAreNoticed(String name) throws Exception {
    assertNoticed(name, lying(Map.of("seek", false)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"seekrandom", "ycsb-e", "readseq"})
  void cursorsThatEndTooEarlyAreNoticed(String name) throws Exception {
    assertNoticed(name, lying(Map.of("next", false)));
  }

  static Stream<String> writing() {
    return Workloads.all().stream()
        .map(Workload::name)
        .filter(name -> name.startsWith("fill") || name.equals("overwrite"));
  }

  @ParameterizedTest
  @MethodSource("writing")
  void putsThatAreLostAreNoticed(String name) throws Exception {
    assertNoticed(name, lying(Map.of("put", 0, "putAll", 0)));
  }

  @ParameterizedTest
  @ValueSource(strings = "deleterandom")
  void deletesThatAreLostAreNoticed(String name) throws Exception {
    assertNoticed(name, lying(Map.of("delete", 0)));
  }

  @ParameterizedTest
  @ValueSource(strings = "readmissing")
  void aKeyThatNobodyHasPutIsNoticed(String name) throws Exception {
    assertNoticed(name, lying(Map.of("get", 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"readrandom", "readrandom-2", "seekrandom", "readseq", "readreverse", "reopen"})
  void aMissingEntryIsNoticed(String name) throws Exception {
    changeLast(name, null);
  }

  @ParameterizedTest
  @ValueSource(strings = {"readrandom", "readseq", "readreverse", "reopen"})
  void aChangedValueIsNoticed(String name) throws Exception {
    byte[] value = new byte[VALUE_BYTES];
    Arrays.fill(value, Byte.MAX_VALUE);
    changeLast(name, value);
  }

  /// Changes the entry that was put last, behind the back of the workload.
  private void changeLast(String name, byte @Nullable [] value) throws Exception {
    loadIfNeeded(workload(name));
    Entries entries = Data.PLAIN.entries(settings(false));
    byte[] key = entries.key(entries.shuffled(ENTRIES, 0)[ENTRIES - 1], entries.keyBuffer());
    try (Store store = TuffStore.open(settings(false));
        Store.Session session = store.session()) {
      if (value == null) {
        session.delete(key);
      } else {
        session.put(key, value);
      }
    }
    assertThatThrownBy(() -> run(name, TuffStore::open, false)).isInstanceOf(WrongAnswer.class);
  }
}

package org.tuffdb.fs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a power cut, a killed process and a failed sync leave behind.
class MemoryFileSystemTest {
  private static final Path HOME = Path.of("/home/db");
  private static final Path A = HOME.resolve("a");
  private static final Path B = HOME.resolve("b");
  private static final int PAGE = 4096;

  private final MemoryFileSystem fs = new MemoryFileSystem();

  @BeforeEach
  void createHome() throws IOException {
    fs.createDirectories(HOME);
  }

  private static void syncHome(FileSystem fs) throws IOException {
    try (Directory directory = fs.openDirectory(HOME)) {
      directory.sync();
    }
  }

  /// Creates `path` with `text` in it, all synced.
  private void durable(Path path, String text) throws IOException {
    FileSystemContract.write(fs, path, text);
    syncHome(fs);
  }

  private static byte[] filled(int length, char with) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private static void writeAt(FileSystem fs, Path path, long position, byte[] bytes)
      throws IOException {
    try (WriteFile file = fs.openForOverwrite(path)) {
      file.write(position, bytes, 0, bytes.length);
    }
  }

  /// The content of all files as text, by name.
  private static String show(MemoryFileSystem state) {
    try {
      Map<String, String> files = new TreeMap<>();
      for (String name : state.list(HOME)) {
        files.put(name, shortened(FileSystemContract.read(state, HOME.resolve(name))));
      }
      state.assertNothingOpen();
      return files.toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// `aaab` becomes `a*3,b`, and a zero byte `0`.
  private static String shortened(String text) {
    StringBuilder result = new StringBuilder();
    for (int i = 0, end; i < text.length(); i = end) {
      char c = text.charAt(i);
      end = i;
      while (end < text.length() && text.charAt(end) == c) {
        end++;
      }
      result.append(result.isEmpty() ? "" : ",").append(c == 0 ? '0' : c);
      result.append(end - i > 1 ? "*" + (end - i) : "");
    }
    return result.toString();
  }

  private List<String> allCrashes() {
    List<String> states = new ArrayList<>();
    fs.forEachCrash(10_000, state -> states.add(show(state)));
    assertThat(states.size()).isLessThan(10_000);
    return states;
  }

  @Test
  void whatWasSyncedAlwaysSurvives() throws IOException {
    durable(A, "hello");
    assertThat(allCrashes()).containsExactly("{a=h,e,l*2,o}");
    for (long seed = 0; seed < 100; seed++) {
      assertThat(show(fs.crash(seed))).as("seed %d", seed).isEqualTo("{a=h,e,l*2,o}");
    }
  }

  @Test
  void aPageWhoseFirstSyncFailedIsLostUntilThePowerIsCut() throws IOException {
    durable(A, "hello");
    writeAt(fs, A, 4096, filled(1, 'x'));
    try (WriteFile file = fs.openForOverwrite(A)) {
      ((SyncFailure) file).failSync(() -> false);
      file.write(0, filled(1, 'y'), 0, 1);
      file.write(4096, filled(1, 'z'), 0, 1);
      file.sync();
      assertThat(file.sizeBytes()).isEqualTo(4097);
    }
    MemoryFileSystem after = fs.crash(CrashChoice.loseAll());
    assertThat(FileSystemContract.read(after, A)).startsWith("yello").doesNotContain("z");
    writeAt(after, A, 4096, filled(1, 'z'));
    try (WriteFile file = after.openForOverwrite(A)) {
      file.sync();
    }
    assertThat(FileSystemContract.read(after.crash(CrashChoice.loseAll()), A)).endsWith("z");
  }

  /// What the kernel wrote on its way may survive what was written over it.
  @Test
  void aVersionThatWasWrittenBackMaySurviveTheNext() throws IOException {
    durable(A, "old");
    writeAt(fs, A, 0, filled(3, 'x'));
    writeBackAll();
    assertThat(allCrashes()).containsExactly("{a=x*3}");
    writeAt(fs, A, 0, filled(3, 'y'));
    assertThat(allCrashes()).containsExactly("{a=x*3}", "{a=y*3}");
    try (WriteFile file = fs.openForOverwrite(A)) {
      file.sync();
    }
    assertThat(allCrashes()).containsExactly("{a=y*3}");
  }

  private void writeBackAll() {
    for (long seed = 0; allCrashes().size() > 1; seed++) {
      fs.writeBack(seed);
    }
  }

  @Test
  void namesAreWrittenBackInOrder() throws IOException {
    fs.create(A).close();
    fs.rename(A, HOME.resolve("b"));
    writeBackAll();
    assertThat(allCrashes()).containsExactly("{b=}");
  }

  @Test
  void aSyncThatFailsMayHaveWrittenAPart() throws IOException {
    durable(A, "old");
    writeAt(fs, A, 0, filled(3, 'x'));
    writeAt(fs, A, 4096, filled(1, 'z'));
    boolean[] first = {true, false, false};
    int[] asked = {0};
    try (WriteFile file = fs.openForOverwrite(A)) {
      ((SyncFailure) file).failSync(() -> first[asked[0]++]);
      file.sync();
    }
    assertThat(allCrashes())
        .allSatisfy(state -> assertThat(state).startsWith("{a=x*3").doesNotContain("z"));
  }

  @Test
  void aFileThatWasSyncedWithoutItsDirectoryMayBeGone() throws IOException {
    FileSystemContract.write(fs, A, "x");
    assertThat(allCrashes()).containsExactly("{}", "{a=x}");
  }

  @Test
  void anUnsyncedFileWhoseNameIsDurableKeepsItsOldSizeOrHasZerosOrTheBytes() throws IOException {
    fs.create(A).close();
    syncHome(fs);
    writeAt(fs, A, 0, filled(10, 'x'));
    assertThat(allCrashes())
        .containsExactlyInAnyOrder("{a=}", "{a=0*10}", "{a=x*10}")
        .doesNotHaveDuplicates();
  }

  @Test
  void aFileThatGrewMayBeCutAtAPage() throws IOException {
    fs.create(A).close();
    syncHome(fs);
    writeAt(fs, A, PAGE, filled(10, 'x'));
    assertThat(new TreeSet<>(allCrashes()))
        .containsExactly("{a=0*4096,x*10}", "{a=0*4096}", "{a=0*4106}", "{a=}");
  }

  @Test
  void whatLiesBehindTheEndOfACutFileIsGone() throws IOException {
    durable(A, "ooo");
    writeAt(fs, A, 2, filled(10, 'n'));
    MemoryFileSystem cut =
        fs.crash(
            (question, path, position, answers) -> question == CrashChoice.Question.SIZE ? 0 : 1);
    assertThat(show(cut)).isEqualTo("{a=o*2,n}");
    writeAt(cut, A, 7, filled(1, 'x'));
    assertThat(show(cut)).isEqualTo("{a=o*2,n,0*4,x}");
  }

  @Test
  void eachPageIsKeptOrLostForItself() throws IOException {
    durable(A, new String(filled(2 * PAGE, 'o'), UTF_8));
    writeAt(fs, A, PAGE - 1, filled(2, 'n'));
    assertThat(allCrashes())
        .containsExactlyInAnyOrder(
            "{a=o*8192}", "{a=o*4095,n,o*4096}", "{a=o*4096,n,o*4095}", "{a=o*4095,n*2,o*4095}");
  }

  @Test
  void aPageIsTornBetweenSectors() throws IOException {
    durable(A, new String(filled(PAGE, 'o'), UTF_8));
    writeAt(fs, A, 500, filled(600, 'n'));
    // The first 12, the next 512 and the last 76 bytes are in three sectors: 8 subsets.
    assertThat(allCrashes())
        .hasSize(8)
        .doesNotHaveDuplicates()
        .contains("{a=o*4096}", "{a=o*500,n*600,o*2996}", "{a=o*500,n*12,o*3584}")
        .contains("{a=o*512,n*512,o*3072}", "{a=o*500,n*12,o*512,n*76,o*2996}");
  }

  @Test
  void writingTheSameBytesAgainIsNoQuestion() throws IOException {
    durable(A, new String(filled(PAGE, 'o'), UTF_8));
    writeAt(fs, A, 500, filled(600, 'o'));
    assertThat(allCrashes()).hasSize(1);
  }

  @Test
  void aRenameShowsTheOldFileOrTheNewOne() throws IOException {
    durable(A, "old");
    FileSystemContract.write(fs, B, "new");
    fs.rename(B, A);
    assertThat(new TreeSet<>(allCrashes()))
        .containsExactly("{a=n,e,w}", "{a=o,l,d, b=n,e,w}", "{a=o,l,d}");
    syncHome(fs);
    assertThat(allCrashes()).containsExactly("{a=n,e,w}");
  }

  @Test
  void aRenamedFileHasOneNameEvenIfARenameBeforeWasLost() throws IOException {
    durable(A, "x");
    fs.rename(A, B);
    fs.rename(B, HOME.resolve("c"));
    assertThat(new TreeSet<>(allCrashes())).containsExactly("{a=x}", "{b=x}", "{c=x}");
  }

  @Test
  void aRenameDoesNotCarryTheContent() throws IOException {
    durable(A, "old");
    try (WriteFile file = fs.create(B)) {
      file.write(0, "new".getBytes(UTF_8), 0, 3);
    }
    fs.rename(B, A);
    assertThat(allCrashes()).contains("{a=}", "{a=0*3}");
  }

  @Test
  void aDeletionMayBeUndone() throws IOException {
    durable(A, "x");
    fs.delete(A);
    assertThat(allCrashes()).containsExactly("{a=x}", "{}");
    syncHome(fs);
    assertThat(allCrashes()).containsExactly("{}");
  }

  @Test
  void deletingWhatNeverReachedTheDiskLeavesNothing() throws IOException {
    FileSystemContract.write(fs, A, "x");
    fs.delete(A);
    assertThat(new TreeSet<>(allCrashes())).containsExactly("{a=x}", "{}");
  }

  @Test
  void creationsAreIndependent() throws IOException {
    FileSystemContract.write(fs, A, "x");
    FileSystemContract.write(fs, B, "y");
    assertThat(allCrashes()).containsExactlyInAnyOrder("{}", "{a=x}", "{b=y}", "{a=x, b=y}");
  }

  @Test
  void aDirectoryIsDurableOnceCreateDirectoriesReturned() throws IOException {
    fs.createDirectories(HOME.resolve("x/y"));
    assertThat(fs.crash(CrashChoice.loseAll()).exists(HOME.resolve("x/y"))).isTrue();
  }

  @Test
  void aDirectoryWhoseParentWasNotSyncedTakesItsFilesAlong() throws IOException {
    List<MemoryFileSystem> states = new ArrayList<>();
    fs.listen(call -> {
      if (call.toString().equals("sync-dir db")) {
        fs.forEachCrash(10, states::add);
      }
    });
    fs.createDirectories(HOME.resolve("x"));
    assertThat(states).hasSize(2);
    assertThat(states.getFirst().exists(HOME.resolve("x"))).isFalse();
    assertThat(states.getLast().exists(HOME.resolve("x"))).isTrue();
  }

  /// A process that was killed between creating a directory and syncing its parent.
  @Test
  void createDirectoriesSyncsTheEntryOfOneThatIsThere() throws IOException {
    List<MemoryFileSystem> killed = new ArrayList<>();
    fs.listen(call -> {
      if (call.toString().equals("sync-dir db")) {
        killed.add(fs.restart());
      }
    });
    fs.createDirectories(HOME.resolve("x"));
    MemoryFileSystem next = killed.getFirst();
    next.createDirectories(HOME.resolve("x"));
    assertThat(next.crash(CrashChoice.loseAll()).exists(HOME.resolve("x"))).isTrue();
  }

  @Test
  void theSameSeedGivesTheSameState() throws IOException {
    for (int i = 0; i < 20; i++) {
      FileSystemContract.write(fs, HOME.resolve("file" + i), "x");
      writeAt(fs, HOME.resolve("file" + i), 0, filled(i * 1000, 'y'));
    }
    TreeSet<String> different = new TreeSet<>();
    for (long seed = 0; seed < 50; seed++) {
      String state = show(fs.crash(seed));
      assertThat(show(fs.crash(seed))).as("seed %d", seed).isEqualTo(state);
      different.add(state);
    }
    assertThat(different).hasSizeGreaterThan(40);
  }

  @Test
  void seedsFindEveryOutcome() throws IOException {
    durable(A, new String(filled(PAGE, 'o'), UTF_8));
    writeAt(fs, A, 0, filled(2 * 512, 'n'));
    writeAt(fs, A, PAGE, filled(2 * 512, 'n'));
    writeAt(fs, A, 2 * PAGE, filled(2 * 512, 'n'));
    FileSystemContract.write(fs, B, "x");
    TreeSet<String> expected = new TreeSet<>();
    assertThat(fs.forEachCrash(10_000, state -> expected.add(sketch(state)))).isLessThan(10_000);
    TreeSet<String> found = new TreeSet<>();
    for (long seed = 0; seed < 20_000; seed++) {
      found.add(sketch(fs.crash(seed)));
    }
    assertThat(found).isEqualTo(expected);
  }

  /// Whether B is there, the size of A, and of each page whether it is old, new or torn.
  private static String sketch(MemoryFileSystem state) {
    try {
      String text = FileSystemContract.read(state, A);
      StringBuilder sketch = new StringBuilder(state.exists(B) + " " + text.length());
      for (int from = 0; from < text.length(); from += PAGE) {
        String page = text.substring(from, Math.min(text.length(), from + PAGE));
        long written = page.chars().filter(c -> c == 'n').count();
        sketch.append(written == 0 ? " old" : written == 1024 ? " new" : " torn");
      }
      return sketch.toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theEnumerationStopsAtItsLimit() throws IOException {
    for (int i = 0; i < 10; i++) {
      FileSystemContract.write(fs, HOME.resolve("file" + i), "x");
    }
    List<String> states = new ArrayList<>();
    assertThat(fs.forEachCrash(7, state -> states.add(show(state)))).isEqualTo(7);
    assertThat(states).hasSize(7).doesNotHaveDuplicates();
    assertThat(fs.forEachCrash(1 << 20, state -> {})).isEqualTo(1 << 10);
  }

  @Test
  void aCrashStateIsItsOwn() throws IOException {
    durable(A, new String(filled(PAGE, 'o'), UTF_8));
    writeAt(fs, A, 0, filled(PAGE, 'n'));
    MemoryFileSystem kept = fs.crash(CrashChoice.keepAll());
    MemoryFileSystem lost = fs.crash(CrashChoice.loseAll());
    MemoryFileSystem restarted = fs.restart();
    writeAt(fs, A, 0, filled(PAGE, '1'));
    writeAt(kept, A, 1, filled(PAGE - 1, '2'));
    writeAt(lost, A, 1, filled(PAGE - 1, '3'));
    writeAt(restarted, A, 1, filled(PAGE - 1, '4'));
    assertThat(show(fs)).isEqualTo("{a=1*4096}");
    assertThat(show(kept)).isEqualTo("{a=n,2*4095}");
    assertThat(show(lost)).isEqualTo("{a=o,3*4095}");
    assertThat(show(restarted)).isEqualTo("{a=n,4*4095}");
    assertThat(show(kept.crash(CrashChoice.loseAll()))).isEqualTo("{a=n*4096}");
    assertThat(show(restarted.crash(CrashChoice.loseAll()))).isEqualTo("{a=o*4096}");
  }

  @Test
  void aRestartLosesAndSyncsNothing() throws IOException {
    durable(A, "x");
    writeAt(fs, A, 0, filled(10, 'y'));
    FileSystemContract.write(fs, B, "z");
    fs.rename(B, HOME.resolve("c"));
    List<String> before = allCrashes();
    MemoryFileSystem restarted = fs.restart().restart();
    assertThat(show(restarted)).isEqualTo("{a=y*10, c=z}");
    List<String> after = new ArrayList<>();
    restarted.forEachCrash(10_000, state -> after.add(show(state)));
    assertThat(after).isEqualTo(before);
    writeAt(restarted, A, 0, filled(1, 'w'));
    try (WriteFile file = restarted.openForOverwrite(A)) {
      file.sync();
    }
    syncHome(restarted);
    assertThat(show(restarted.crash(CrashChoice.loseAll()))).isEqualTo("{a=w,y*9, c=z}");
  }

  @Test
  void locksAndHandlesAreGoneInTheOther() throws IOException {
    DirectoryLock lock = fs.lock(HOME.resolve("LOCK"));
    fs.restart().lock(HOME.resolve("LOCK")).close();
    fs.crash(1).lock(HOME.resolve("LOCK")).close();
    assertThat(fs.openFiles()).containsExactly("lock /home/db/LOCK");
    lock.close();
    fs.assertNothingOpen();
  }

  @Test
  void whatIsLeftOpenIsShownWithItsPlace() throws IOException {
    WriteFile file = fs.create(A);
    Directory directory = fs.openDirectory(HOME);
    assertThat(fs.openFiles()).containsExactly("directory /home/db", "write /home/db/a");
    assertThatThrownBy(fs::assertNothingOpen)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("write /home/db/a")
        .satisfies(e ->
            assertThat(e.getSuppressed())
                .hasSize(2)
                .allSatisfy(place ->
                    assertThat(place.getStackTrace())
                        .anyMatch(frame ->
                            frame.getMethodName().equals("whatIsLeftOpenIsShownWithItsPlace"))));
    file.close();
    directory.close();
    fs.assertNothingOpen();
  }

  @Test
  void callsAreToldInOrder() throws IOException {
    List<String> calls = new ArrayList<>();
    fs.listen(call -> calls.add(call.toString()));
    fs.createDirectories(HOME.resolve("x"));
    FileSystemContract.write(fs, A, "0123");
    fs.rename(A, B);
    syncHome(fs);
    fs.exists(B);
    try (WriteFile file = fs.openForOverwrite(B)) {
      file.store(1, filled(5, 'x'), 0, 2);
    }
    FileSystemContract.read(fs, B);
    fs.list(HOME);
    fs.lock(HOME.resolve("LOCK")).close();
    fs.delete(B);
    assertThat(calls)
        .containsExactly(
            "sync-dir home",
            "create-dir x",
            "sync-dir db",
            "create a",
            "write a 0..4",
            "sync a",
            "close a",
            "rename a b",
            "open-dir db",
            "sync-dir db",
            "close db",
            "exists b",
            "open-overwrite b",
            "store b 1..3",
            "close b",
            "open-read b",
            "size b",
            "read b 0..4",
            "close b",
            "list db",
            "lock LOCK",
            "close LOCK",
            "delete b");
  }

  /// Random operations, and at each a crash: what was synced last is there, or something newer.
  @Test
  void randomWorkloadsNeverLoseWhatWasSynced() throws IOException {
    for (long seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      MemoryFileSystem workload = new MemoryFileSystem();
      workload.createDirectories(HOME);
      // Each file holds one number in all of its bytes, rising from round to round.
      int[] synced = new int[3];
      try (Directory directory = workload.openDirectory(HOME)) {
        for (int i = 0; i < 3; i++) {
          workload.create(HOME.resolve("f" + i)).close();
        }
        directory.sync();
        for (int round = 1; round < 40; round++) {
          int index = random.nextInt(3);
          try (WriteFile file = workload.openForOverwrite(HOME.resolve("f" + index))) {
            file.write(0, filled(700, (char) round), 0, 700);
            if (random.nextBoolean()) {
              file.sync();
              synced[index] = round;
            }
          }
          checkAtLeast(workload.crash(random.nextLong()), synced, seed);
          if (random.nextInt(10) == 0) {
            workload = workload.restart();
          }
        }
      }
    }
  }

  private static void checkAtLeast(MemoryFileSystem state, int[] synced, long seed)
      throws IOException {
    for (int i = 0; i < synced.length; i++) {
      int least = synced[i];
      String text = FileSystemContract.read(state, HOME.resolve("f" + i));
      assertThat(text.length()).as("seed %d", seed).isGreaterThanOrEqualTo(least > 0 ? 700 : 0);
      assertThat(text.chars().allMatch(c -> c >= least)).as("seed %d", seed).isTrue();
    }
  }
}

package org.tuffdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The house rules that a machine can check.
class TidyTest {
  private static final int LINES_MAX = 600;

  private static final Predicate<String> FILE_ACCESS =
      matches(
          "java/nio/file/Files",
          "java/nio/file/Path\\.toRealPath",
          "java/nio/channels/(Asynchronous)?FileChannel",
          "java/io/(File|RandomAccessFile|File(Input|Output)Stream|FileReader|FileWriter)");

  private static final Predicate<String> TIME =
      matches(
          "java/lang/System\\.(nanoTime|currentTimeMillis)",
          "java/time/(Instant|LocalDateTime|ZonedDateTime|OffsetDateTime)\\.now",
          "java/time/Clock");

  private static final Predicate<String> THREADS =
      matches(
          "java/lang/Thread\\.(<init>|ofPlatform|ofVirtual|startVirtualThread)",
          "java/util/Timer",
          "java/util/concurrent/(Executors|ThreadPoolExecutor|ScheduledThreadPoolExecutor)");

  private static final Predicate<String> CONSOLE =
      matches("java/lang/System\\.(out|err)", ".*\\.printStackTrace");

  private static final Predicate<String> SLEEP =
      matches("java/lang/Thread\\.sleep", "java/util/concurrent/TimeUnit\\.sleep");

  private static final Predicate<String> BAD_NAME = matches(".*(Impl|Manager|Helper|Utils?)");

  private static Predicate<String> matches(String... alternatives) {
    return Pattern.compile(String.join("|", alternatives)).asMatchPredicate();
  }

  /// What a class refers to: other classes as `java/lang/Thread`, and their methods and fields as
  /// `java/lang/Thread.sleep`.
  private static Set<String> references(ClassModel model) {
    Set<String> references = new TreeSet<>();
    for (PoolEntry entry : model.constantPool()) {
      switch (entry) {
        case ClassEntry type -> references.add(type.asInternalName());
        case MemberRefEntry member ->
            references.add(member.owner().asInternalName() + "." + member.name().stringValue());
        default -> {}
      }
    }
    return references;
  }

  private static Set<String> findings(
      List<ClassModel> classes, Predicate<ClassModel> where, Predicate<String> forbidden) {
    Set<String> findings = new TreeSet<>();
    for (ClassModel model : classes) {
      if (where.test(model)) {
        references(model).stream()
            .filter(forbidden)
            .forEach(found -> findings.add(model.thisClass().asInternalName() + ": " + found));
      }
    }
    return findings;
  }

  private static boolean isOutsideFs(ClassModel model) {
    return !ClassFiles.packageOf(model).equals("fs");
  }

  @Test
  void filesAreOpenedByFsAlone() throws IOException {
    assertThat(findings(ClassFiles.main(), TidyTest::isOutsideFs, FILE_ACCESS)).isEmpty();
  }

  @Test
  void timeIsReadByFsAlone() throws IOException {
    assertThat(findings(ClassFiles.main(), TidyTest::isOutsideFs, TIME)).isEmpty();
  }

  @Test
  void threadsAreStartedByFsAlone() throws IOException {
    assertThat(findings(ClassFiles.main(), TidyTest::isOutsideFs, THREADS)).isEmpty();
  }

  @Test
  void theEnginePrintsNothing() throws IOException {
    assertThat(findings(ClassFiles.main(), model -> true, CONSOLE)).isEmpty();
  }

  @Test
  void nobodySleeps() throws IOException {
    assertThat(findings(ClassFiles.main(), model -> true, SLEEP)).isEmpty();
    assertThat(findings(ClassFiles.test(), model -> true, SLEEP)).isEmpty();
  }

  @Test
  void filesAreNotTooLong() throws IOException {
    Set<String> tooLong = new TreeSet<>();
    for (Path file : ClassFiles.files(Path.of("src"), ".java")) {
      int lines = Files.readAllLines(file).size();
      if (lines > LINES_MAX) {
        tooLong.add(file + ": " + lines + " lines");
      }
    }
    assertThat(tooLong).isEmpty();
  }

  @Test
  void namesSayWhatAClassIs() throws IOException {
    Set<String> bad = new TreeSet<>();
    for (List<ClassModel> classes : List.of(ClassFiles.main(), ClassFiles.test())) {
      for (ClassModel model : classes) {
        String name = model.thisClass().asInternalName();
        if (BAD_NAME.test(name)) {
          bad.add(name);
        }
      }
    }
    assertThat(bad).isEmpty();
  }

  /// A rule that matches nothing would pass for ever.
  @Test
  void theRulesSeeWhatTheyLookFor() throws IOException {
    assertThat(findings(ClassFiles.main(), model -> true, FILE_ACCESS))
        .contains(
            "org/tuffdb/fs/Mapping: java/nio/channels/FileChannel",
            "org/tuffdb/fs/DiskFileSystem: java/nio/file/Files",
            "org/tuffdb/fs/DiskWriteFile: java/io/RandomAccessFile");
    assertThat(findings(ClassFiles.main(), model -> true, TIME))
        .contains("org/tuffdb/fs/SystemClock: java/lang/System.nanoTime");
    assertThat(findings(ClassFiles.main(), model -> true, THREADS))
        .contains("org/tuffdb/fs/BackgroundThreads: java/lang/Thread.ofPlatform");
    assertThat(findings(ClassFiles.test(), model -> true, CONSOLE))
        .contains("org/tuffdb/fs/DiskProcess: java/lang/System.out");
    assertThat(List.of("java/lang/Thread.sleep", "java/util/concurrent/TimeUnit.sleep"))
        .allMatch(SLEEP);
    assertThat(List.of("org/tuffdb/DbImpl", "org/tuffdb/log/Log$Util")).allMatch(BAD_NAME);
  }
}

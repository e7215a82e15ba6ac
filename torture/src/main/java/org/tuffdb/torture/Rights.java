package org.tuffdb.torture;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.tuffdb.Verification;

/// A store that may not be written to, or not be read.
final class Rights {
  /// Whom a Linux system has for those who are to have no rights.
  private static final String NOBODY = "65534";

  private static final String READ = "read %d %d".formatted(StoreNames.WRITES, StoreNames.WRITES);

  private Rights() {}

  /// Of each file, and of the folder, once to write and once to read. With them back, everything is
  /// there.
  static void missing(Scratch scratch, SplittableRandom random) throws Exception {
    boolean isRoot = isRoot();
    if (isRoot) {
      Command.require("setpriv", "chown");
    }
    Path store = StoreNames.filled(scratch.resolve("store"));
    Files.setPosixFilePermissions(
        scratch.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
    String classPath = isRoot ? copyOfClassPath(scratch.resolve("classes")) : classPath();
    if (isRoot) {
      Command.run("chown", "-R", NOBODY, store.toString());
    }
    List<Path> files = new ArrayList<>(List.of(store));
    try (Stream<Path> listed = Files.list(store)) {
      listed.sorted().forEach(files::add);
    }
    Path file = files.get(random.nextInt(files.size()));
    for (Path each : List.of(store, file)) {
      withRights(each, "---------", isRoot, store, classPath);
      withRights(each, each.equals(store) ? "r-x------" : "-w-------", isRoot, store, classPath);
    }
    Places.inspect(store, StoreNames.WRITES, StoreNames.WRITES);
  }

  private static void withRights(
      Path path, String rights, boolean isRoot, Path store, String classPath)
      throws IOException, InterruptedException {
    Set<PosixFilePermission> before = Files.getPosixFilePermissions(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(rights));
    try (TenantProcess tenant = TenantProcess.start(launcher(isRoot), classPath)) {
      tenant.tell("open " + store);
      String answer = tenant.answer();
      // A table is opened when it is needed, and some files only need to be written.
      if (answer.equals(Tenant.DONE)) {
        tenant.tell(READ);
        answer = tenant.answer();
      }
      if (!answer.equals(Tenant.DONE)
          && !(answer.startsWith(Tenant.REFUSED) && answer.contains(path.toString()))) {
        throw new Violation("%s with rights %s: %s".formatted(path, rights, answer));
      }
      if (path.equals(store) && answer.equals(Tenant.DONE)) {
        throw new Violation("opened with rights " + rights + " to its folder");
      }
    } finally {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
      Files.setPosixFilePermissions(path, before);
    }
  }

  private static List<String> launcher(boolean isRoot) {
    return isRoot
        ? List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups")
        : List.of();
  }

  /// Nobody has access to the home of whoever runs this.
  private static String copyOfClassPath(Path to) throws IOException {
    Files.createDirectory(to);
    List<String> copies = new ArrayList<>();
    for (String each : classPath().split(File.pathSeparator, -1)) {
      Path copy = to.resolve(Integer.toString(copies.size()));
      Command.run("cp", "-r", each, copy.toString());
      copies.add(copy.toString());
    }
    return String.join(File.pathSeparator, copies);
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static boolean isRoot() throws IOException {
    return Command.run("id", "-u").strip().equals("0");
  }

  /// Nobody can write there: it cannot be opened, but looked through.
  static void readOnlyMount(Scratch scratch, SplittableRandom random) throws Exception {
    DiskKind kind = random.nextBoolean() ? DiskKind.EXT4 : DiskKind.XFS;
    kind.require();
    try (LoopDisk disk = LoopDisk.create(scratch, kind, kind.sizeBytes())) {
      Path store = StoreNames.filled(disk.root().resolve("store"));
      Command.run("mount", "-o", "remount,ro", disk.root().toString());
      try (TenantProcess tenant = TenantProcess.start()) {
        tenant.refuses("open " + store, Tenant.REFUSED, store);
      }
      if (!Verification.of(store).isClean()) {
        throw new Violation("damaged: " + Verification.of(store).damages());
      }
      Command.run("mount", "-o", "remount,rw", disk.root().toString());
      Places.inspect(store, StoreNames.WRITES, StoreNames.WRITES);
    }
  }
}

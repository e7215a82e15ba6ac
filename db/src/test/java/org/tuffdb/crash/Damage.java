package org.tuffdb.crash;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.tuffdb.fs.FileNames;
import org.tuffdb.fs.FileSystem;
import org.tuffdb.fs.MemoryFileSystem;
import org.tuffdb.fs.ReadFile;
import org.tuffdb.fs.WriteFile;

/// One way to damage the files of a store.
///
/// @param files the names of those that it concerns
/// @param endsEarlier whether a log or a manifest may look as if a crash had cut it earlier than
///   one can: in the middle of what was synced, with nothing left behind it that tells. Then what
///   it refers to, or what refers to it, may be named, or an earlier state be found
/// @param act does it to the copy of a sound store
record Damage(String what, Set<String> files, boolean endsEarlier, Act act) {
  private static final int HEADER_BYTES = 64;
  private static final int FOOTER_BYTES = 128;

  /// Pieces of a file that are zeroed or exchanged, besides the blocks of tables.
  private static final int PIECE_BYTES = 64;

  @FunctionalInterface
  interface Act {
    void on(FileSystem files) throws IOException;
  }

  void apply(MemoryFileSystem files) {
    try {
      act.on(files);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Override
  public String toString() {
    return what;
  }

  /// The files of a store, by name.
  static NavigableMap<String, byte[]> contents(MemoryFileSystem files) {
    NavigableMap<String, byte[]> contents = new TreeMap<>();
    try {
      for (String name : files.list(Stores.DIRECTORY)) {
        contents.put(name, content(files, path(name)));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return contents;
  }

  private static byte[] content(FileSystem files, Path path) throws IOException {
    try (ReadFile file = files.openForRead(path)) {
      byte[] bytes = new byte[(int) file.sizeBytes()];
      file.read(0, bytes, 0, bytes.length);
      return bytes;
    }
  }

  /// How much of a file can matter: a log ends in zeros, where it was prepared and not written.
  private static int used(String name, byte[] content) {
    int used = content.length;
    while (isLog(name) && used > 0 && content[used - 1] == 0) {
      used--;
    }
    return Math.min(content.length, used + PIECE_BYTES);
  }

  private static Path path(String name) {
    return Stores.DIRECTORY.resolve(name);
  }

  private static boolean isLog(String name) {
    return FileNames.logNumber(name).isPresent() || FileNames.manifestNumber(name).isPresent();
  }

  static void replace(FileSystem files, String name, byte[] content) throws IOException {
    files.delete(path(name));
    try (WriteFile file = files.create(path(name))) {
      file.write(0, content, 0, content.length);
    }
  }

  private static Damage overwritten(String what, String name, int at, byte... bytes) {
    return new Damage(
        "%s of %s at %d".formatted(what, name, at),
        Set.of(name),
        bytes.length > 1 && isLog(name),
        files -> {
          try (WriteFile file = files.openForOverwrite(path(name))) {
            file.write(at, bytes, 0, bytes.length);
          }
        });
  }

  /// One bit of a file.
  static Damage flipped(String name, byte[] content, int at, int bit) {
    return overwritten("bit " + bit, name, at, (byte) (content[at] ^ 1 << bit));
  }

  /// A random bit of every byte of a file.
  static List<Damage> ofEachByte(String name, byte[] content, SplittableRandom random) {
    List<Damage> all = new ArrayList<>();
    for (int at = 0; at < used(name, content); at++) {
      all.add(flipped(name, content, at, random.nextInt(8)));
    }
    return all;
  }

  /// All bits of what says how the rest is to be read: headers, footers, the manifest, `CURRENT`.
  static List<Damage> ofEachBit(String name, byte[] content) {
    boolean whole = name.equals(FileNames.CURRENT) || FileNames.manifestNumber(name).isPresent();
    int footer = FileNames.tableNumber(name).isPresent() ? FOOTER_BYTES : 0;
    List<Damage> all = new ArrayList<>();
    for (int at = 0; at < content.length; at++) {
      if (whole || at < HEADER_BYTES || at >= content.length - footer) {
        for (int bit = 0; bit < 8; bit++) {
          all.add(flipped(name, content, at, bit));
        }
      }
    }
    return all;
  }

  /// A file cut at every length, and grown by a little.
  static List<Damage> ofEachLength(String name, byte[] content) {
    List<Damage> all = new ArrayList<>();
    for (int length = 0; length < used(name, content); length++) {
      int cut = length;
      all.add(
          new Damage(
              "%s cut to %d bytes".formatted(name, length),
              Set.of(name),
              isLog(name),
              files -> replace(files, name, Arrays.copyOf(content, cut))));
    }
    for (int more : new int[] {1, 64, 4096}) {
      all.add(overwritten(more + " more bytes", name, content.length, new byte[more]));
    }
    return all;
  }

  /// Pieces of a file that are zeroed, or take the place of another piece.
  ///
  /// @param cuts where one piece ends and the next begins
  static List<Damage> ofPieces(String name, byte[] content, List<Integer> cuts) {
    List<Damage> all = new ArrayList<>();
    for (int i = 0; i + 1 < cuts.size(); i++) {
      byte[] piece = Arrays.copyOfRange(content, cuts.get(i), cuts.get(i + 1));
      all.add(overwritten(piece.length + " zeros", name, cuts.get(i), new byte[piece.length]));
      for (int j = 0; j + 1 < cuts.size(); j++) {
        if (i != j) {
          int room = cuts.get(j + 1) - cuts.get(j);
          byte[] fitting = Arrays.copyOf(piece, Math.min(room, piece.length));
          all.add(overwritten("piece " + i + " instead", name, cuts.get(j), fitting));
        }
        if (i < j) {
          all.add(swapped(name, content, cuts, i, j));
        }
      }
    }
    return all;
  }

  private static Damage swapped(String name, byte[] content, List<Integer> cuts, int i, int j) {
    byte[] changed = new byte[content.length];
    int at = 0;
    for (int piece = -1; piece < cuts.size(); piece++) {
      int from = piece == i ? j : piece == j ? i : piece;
      int begin = from < 0 ? 0 : cuts.get(from);
      int end = from + 1 < cuts.size() ? cuts.get(from + 1) : content.length;
      System.arraycopy(content, begin, changed, at, end - begin);
      at += end - begin;
    }
    return new Damage(
        "pieces %d and %d of %s swapped".formatted(i, j, name),
        Set.of(name),
        isLog(name),
        files -> replace(files, name, changed));
  }

  /// Cuts at even distances.
  static List<Integer> evenCuts(String name, byte[] content) {
    List<Integer> cuts = new ArrayList<>();
    for (int at = 0; at <= used(name, content); at += PIECE_BYTES) {
      cuts.add(at);
    }
    return cuts;
  }

  /// Files that are missing, are there under the name of another, or have changed places.
  static List<Damage> ofFiles(NavigableMap<String, byte[]> contents) {
    List<Damage> all = new ArrayList<>();
    for (String name : contents.keySet()) {
      all.add(
          new Damage(name + " missing", Set.of(name), false, files -> files.delete(path(name))));
      for (String other : contents.keySet()) {
        byte[] content = contents.get(other);
        if (!name.equals(other)) {
          all.add(
              new Damage(
                  "%s is a copy of %s".formatted(name, other),
                  Set.of(name, other),
                  false,
                  files -> replace(files, name, content)));
        }
        if (name.compareTo(other) < 0) {
          all.add(
              new Damage(
                  "%s and %s have changed places".formatted(name, other),
                  Set.of(name, other),
                  false,
                  files -> {
                    replace(files, other, contents.get(name));
                    replace(files, name, content);
                  }));
        }
      }
    }
    return all;
  }
}

package org.tuffdb.fs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The names in one directory, as the operating system shows them and as the disk holds them, and
/// the changes that lead from one to the other.
///
/// A power cut keeps any of the unsynced changes and loses the others. Each takes effect as a
/// whole: a node has one name at a time, and a name that a rename replaces stands for the old node
/// or the new one.
///
/// Not thread-safe: the file system guards it.
final class MemoryDirectory implements MemoryNode {
  private final Map<String, MemoryNode> cache;
  private final Map<String, MemoryNode> disk;
  private final List<Change> unsynced = new ArrayList<>();

  /// `node` gets the name `name`, or none if that is null.
  private record Change(MemoryNode node, @Nullable String name) {
    void applyTo(Map<String, MemoryNode> names) {
      names.values().removeIf(other -> other == node);
      if (name != null) {
        names.put(name, node);
      }
    }
  }

  /// An empty directory.
  MemoryDirectory() {
    this(new TreeMap<>(), new TreeMap<>());
  }

  private MemoryDirectory(Map<String, MemoryNode> cache, Map<String, MemoryNode> disk) {
    this.cache = cache;
    this.disk = disk;
  }

  List<String> names() {
    return List.copyOf(cache.keySet());
  }

  @Nullable MemoryNode get(String name) {
    return cache.get(name);
  }

  /// Gives `node`, new or already here, the name `name`.
  void put(String name, MemoryNode node) {
    change(new Change(node, name));
  }

  void remove(MemoryNode node) {
    change(new Change(node, null));
  }

  private void change(Change change) {
    change.applyTo(cache);
    unsynced.add(change);
  }

  void sync() {
    unsynced.forEach(change -> change.applyTo(disk));
    unsynced.clear();
  }

  /// A beginning of the changes goes to the disk, as long as `goes` says so: the journal of a file
  /// system has them in order.
  @Override
  public void writeBack(BooleanSupplier goes) {
    while (!unsynced.isEmpty() && goes.getAsBoolean()) {
      unsynced.removeFirst().applyTo(disk);
    }
  }

  /// A beginning of the changes goes to the disk; all count as written.
  void failSync(BooleanSupplier goes) {
    writeBack(goes);
    unsynced.clear();
  }

  /// All that has a name here, or may have one after a power cut.
  Set<MemoryNode> nodes() {
    Set<MemoryNode> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
    nodes.addAll(cache.values());
    nodes.addAll(disk.values());
    return nodes;
  }

  @Override
  public MemoryDirectory afterRestart(Map<MemoryNode, MemoryNode> copies) {
    MemoryDirectory copy = new MemoryDirectory(copy(cache, copies), copy(disk, copies));
    for (Change change : unsynced) {
      copy.unsynced.add(new Change(copy(change.node, copies), change.name));
    }
    return copy;
  }

  private static Map<String, MemoryNode> copy(
      Map<String, MemoryNode> names, Map<MemoryNode, MemoryNode> copies) {
    Map<String, MemoryNode> result = new TreeMap<>();
    names.forEach((name, node) -> result.put(name, copy(node, copies)));
    return result;
  }

  private static MemoryNode copy(MemoryNode node, Map<MemoryNode, MemoryNode> copies) {
    MemoryNode copy = copies.get(node);
    if (copy == null) {
      copy = node.afterRestart(copies);
      copies.put(node, copy);
    }
    return copy;
  }

  /// An empty table of copies for [#afterRestart].
  static Map<MemoryNode, MemoryNode> noCopies() {
    return new IdentityHashMap<>();
  }

  @Override
  public MemoryDirectory afterCrash(CrashChoice choice, Path path) {
    Map<String, MemoryNode> names = new TreeMap<>(disk);
    for (Change change : unsynced) {
      // A deletion of what did not survive is no question.
      if ((change.name != null || names.containsValue(change.node))
          && choice.choose(CrashChoice.Question.ENTRY, path, 0, 2) == 1) {
        change.applyTo(names);
      }
    }
    names.replaceAll((name, node) -> node.afterCrash(choice, path.resolve(name)));
    return new MemoryDirectory(names, new TreeMap<>(names));
  }
}

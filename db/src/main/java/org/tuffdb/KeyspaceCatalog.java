package org.tuffdb;

import java.io.IOException;
import org.tuffdb.error.OutOfSpaceException;
import org.tuffdb.error.OutcomeUnknownException;
import org.tuffdb.fs.NoSpaceException;
import org.tuffdb.version.Edit;
import org.tuffdb.version.Levels;
import org.tuffdb.version.Manifest;
import org.tuffdb.version.Version;

/// Creates and drops keyspaces, durably, one at a time.
final class KeyspaceCatalog {
  private final Keyspaces keyspaces;
  private final Manifest manifest;
  private final Tables tables;
  private final Lifetimes lifetimes;
  private final CommitPipeline pipeline;
  private final Failure failure;
  private final Runnable requireOpen;

  KeyspaceCatalog(
      Keyspaces keyspaces,
      Manifest manifest,
      Tables tables,
      Lifetimes lifetimes,
      CommitPipeline pipeline,
      Failure failure,
      Runnable requireOpen) {
    this.keyspaces = keyspaces;
    this.manifest = manifest;
    this.tables = tables;
    this.lifetimes = lifetimes;
    this.pipeline = pipeline;
    this.failure = failure;
    this.requireOpen = requireOpen;
  }

  /// The keyspace of that name, which is created if nobody else has done so meanwhile.
  synchronized Keyspace create(String name) {
    Limits.requireKeyspaceName(name);
    requireOpen.run();
    Keyspace known = keyspaces.find(name);
    if (known != null) {
      return known;
    }
    failure.check();
    int id = manifest.version().nextKeyspaceId();
    try {
      manifest.commit(new Edit.KeyspaceAdded(id, name));
      return keyspaces.add(id, name, lifetimes, Levels.NONE);
    } catch (NoSpaceException full) {
      throw new OutOfSpaceException(
          "the disk is full: keyspace " + name + " was not created", full);
    } catch (Throwable unknown) {
      // The manifest may know it. Another of the same number would make it unreadable.
      failure.latch(unknown);
      throw new OutcomeUnknownException(
          "whether keyspace %s was created shows when the store is opened again: %s"
              .formatted(name, unknown),
          unknown);
    }
  }

  /// Drops a keyspace while no write is under way.
  synchronized void drop(String name) {
    requireOpen.run();
    failure.check();
    Keyspace keyspace = keyspaces.find(name);
    if (keyspace == null) {
      throw new IllegalArgumentException("the store has no keyspace " + name);
    }
    if (keyspace.id() == Version.DEFAULT_KEYSPACE_ID) {
      throw new IllegalArgumentException("the default keyspace cannot be dropped: delete its keys");
    }
    try {
      // What is on the disk is a beginning of what was done, and writes may have copied from it.
      if (pipeline.durableSequence() < pipeline.visibleSequence()) {
        pipeline.syncBeside();
      }
      tables.drop(manifest, keyspaces, keyspace);
    } catch (NoSpaceException full) {
      throw new OutOfSpaceException(
          "the disk is full: keyspace " + name + " was not dropped", full);
    } catch (IOException unknown) {
      throw new OutcomeUnknownException(
          "whether keyspace %s was dropped shows when the store is opened again: %s"
              .formatted(name, unknown),
          unknown);
    }
  }

  /// Waits for whoever is at it.
  synchronized void close() {
    // Later ones find the store closed.
  }
}

package org.tuffdb;

/// Figures of a store at one moment: see [Db#stats()].
///
/// @param entries how many entries the memtables hold; a key written twice counts twice
/// @param memoryBytes what the memtables take outside the heap
/// @param memoryBytesMax [Options#memoryBytes()]
/// @param memtables how many memtables there are
/// @param keyspaces how many keyspaces there are
/// @param visibleSequence how many writes readers see, since the store was created
/// @param durableSequence how many of them are known to be on the disk
/// @param logFiles how many files the log has
/// @param openSnapshots how many snapshots are open
/// @param openCursors how many cursors are open
/// @param writable false once a failure has made the store read-only
public record Stats(
    long entries,
    long memoryBytes,
    long memoryBytesMax,
    int memtables,
    int keyspaces,
    long visibleSequence,
    long durableSequence,
    int logFiles,
    int openSnapshots,
    int openCursors,
    boolean writable) {}

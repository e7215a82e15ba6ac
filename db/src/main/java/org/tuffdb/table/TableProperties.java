package org.tuffdb.table;

/// What a table says of itself.
///
/// @param entries how many entries it holds, deletes included and range deletes not
/// @param deletes how many of them are deletes
/// @param keys how many different keys the entries have
/// @param keyBytes the sum of the lengths of the entries' keys
/// @param valueBytes the sum of the lengths of the entries' values
/// @param rangeDeletes how many range deletes it holds
/// @param oldestSequence the smallest sequence of its entries and range deletes
/// @param newestSequence the largest of them
/// @param blocks how many blocks the entries are in
/// @param rawBytes the size of the blocks before compression
/// @param storedBytes the size of the blocks in the file, checksums included
/// @param filterBytes the size of the filter
/// @param filterProbes how many bits of the filter stand for a key
/// @param fenceBytes the size of the fences
/// @param blockBytes how large blocks were meant to be
/// @param compression how blocks are stored, where that makes them smaller
public record TableProperties(
    long entries,
    long deletes,
    long keys,
    long keyBytes,
    long valueBytes,
    int rangeDeletes,
    long oldestSequence,
    long newestSequence,
    int blocks,
    long rawBytes,
    long storedBytes,
    long filterBytes,
    int filterProbes,
    long fenceBytes,
    int blockBytes,
    BlockCompression compression) {}

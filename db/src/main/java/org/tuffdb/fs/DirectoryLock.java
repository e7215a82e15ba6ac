package org.tuffdb.fs;

import java.io.Closeable;

/// The right to be the only one that uses a store, or one of its files, held until it is closed.
public interface DirectoryLock extends Closeable {}

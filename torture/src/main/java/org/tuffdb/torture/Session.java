package org.tuffdb.torture;

import org.tuffdb.Db;

/// A store from one opening to its closing.
///
/// @param epoch grows when an empty store takes its place
record Session(Db db, int epoch) {}

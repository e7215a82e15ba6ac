/// The one door to files, the clock and background threads: what the builder is given, the engine
/// uses, and nothing else.
@NullMarked
package org.tuffdb.fs;

import org.jspecify.annotations.NullMarked;

/// What a store consists of, and the manifest that remembers it.
@NullMarked
package org.tuffdb.version;

import org.jspecify.annotations.NullMarked;

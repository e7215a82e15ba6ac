/// A durable, ordered key-value store: [org.tuffdb.Db] is the way in.
@NullMarked
package org.tuffdb;

import org.jspecify.annotations.NullMarked;

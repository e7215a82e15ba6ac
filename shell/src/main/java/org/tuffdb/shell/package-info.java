/// The command line `tuff`.
@NullMarked
package org.tuffdb.shell;

import org.jspecify.annotations.NullMarked;

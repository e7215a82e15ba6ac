/// Campaigns that treat a store on a real disk worse than the world will, and check every promise
/// afterwards.
@NullMarked
package org.tuffdb.torture;

import org.jspecify.annotations.NullMarked;

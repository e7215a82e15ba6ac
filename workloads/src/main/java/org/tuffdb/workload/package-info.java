/// What a store is measured with: the workloads under the names of db_bench, and what is noted of
/// each run. A store is reached through [org.tuffdb.workload.Store], so that all do the same work.
@NullMarked
package org.tuffdb.workload;

import org.jspecify.annotations.NullMarked;

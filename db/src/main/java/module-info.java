/// TuffDB: a durable, ordered key-value store for the JVM.
module org.tuffdb {
  requires static transitive org.jspecify;
  requires jdk.management;
  requires org.lz4.java;

  exports org.tuffdb;
  exports org.tuffdb.error;
  exports org.tuffdb.event;
  exports org.tuffdb.fs;
}

# Sets JAVA_HOME to a JDK 25 or later. Sourced by mvnw, tuff and the other scripts, so that they work
# where plain `java` is older: a JAVA_HOME that is new enough is kept, else the usual places are searched.
tuff_jdk_major() { # the major version of the JDK in folder $1, 0 if there is none
  tuff_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null) || true
  [ -x "$1/bin/javac" ] && echo "${tuff_version:-0}" || echo 0
}

tuff_find_jdk() {
  if [ -n "${JAVA_HOME-}" ] && [ "$(tuff_jdk_major "$JAVA_HOME")" -ge 25 ]; then
    echo "$JAVA_HOME"
    return
  fi
  tuff_java=$(command -v java 2>/dev/null) && tuff_java=$(readlink -f "$tuff_java") || tuff_java=/none/bin/java
  for tuff_home in "${tuff_java%/bin/java}" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.asdf/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ "$(tuff_jdk_major "$tuff_home")" -ge 25 ]; then
      echo "$tuff_home"
      return
    fi
  done
}

JAVA_HOME=$(set +f && tuff_find_jdk)
if [ -z "$JAVA_HOME" ]; then
  echo "TuffDB needs a JDK 25 or later and found none: install one, or set JAVA_HOME to it." >&2
  exit 2
fi
export JAVA_HOME

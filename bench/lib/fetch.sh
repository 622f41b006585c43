# shellcheck shell=bash
# What the test bed doesn't have: Debezium's connectors. Kafka Connect comes with the test bed's
# Kafka. Each source has a plugin folder of its own, so that a worker scans no more than it needs.

DEBEZIUM=3.6.1.Final
DEBEZIUM_MARIADB=3.5.0.Final
MAVEN_DEPENDENCY_PLUGIN=3.6.1

# debezium_version SOURCE
debezium_version() { [ "$1" = mariadb ] && echo "$DEBEZIUM_MARIADB" || echo "$DEBEZIUM"; }

# fetch_debezium SOURCE
fetch_debezium() {
	local source=$1 version dir=$plugins/$1
	version=$(debezium_version "$source")
	[ "$(cat "$dir/VERSION" 2>/dev/null)" = "$version" ] && return
	say "fetching Debezium $version for $source"
	rm -rf "$dir" "$dir.new" && mkdir -p "$dir.new"
	(cd "$dir.new" && mvn -B -ntp -q -Dmaven.repo.local="$plugins/repository" \
		"org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy" \
		"-Dartifact=io.debezium:debezium-connector-$source:$version:tar.gz:plugin" -DoutputDirectory=.) ||
		die "could not fetch Debezium for $source"
	tar -xzf "$dir.new"/*.tar.gz -C "$dir.new" && rm "$dir.new"/*.tar.gz
	echo "$version" >"$dir.new/VERSION"
	mv "$dir.new" "$dir"
}

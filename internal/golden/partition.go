package golden

import (
	"regexp"
	"strings"
)

const partitionReason = "a partitioned table that is published as a whole is read twice by Debezium's snapshot, as itself and by its partitions"

var partitionStatement = regexp.MustCompile(`(?i)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?"?(\w+)"?\s+partition\s+of\b`)

// readTwice reports whether some table is partitioned and published through its
// root.
func (k *comparison) readTwice() bool {
	return k.postgres() && k.Config["publish.via.partition.root"] == "true" && partitionStatement.MatchString(k.scripts)
}

// copyOfPartition: a row that a snapshot has read from a partition, and from its
// root as well.
func (k *comparison) copyOfPartition(r visible) bool {
	if !k.readTwice() {
		return false
	}
	s := spotOf(k, r)
	for _, m := range partitionStatement.FindAllStringSubmatch(k.scripts, -1) {
		if s.snapshot && s.table == m[1] {
			return true
		}
	}
	return false
}

// movedMark: where the copies are missing, another row is the last one.
func movedMark(s *spot) bool {
	return s.readTwice() && s.snapshot && !s.inSchema && strings.HasSuffix(s.path, "source.snapshot") && strings.HasPrefix(s.ours, `"last`)
}

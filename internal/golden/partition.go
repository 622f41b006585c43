package golden

import (
	"regexp"
	"strings"
)

const partitionReason = "a partitioned table is read twice by Debezium's snapshot, as itself and by its partitions"

// partitionStatement finds the name of a partition and that of the table it is of.
var partitionStatement = regexp.MustCompile(`(?i)\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(?:\w+\.)?"?(\w+)"?\s+partition\s+of\s+(?:\w+\.)?"?(\w+)`)

// readTwice reports whether some table is partitioned.
func (k *comparison) readTwice() bool {
	return k.postgres() && partitionStatement.MatchString(k.scripts)
}

// copyOfPartition: a row that a snapshot has read twice. The stream tells of it
// as a row of the root where that is published, else as one of the partition: the
// other one is the copy.
func (k *comparison) copyOfPartition(r visible) bool {
	if !k.readTwice() {
		return false
	}
	s := spotOf(k, r)
	for _, m := range partitionStatement.FindAllStringSubmatch(k.scripts, -1) {
		partition, of := m[1], m[2]
		viaRoot := strings.EqualFold(k.Config["publish.via.partition.root"], "true")
		if s.snapshot && (viaRoot && s.table == partition || !viaRoot && s.table == of && k.recorded(partition)) {
			return true
		}
	}
	return false
}

// recorded reports whether there are records of a table.
func (k *comparison) recorded(table string) bool {
	for topic := range k.Recorded.Records {
		if strings.HasSuffix(topic, "."+table) {
			return true
		}
	}
	return false
}

// movedMark: where the copies are missing, other rows are the first and the last.
func movedMark(s *spot) bool { return s.readTwice() && s.placeInSnapshot() }

// placeInSnapshot: ours is the first or last row of something.
func (s *spot) placeInSnapshot() bool {
	return s.snapshot && !s.inSchema && strings.HasSuffix(s.path, "source.snapshot") &&
		(strings.HasPrefix(s.ours, `"last`) || strings.HasPrefix(s.ours, `"first`))
}

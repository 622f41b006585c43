package rulefile

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// hashFunctions are those of Debezium's PartitionRouting.
var hashFunctions = []string{"java", "murmur"}

// maxPartitions is the largest number of partitions that a rule can be told.
const maxPartitions = 1_000_000

// partition reads what "partition_by" says.
func (d *decoder) partition(n *yaml.Node) *Partition {
	p := &Partition{At: d.src.At(n)}
	if n.Kind == yaml.SequenceNode {
		p.Columns = d.names(n, "partition_by", "a column")
		return p
	}
	if n.Kind != yaml.MappingNode {
		d.Add(p.At, `write "partition_by: [customer_id]", or "{value: column}" for a column that holds the number`,
			"partition_by must be a list of columns, not %s", kindName(n))
		return nil
	}
	p.Hash = hashFunctions[0]
	there := readKeys(d, n, "partition_by", partitionKeys, p)
	if there.has("value") {
		p.Hash = ""
	}
	switch {
	case there.has("value") && len(there) > 1:
		d.Add(p.At, "the column holds the number itself", `"value" stands alone in partition_by`)
	case there.has("value"):
	case !there.has("fields"):
		d.Add(p.At, `write "fields: [change.customer_id]", or a list of columns`, "partition_by names no fields")
	case !there.has("partitions"):
		d.Add(p.At, "its hash is taken modulo that number", `partition_by with "fields" needs "partitions", the number of partitions of the topic`)
	}
	return p
}

var partitionKeys = []key[Partition]{
	{
		"value", textForm, "The column that holds the number of the partition.",
		func(d *decoder, p *Partition, n *yaml.Node) { p.Value = d.optional(n, "the column of the partition") },
	},
	{
		"fields", listForm(textForm), "As in Debezium's PartitionRouting: change.x, after.x, before.x, source.x or op.",
		func(d *decoder, p *Partition, n *yaml.Node) { p.Fields = d.routingFields(n) },
	},
	{
		"hash", oneOfForm(hashFunctions), "The hash function of PartitionRouting; java when missing.",
		func(d *decoder, p *Partition, n *yaml.Node) { p.Hash, _ = d.oneOf(n, "hash", hashFunctions) },
	},
	{
		"partitions", intForm(1, maxPartitions), "How many partitions the topic has.",
		func(d *decoder, p *Partition, n *yaml.Node) {
			p.Partitions = d.integer(n, "partitions", 1, maxPartitions)
		},
	},
}

var routingRoots = []string{"change", "after", "before", "source"}

func (d *decoder) routingFields(n *yaml.Node) []Name {
	list := d.names(n, "fields", "a field")
	for _, f := range list {
		root, field, dotted := strings.Cut(f.Text, ".")
		if dotted && (field == "" || !slices.Contains(routingRoots, root)) || !dotted && f.Text != "op" {
			d.Add(f.At, `change is the row after, or the row before of a delete`,
				"a field is change.x, after.x, before.x, source.x or op, not %q", Printable(f.Text))
		}
	}
	return list
}

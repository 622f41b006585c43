package binlog

// ReplicaID returns the id under which a pipeline of that name registers with
// the server: the one that is configured, else the derived one.
func (c *Config) ReplicaID(pipeline string) uint32 { return c.serverID(pipeline) }

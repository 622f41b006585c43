package main

import (
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"cdc/binlog"
)

// claims are things that only one pipeline can have, with who has them.
type claims map[string]string

// take gives something to a pipeline; other is who has it already.
func (c claims) take(thing, pipeline string) (other string, taken bool) {
	if other, taken = c[thing]; taken {
		return other, true
	}
	c[thing] = pipeline
	return "", false
}

// validateShared finds pipelines that would disturb each other.
func (c *Config) validateShared(d *document) {
	files, slots, replicas := claims{}, claims{}, claims{}
	for _, name := range c.names() {
		p := c.Pipelines[name]
		report := func(below string, err error) {
			if err != nil {
				d.failAt("pipelines."+name+"."+below, err)
			}
		}
		report("offsets.file", p.claimFiles(name, files))
		report("source.postgres", p.claimSlot(name, slots))
		report("source.mysql", claimReplica(name, p.Source.MySQL, replicas))
		report("source.mariadb", claimReplica(name, p.Source.MariaDB, replicas))
	}
}

// claimFiles takes the file of the offset and, where there is one, that of the
// tables' history.
func (p *PipelineConfig) claimFiles(name string, files claims) error {
	f := p.Offsets.File
	if f == nil || f.Path == "" {
		return nil
	}
	paths := []string{f.Path}
	if p.Source.Postgres == nil {
		paths = append(paths, journalPath(f.Path))
	}
	for _, path := range paths {
		if other, taken := files.take(filepath.Clean(path), name); taken {
			return fmt.Errorf("path: pipeline %s keeps its offset or its tables in the same file %s", other, path)
		}
	}
	return nil
}

func (p *PipelineConfig) claimSlot(name string, slots claims) error {
	pg := p.Source.Postgres
	if pg == nil {
		return nil
	}
	slot := pg.SlotName(name)
	if other, taken := slots.take(server(pg.Host, pg.Port)+"/"+slot, name); taken {
		return fmt.Errorf("slot: pipeline %s reads the same slot %s; give each its own", other, slot)
	}
	return nil
}

// claimReplica takes an id among the server's replicas: the server ends the
// older one of two connections with the same.
func claimReplica(name string, c *binlog.Config, replicas claims) error {
	if c == nil {
		return nil
	}
	id := strconv.FormatUint(uint64(c.ReplicaID(name)), 10)
	if other, taken := replicas.take(server(c.Host, c.Port)+"/"+id, name); taken {
		return fmt.Errorf("server_id: pipeline %s has the same id %s at this server; give each its own", other, id)
	}
	return nil
}

// server names a server as far as its configuration tells.
func server(host string, port int) string {
	return net.JoinHostPort(strings.ToLower(host), strconv.Itoa(port))
}

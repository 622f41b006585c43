package gtid

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cdc/binlog/flavor"
)

// Source is who numbers transactions: a MySQL server (with a tag), or a
// MariaDB replication domain.
type Source struct {
	SID    [16]byte // MySQL
	Tag    string   // MySQL 8.3 and later; empty for none
	Domain uint32   // MariaDB
}

// ID is the name of one transaction; Seq 0 stands for none.
type ID struct {
	Source Source
	Server uint32 // MariaDB
	Seq    uint64
}

// AppendText appends the gtid as the server prints it.
func (g ID) AppendText(dst []byte, fl flavor.Flavor) []byte {
	if fl == flavor.MariaDB {
		dst = strconv.AppendUint(dst, uint64(g.Source.Domain), 10)
		dst = append(dst, '-')
		dst = strconv.AppendUint(dst, uint64(g.Server), 10)
		dst = append(dst, '-')
		return strconv.AppendUint(dst, g.Seq, 10)
	}
	dst = appendUUID(dst, g.Source.SID)
	if g.Source.Tag != "" {
		dst = append(dst, ':')
		dst = append(dst, g.Source.Tag...)
	}
	dst = append(dst, ':')
	return strconv.AppendUint(dst, g.Seq, 10)
}

// Text is AppendText as a string, empty for no transaction.
func (g ID) Text(fl flavor.Flavor) string {
	if g.Seq == 0 {
		return ""
	}
	return string(g.AppendText(nil, fl))
}

func appendUUID(dst []byte, id [16]byte) []byte {
	for i, part := range [][]byte{id[:4], id[4:6], id[6:8], id[8:10], id[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return dst
}

// parseUUID takes the dashed form, in any case.
func parseUUID(s string) (id [16]byte, err error) {
	plain := strings.ReplaceAll(s, "-", "")
	if len(plain) != 32 {
		return id, fmt.Errorf("%q is not a server UUID", s)
	}
	if _, err := hex.Decode(id[:], []byte(plain)); err != nil {
		return id, fmt.Errorf("%q is not a server UUID", s)
	}
	return id, nil
}

// interval holds the numbers lo to hi, both included.
type interval struct{ lo, hi uint64 }

// Set is a set of transactions. For MySQL every source has sorted
// intervals that neither touch nor overlap. For MariaDB a source has one number,
// the last of its domain: everything up to it counts as contained.
type Set struct {
	fl      flavor.Flavor
	sources map[Source][]interval
	last    map[uint32]ID // MariaDB, by domain
}

// NewSet makes an empty set.
func NewSet(fl flavor.Flavor) *Set {
	return &Set{fl: fl, sources: map[Source][]interval{}, last: map[uint32]ID{}}
}

// ParseSet reads a set as the server prints it.
func ParseSet(fl flavor.Flavor, text string) (*Set, error) {
	s := NewSet(fl)
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		parse := s.parseMySQL
		if fl == flavor.MariaDB {
			parse = s.parseMariaDB
		}
		if err := parse(part); err != nil {
			return nil, fmt.Errorf("parse GTID set: %w", err)
		}
	}
	return s, nil
}

func (s *Set) parseMySQL(part string) error {
	fields := strings.Split(part, ":")
	sid, err := parseUUID(strings.TrimSpace(fields[0]))
	if err != nil {
		return err
	}
	source := Source{SID: sid}
	if len(fields) < 2 {
		return fmt.Errorf("%q has no numbers", part)
	}
	for _, f := range fields[1:] {
		f = strings.TrimSpace(f)
		if isTag(f) {
			source.Tag = strings.ToLower(f)
			continue
		}
		iv, err := parseInterval(f)
		if err != nil {
			return err
		}
		s.sources[source] = addInterval(s.sources[source], iv)
	}
	return nil
}

// isTag: a tag begins with a letter or an underscore.
func isTag(s string) bool {
	return s != "" && (s[0] == '_' || s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z')
}

func parseInterval(s string) (interval, error) {
	from, to, ranged := strings.Cut(s, "-")
	lo, err := strconv.ParseUint(strings.TrimSpace(from), 10, 63)
	if err != nil || lo == 0 {
		return interval{}, fmt.Errorf("%q is not a transaction number or range", s)
	}
	hi := lo
	if ranged {
		if hi, err = strconv.ParseUint(strings.TrimSpace(to), 10, 63); err != nil || hi < lo {
			return interval{}, fmt.Errorf("%q is not a transaction number or range", s)
		}
	}
	return interval{lo, hi}, nil
}

func (s *Set) parseMariaDB(part string) error {
	fields := strings.Split(part, "-")
	if len(fields) != 3 {
		return fmt.Errorf("%q is not of the form domain-server-number", part)
	}
	domain, err1 := strconv.ParseUint(fields[0], 10, 32)
	server, err2 := strconv.ParseUint(fields[1], 10, 32)
	seq, err3 := strconv.ParseUint(fields[2], 10, 64)
	if err := errors.Join(err1, err2, err3); err != nil {
		return fmt.Errorf("%q is not of the form domain-server-number", part)
	}
	// Debezium lists a domain once for each server that ever wrote to it, in any
	// order; the highest number is where it is.
	if before, ok := s.last[uint32(domain)]; ok && before.Seq > seq {
		return nil
	}
	s.Add(ID{Source: Source{Domain: uint32(domain)}, Server: uint32(server), Seq: seq})
	return nil
}

// Add puts a transaction into the set.
func (s *Set) Add(g ID) { s.AddRange(g, g.Seq) }

// AddRange puts g and the following ones of its source into the set, up to the
// number last.
func (s *Set) AddRange(g ID, last uint64) {
	if g.Seq == 0 {
		return
	}
	if s.fl == flavor.MariaDB {
		g.Seq = last
		s.last[g.Source.Domain] = g
		return
	}
	s.sources[g.Source] = addInterval(s.sources[g.Source], interval{g.Seq, last})
}

// addInterval adds iv to sorted intervals. The usual case, a number right after
// the last one, takes no search and no memory.
func addInterval(list []interval, iv interval) []interval {
	if n := len(list); n > 0 && list[n-1].hi+1 == iv.lo {
		list[n-1].hi = iv.hi
		return list
	}
	// The first interval that touches or follows iv.
	i, _ := slices.BinarySearchFunc(list, iv, func(e, t interval) int {
		if e.hi+1 < t.lo {
			return -1
		}
		return 1
	})
	j := i
	for ; j < len(list) && list[j].lo <= iv.hi+1; j++ {
		iv.lo, iv.hi = min(iv.lo, list[j].lo), max(iv.hi, list[j].hi)
	}
	return slices.Replace(list, i, j, iv)
}

// Contains reports whether every transaction of o is in s. For MariaDB only the
// numbers of the domains are compared.
func (s *Set) Contains(o *Set) bool { return o.Minus(s).Empty() }

// Minus returns what is in s and not in o.
func (s *Set) Minus(o *Set) *Set {
	d := NewSet(s.fl)
	for domain, g := range s.last {
		if other, ok := o.last[domain]; !ok || other.Seq < g.Seq {
			d.last[domain] = g
		}
	}
	for source, list := range s.sources {
		if rest := minusIntervals(list, o.sources[source]); len(rest) > 0 {
			d.sources[source] = rest
		}
	}
	return d
}

func minusIntervals(a, b []interval) []interval {
	var rest []interval
	for _, iv := range a {
		for _, cut := range b {
			if cut.hi < iv.lo {
				continue
			}
			if cut.lo > iv.hi {
				break
			}
			if cut.lo > iv.lo {
				rest = append(rest, interval{iv.lo, cut.lo - 1})
			}
			iv.lo = cut.hi + 1
		}
		if iv.lo <= iv.hi {
			rest = append(rest, iv)
		}
	}
	return rest
}

// Empty reports whether no transaction is in the set.
func (s *Set) Empty() bool { return len(s.sources) == 0 && len(s.last) == 0 }

// Clone returns a copy that shares nothing with the set.
func (s *Set) Clone() *Set {
	c := &Set{fl: s.fl, sources: make(map[Source][]interval, len(s.sources)), last: maps.Clone(s.last)}
	for source, list := range s.sources {
		c.sources[source] = slices.Clone(list)
	}
	return c
}

// String prints the set as the server does, without line feeds.
func (s *Set) String() string {
	var b []byte
	if s.fl == flavor.MariaDB {
		for _, domain := range slices.Sorted(maps.Keys(s.last)) {
			b = append(comma(b), s.last[domain].Text(flavor.MariaDB)...)
		}
		return string(b)
	}
	sources := slices.SortedFunc(maps.Keys(s.sources), func(a, c Source) int {
		return cmp.Or(bytes.Compare(a.SID[:], c.SID[:]), strings.Compare(a.Tag, c.Tag))
	})
	for i, source := range sources {
		if i == 0 || sources[i-1].SID != source.SID {
			b = appendUUID(comma(b), source.SID)
		}
		if source.Tag != "" {
			b = append(append(b, ':'), source.Tag...)
		}
		for _, iv := range s.sources[source] {
			b = strconv.AppendUint(append(b, ':'), iv.lo, 10)
			if iv.hi > iv.lo {
				b = strconv.AppendUint(append(b, '-'), iv.hi, 10)
			}
		}
	}
	return string(b)
}

func comma(b []byte) []byte {
	if len(b) > 0 {
		b = append(b, ',')
	}
	return b
}

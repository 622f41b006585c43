package golden

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// change is a record of table t without a schema.
func change(key, op, before, after string, headers ...Header) visible {
	value := `{"before":` + before + `,"after":` + after + `,"source":{"table":"t"},"op":"` + op + `"}`
	return visible{Record: Record{Topic: "p.d.t", Headers: headers}, key: []byte(key), value: []byte(value)}
}

// left tells what align leaves of both sides.
func left(s spot, got, want []visible) (ours, theirs int) {
	a, b := s.align(got, want)
	return len(a), len(b)
}

// TestRecordedRollback: of what was recorded, the row that was rolled back may be
// missing, and no other.
func TestRecordedRollback(t *testing.T) {
	cases, err := Load(corpus + "/mysql/tx-compressed")
	if err != nil {
		t.Fatal(err)
	}
	k := &comparison{Case: cases[0], tally: &Tally{}}
	if k.scripts, err = k.Case.scripts(); err != nil {
		t.Fatal(err)
	}
	want, err := k.wanted()
	if err != nil {
		t.Fatal(err)
	}
	for topic, list := range want {
		if !strings.HasSuffix(topic, ".t") {
			continue
		}
		without := func(text string) []visible {
			return slices.DeleteFunc(slices.Clone(list), func(r visible) bool {
				return bytes.Contains(r.value, []byte(text)) || bytes.Contains(r.value, []byte(`"v":"lost"`))
			})
		}
		for text, excused := range map[string]bool{`"v":"lost"`: true, `"v":"end"`: false, `"v":"xa"`: false, `"v":"xa2"`: false} {
			if ours, theirs := k.align(without(text), list); (len(ours) == len(theirs)) != excused {
				t.Errorf("without %s: %d and %d records are left", text, len(ours), len(theirs))
			}
		}
		lost := slices.IndexFunc(list, func(r visible) bool { return bytes.Contains(r.value, []byte(`"v":"lost"`)) })
		twice := slices.Insert(slices.Clone(list), lost, list[lost])
		if ours, theirs := k.align(without(`"v":"lost"`), twice); len(theirs) != len(ours)+1 {
			t.Error("the row is excused twice")
		}
		other := slices.Clone(list)
		other[lost].value = bytes.ReplaceAll(other[lost].value, []byte(`"v":"lost"`), []byte(`"v":"most"`))
		if ours, theirs := k.align(without(`"v":"lost"`), other); len(ours) == len(theirs) {
			t.Error("another row is excused")
		}
	}
}

// TestRollbackNeedsPreparation: what was never prepared isn't in the log.
func TestRollbackNeedsPreparation(t *testing.T) {
	want := []visible{change("1", "c", "null", `{"id":1,"v":"a"}`)}
	for script, excused := range map[string]bool{
		"xa start 'x'; insert into t values (1,'a'); xa end 'x'; xa prepare 'x'; xa rollback 'x'":                                                                    true,
		"xa start 'x'; insert into d.t (id, v) values (2,'b'), (1,'a'); xa end 'x'; xa prepare 'x'; xa rollback 'x'":                                                 true,
		"xa start 'x'; insert into t values (1,'a'); xa end 'x'; xa rollback 'x'":                                                                                    false,
		"xa start 'x'; insert into t values (1,'a'); xa end 'x'; xa prepare 'x'; xa commit 'x'; xa rollback 'y'":                                                     false,
		"xa start 'x'; insert into u values (1,'a'); xa end 'x'; xa prepare 'x'; xa rollback 'x'; insert into t values (1,'a')":                                      false,
		"xa start 'x'; insert into t values (1,'b'); xa end 'x'; xa prepare 'x'; xa rollback 'x'; xa start 'z'; insert into t values (1,'a'); xa end 'z'; xa commit": false,
	} {
		if _, theirs := left(place(t, "mysql", "", script), nil, want); (theirs == 0) != excused {
			t.Errorf("%s: %d recorded records are left", script, theirs)
		}
	}
}

// TestPartialUpdates: an update that wasn't recorded must fit between its
// neighbours, or have what a statement wrote.
func TestPartialUpdates(t *testing.T) {
	const (
		old    = `{"id":1,"v":"{\"q\":1,\"n\":2}","w":0}`
		middle = `{"id":1,"v":"{\"q\":11,\"n\":2}","w":1}`
		end    = `{"id":1,"v":"{\"q\":11,\"n\":2}","w":2}`
		script = "set binlog_row_value_options=PARTIAL_JSON; update t set v=json_set(v,'$.q',11), w=1 where id=1"
	)
	first, last := change("1", "c", "null", old), change("1", "u", middle, end)
	for _, tt := range []struct {
		name, script string
		between      []visible
		last         bool
		excused      bool
	}{
		{"closed", script, []visible{change("1", "u", old, middle)}, true, true},
		{"last of its key", script, []visible{change("1", "u", old, middle)}, false, true},
		{"other values at the end", script, []visible{change("1", "u", old, strings.Replace(middle, "11", "12", 1))}, false, false},
		{"other column at the end", script, []visible{change("1", "u", old, strings.Replace(middle, `"w":1`, `"w":7`, 1))}, false, false},
		{"doesn't fit what follows", script, []visible{change("1", "u", old, end)}, true, false},
		{"doesn't fit what was", script, []visible{change("1", "u", middle, middle)}, true, false},
		{"too many", script, []visible{change("1", "u", old, old), change("1", "u", old, middle)}, true, false},
		{"another operation", script, []visible{change("1", "c", old, middle)}, true, false},
		{"another key", script, []visible{change("2", "u", old, middle)}, true, false},
		{"no such option", "update t set v=json_set(v,'$.q',11), w=1", []visible{change("1", "u", old, middle)}, true, false},
		{"no such statement", "set binlog_row_value_options=PARTIAL_JSON; update u set v=json_set(v,'$.q',11), w=1", []visible{change("1", "u", old, middle)}, true, false},
	} {
		got, want := append([]visible{first}, tt.between...), []visible{first}
		if tt.last {
			got, want = append(got, last), append(want, last)
		}
		if ours, theirs := left(place(t, "mysql", "", tt.script), got, want); (ours == theirs) != tt.excused {
			t.Errorf("%s: %d and %d records are left", tt.name, ours, theirs)
		}
	}
}

// TestIndexKeys: by an index that isn't the key, ours has the columns of the index
// with the recorded values, and nothing else.
func TestIndexKeys(t *testing.T) {
	const script = "create table t (id int primary key, b int not null); create unique index i on t(b); alter table t replica identity using index i"
	record := func(key, op, before, after string, headers ...Header) visible {
		return change(key, op, before, after, headers...)
	}
	tombstone := func(key string, headers ...Header) visible {
		return visible{Record: Record{Topic: "p.d.t", Headers: headers}, key: []byte(key), value: []byte("null")}
	}
	of := func(key1, key2, next, old string) []visible {
		gone, came := Header{newKeyHeader, []byte(next)}, Header{oldKeyHeader, []byte(old)}
		return []visible{
			record(key1, "d", `{"id":0,"b":1}`, "null", gone), tombstone(key1, gone),
			record(key2, "c", "null", `{"id":2,"b":5}`, came),
		}
	}
	want := of(`{"id":0}`, `{"id":2}`, `{"id":2}`, `{"id":0}`)
	good := of(`{"b":1}`, `{"b":5}`, `{"b":5}`, `{"b":1}`)
	for name, tt := range map[string]struct {
		script string
		got    []visible
		equal  bool
	}{
		"as it is to be":    {script, good, true},
		"another key":       {script, of(`{"b":1}`, `{"b":6}`, `{"b":5}`, `{"b":1}`), false},
		"the recorded key":  {script, want, false},
		"another header":    {script, of(`{"b":1}`, `{"b":5}`, `{"b":6}`, `{"b":1}`), false},
		"another column":    {script, of(`{"c":1}`, `{"b":5}`, `{"b":5}`, `{"b":1}`), false},
		"without the end":   {script, good[:2], false},
		"no such statement": {"create table t (id int primary key, b int)", good, false},
		"of a constraint":   {"alter table t replica identity using index t_b_key", good, true},
	} {
		s := place(t, "postgres", tt.script, "")
		s.topic("p.d.t", tt.got, want)
		if (len(s.faults) == 0) != tt.equal {
			t.Errorf("%s: %q", name, s.faults)
		}
	}
}

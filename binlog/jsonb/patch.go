package jsonb

import (
	"bytes"
	"slices"
	"strconv"
)

// With binlog_row_value_options=PARTIAL_JSON an update may hold, instead of a
// document, what to change in the one before: a run of operation, path and
// binary value.
// https://dev.mysql.com/doc/dev/mysql-server/latest/json__diff_8h.html

const (
	patchReplace = 0
	patchInsert  = 1
	patchRemove  = 2
)

// AppendPatched applies changes to a document, and appends what comes of it as
// Printer.Append does.
func AppendPatched(dst, before, patch []byte) (text []byte, err error) {
	if len(before) == 0 {
		return nil, ErrDamaged
	}
	root := &node{typ: before[0], data: before[1:]}
	for r := (patchReader{b: patch}); len(r.b) > 0; {
		if !root.change(&r) {
			return nil, ErrDamaged
		}
	}
	p := printer{dst: dst, budget: 2 * (len(before) + len(patch))}
	return p.done(p.node(root, 1))
}

// node is a value of a document that is being changed: binary, until
// something inside of it changes.
type node struct {
	typ  byte
	data []byte

	open  bool // the fields below hold
	keyed bool
	keys  [][]byte
	kids  []*node
}

// change reads one change and makes it.
func (n *node) change(r *patchReader) bool {
	operation := r.byte()
	path := r.sized()
	if r.short || operation > patchRemove {
		return false
	}
	var fresh *node
	if operation != patchRemove {
		value := r.sized()
		if r.short || len(value) == 0 {
			return false
		}
		fresh = &node{typ: value[0], data: value[1:]}
	}
	legs, ok := parsePath(path)
	if !ok {
		return false
	}
	if len(legs) == 0 {
		if operation == patchReplace {
			*n = *fresh
		}
		return operation == patchReplace
	}
	for _, leg := range legs[:len(legs)-1] {
		if n = n.child(leg); n == nil {
			return false
		}
	}
	return n.put(legs[len(legs)-1], operation, fresh)
}

// put replaces, inserts or removes the child that leg names.
func (n *node) put(leg pathLeg, operation byte, fresh *node) bool {
	if !leg.keyed && !n.isArray() { // a value is its own first cell
		if operation == patchReplace && n.cell(leg, 1) == 0 {
			*n = *fresh
			return true
		}
		return false
	}
	i, found, ok := n.index(leg)
	free := operation == patchInsert && (!found || !leg.keyed)
	switch {
	case !ok, !found && !free, found && operation == patchInsert && !free:
		return false
	case operation == patchReplace:
		n.kids[i] = fresh
	case operation == patchInsert:
		n.kids = slices.Insert(n.kids, i, fresh)
		if n.keyed {
			n.keys = slices.Insert(n.keys, i, leg.key)
		}
	default:
		n.kids = slices.Delete(n.kids, i, i+1)
		if n.keyed {
			n.keys = slices.Delete(n.keys, i, i+1)
		}
	}
	return true
}

func (n *node) isArray() bool {
	if n.open {
		return !n.keyed
	}
	return n.typ == typeSmallArray || n.typ == typeLargeArray
}

// child returns what leg names; nil for nothing.
func (n *node) child(leg pathLeg) *node {
	if !leg.keyed && !n.isArray() {
		if n.cell(leg, 1) == 0 {
			return n
		}
		return nil
	}
	i, found, ok := n.index(leg)
	if !ok || !found {
		return nil
	}
	return n.kids[i]
}

// index returns where leg stands among the children, or would stand when it
// isn't found. ok is false when there are no children of that sort.
func (n *node) index(leg pathLeg) (i int, found, ok bool) {
	if !n.expand() || n.keyed != leg.keyed {
		return 0, false, false
	}
	if leg.keyed {
		i, found = slices.BinarySearchFunc(n.keys, leg.key, compareKeys)
		return i, found, true
	}
	i = n.cell(leg, len(n.kids))
	if i < 0 {
		return 0, false, false
	}
	return min(i, len(n.kids)), i < len(n.kids), true
}

// cell is the index of a cell in an array of so many; negative for none.
func (*node) cell(leg pathLeg, size int) int {
	if leg.fromEnd {
		return size - 1 - leg.at
	}
	return leg.at
}

// compareKeys orders keys as they are stored: by length, then by bytes.
func compareKeys(a, b []byte) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return bytes.Compare(a, b)
}

// expand takes a container apart.
func (n *node) expand() bool {
	if n.open {
		return true
	}
	if n.typ > typeLargeArray {
		return false
	}
	c, ok := openContainer(n.typ, n.data)
	if !ok {
		return false
	}
	for i := range c.count {
		typ, value, ok := c.element(i)
		if !ok {
			return false
		}
		if c.keyed {
			key, ok := c.key(i)
			if !ok {
				return false
			}
			n.keys = append(n.keys, key)
		}
		n.kids = append(n.kids, &node{typ: typ, data: value})
	}
	n.open, n.keyed = true, c.keyed
	return true
}

// node prints a value that may have changed.
func (p *printer) node(n *node, depth int) bool {
	if !n.open {
		return p.value(n.typ, n.data, depth)
	}
	if depth > MaxDepth {
		p.deep = true
		return false
	}
	brackets := "[]"
	if n.keyed {
		brackets = "{}"
	}
	p.dst = append(p.dst, brackets[0])
	for i, kid := range n.kids {
		if i > 0 {
			p.dst = append(p.dst, ',')
		}
		if n.keyed {
			p.dst = append(appendString(p.dst, n.keys[i]), ':')
		}
		if !p.node(kid, depth+1) {
			return false
		}
	}
	p.dst = append(p.dst, brackets[1])
	return true
}

// pathLeg is one step of a path: a key, or a cell, counted from the start or
// from the end.
type pathLeg struct {
	keyed, fromEnd bool
	key            []byte
	at             int
}

// parsePath takes a path apart: $.key."other key"[1][last-1].
func parsePath(path []byte) (legs []pathLeg, ok bool) {
	path, ok = bytes.CutPrefix(path, []byte("$"))
	if !ok {
		return nil, false
	}
	for len(path) > 0 {
		var leg pathLeg
		switch path[0] {
		case '.':
			leg, path, ok = parseKeyLeg(path[1:])
		case '[':
			leg, path, ok = parseCellLeg(path[1:])
		default:
			return nil, false
		}
		if !ok {
			return nil, false
		}
		legs = append(legs, leg)
	}
	return legs, true
}

func parseKeyLeg(path []byte) (leg pathLeg, rest []byte, ok bool) {
	leg.keyed = true
	if len(path) == 0 || path[0] != '"' {
		end := bytes.IndexAny(path, ".[")
		if end < 0 {
			end = len(path)
		}
		leg.key = path[:end]
		return leg, path[end:], end > 0 && !bytes.ContainsAny(leg.key, `*"`)
	}
	end := stringEnd(path[1:])
	if end < 0 {
		return leg, nil, false
	}
	body := path[1 : 1+end]
	leg.key = []byte{}
	for len(body) > 0 {
		n := bytes.IndexByte(body, '\\')
		if n < 0 {
			n = len(body)
		}
		leg.key = append(leg.key, body[:n]...)
		if body = body[n:]; len(body) > 0 {
			if leg.key, body, ok = appendUnescaped(leg.key, body[1:]); !ok {
				return leg, nil, false
			}
		}
	}
	return leg, path[end+2:], true
}

func parseCellLeg(path []byte) (leg pathLeg, rest []byte, ok bool) {
	cell, rest, ok := bytes.Cut(path, []byte("]"))
	if !ok {
		return leg, nil, false
	}
	cell = bytes.TrimSpace(cell)
	if back, found := bytes.CutPrefix(cell, []byte("last")); found {
		leg.fromEnd = true
		cell = bytes.TrimSpace(back)
		if len(cell) == 0 {
			return leg, rest, true
		}
		if cell, found = bytes.CutPrefix(cell, []byte("-")); !found {
			return leg, nil, false
		}
		cell = bytes.TrimSpace(cell)
	}
	at, err := strconv.ParseUint(string(cell), 10, 32)
	leg.at = int(at)
	return leg, rest, err == nil
}

package ddl

import "testing"

func TestBrokenTypes(t *testing.T) {
	for _, text := range []string{"enum('a", "varchar(", "varchar(x)", "set('a' 'b')", "decimal(1,2"} {
		if _, err := ParseType(text); err == nil {
			t.Errorf("type %q: no error", text)
		}
	}
}

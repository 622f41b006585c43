package binlog

import (
	"strings"
	"testing"

	"cdc/binlog/ddl"
	"cdc/event"
)

func TestLosesCascades(t *testing.T) {
	tests := []struct {
		version, native string
		flavor          Flavor
		lost            bool
		way             string // part of it
	}{
		{"11.4.5-MariaDB", "", MariaDB, true, ""},
		{"8.4.2", "", MySQL, true, "upgrade"},
		{"9.5.0", "", MySQL, true, "upgrade"},
		{"9.6.0", "OFF", MySQL, false, ""},
		{"9.7.0", "ON", MySQL, true, "innodb_native_foreign_keys=OFF"},
		{"10.0.0", "", MySQL, false, ""},
	}
	for _, tt := range tests {
		s := &server{version: tt.version, flavor: tt.flavor, vars: map[string]string{"innodb_native_foreign_keys": tt.native}}
		if lost, way := s.losesCascades(); lost != tt.lost || !strings.Contains(way, tt.way) {
			t.Errorf("%s: %v, %q", tt.version, lost, way)
		}
	}
}

func TestEngineFinding(t *testing.T) {
	for engine, want := range map[string]bool{"InnoDB": false, "": false, "MyISAM": true, "Aria": true, "MEMORY": true} {
		table := described{name: ddl.Name{Database: "shop", Table: "t"}, engine: engine}
		got := table.engineFinding()
		if (len(got) == 1) != want {
			t.Errorf("%s: %+v", engine, got)
		}
		for _, f := range got {
			if f.Level != event.LevelWarn || !strings.Contains(f.Detail, engine) || !strings.Contains(f.Fix, "ALTER TABLE `shop`.`t` ENGINE=InnoDB") {
				t.Errorf("%s: %+v", engine, f)
			}
		}
	}
}

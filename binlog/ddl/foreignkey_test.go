package ddl

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCascadingKeys(t *testing.T) {
	const create = "CREATE TABLE `t` (\n  `id` int NOT NULL COMMENT 'x references y on delete cascade',\n" +
		"  `at` timestamp NULL DEFAULT NULL ON UPDATE current_timestamp(),\n  `cascade` int DEFAULT NULL /*!80023 INVISIBLE */,\n" +
		"  PRIMARY KEY (`id`),\n  KEY `a` (`cascade`),\n" +
		"  CONSTRAINT `both` FOREIGN KEY (`a`) REFERENCES `a` (`id`) ON DELETE CASCADE ON UPDATE SET NULL,\n" +
		"  CONSTRAINT `strict` FOREIGN KEY (`a`) REFERENCES `a` (`id`),\n" +
		"  CONSTRAINT `refuses` FOREIGN KEY (`a`) REFERENCES `a` (`id`) ON DELETE RESTRICT ON UPDATE NO ACTION,\n" +
		"  CONSTRAINT `far``s` FOREIGN KEY (`b`) REFERENCES `other`.`b` (`id`) ON UPDATE CASCADE\n) ENGINE=InnoDB COMMENT='on delete cascade'"
	got := CascadingKeys(create, "shop")
	want := []ForeignKey{
		{"both", Name{"shop", "a"}, []string{"ON DELETE CASCADE", "ON UPDATE SET NULL"}},
		{"far`s", Name{"other", "b"}, []string{"ON UPDATE CASCADE"}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(ForeignKey{}, Name{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

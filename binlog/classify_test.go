package binlog

import (
	"strings"
	"testing"

	gomysql "github.com/go-mysql-org/go-mysql/mysql"
)

// TestSameServerID: the servers say in several ways that another replica calls
// itself as we do; the setting is named, and it is tried again.
func TestSameServerID(t *testing.T) {
	st := &stream{Source: lockSource(t, "a.b"), endpoint: &endpoint{addr: "db:3306"}}
	for code, text := range map[uint16]string{
		1236: "A slave with the same server_uuid/server_id as this slave has connected to the source",
		4052: "Slave with id 7 is there already",
	} {
		err := st.classify(&gomysql.MyError{Code: code, Message: text})
		if err == nil || isPermanent(err) || !strings.Contains(err.Error(), "set server_id of the source") {
			t.Errorf("%d: %v", code, err)
		}
	}
}

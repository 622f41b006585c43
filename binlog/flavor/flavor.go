package flavor

// Flavor is the family of the server.
type Flavor uint8

// The families.
const (
	MySQL Flavor = iota
	MariaDB
)

// String is the name that the configuration uses.
func (f Flavor) String() string {
	if f == MariaDB {
		return "mariadb"
	}
	return "mysql"
}

// Product is the name of the server in messages.
func (f Flavor) Product() string {
	if f == MariaDB {
		return "MariaDB"
	}
	return "MySQL"
}

// Other is the other of the two.
func (f Flavor) Other() Flavor {
	if f == MariaDB {
		return MySQL
	}
	return MariaDB
}

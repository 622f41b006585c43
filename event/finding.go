package event

// Level says how bad a finding is.
type Level = string

// The levels of a finding.
const (
	LevelOK   = "ok"
	LevelWarn = "warn" // capture works, but not as well as it could
	LevelFail = "fail" // capture can't work
)

// Finding is one result of an examination of a server or a broker.
type Finding struct {
	// Level is LevelOK, LevelWarn or LevelFail.
	Level Level `json:"level"`
	// Check names what was looked at, in a few words.
	Check string `json:"check"`
	// Detail says what was found.
	Detail string `json:"detail,omitempty"`
	// Fix is the statement, the command or the setting that mends it.
	Fix string `json:"fix,omitempty"`
}

package golden

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	uniqueKey = regexp.MustCompile("(?i)\\bunique\\s+(?:key\\s+|index\\s+)?[`\"]?(\\w+)[`\"]?\\s*(?:on\\s+[\\w.`]+\\s*)?\\(([^)]*)\\)")
	dropIndex = regexp.MustCompile("(?i)\\bdrop\\s+(?:key|index)\\s+(?:if\\s+exists\\s+)?[`\"]?(\\w+)")
)

// droppedKey: the columns of theirs are those of a unique key that a statement
// dropped.
func droppedKey(s *spot) bool {
	ofRecord := s.part == "key" && s.path == ""
	if !s.mysqlLike() || !ofRecord && !strings.HasSuffix(s.path, ".primaryKeyColumnNames") {
		return false
	}
	theirs := namesOf(s.theirs)
	for _, dropped := range dropIndex.FindAllStringSubmatch(s.scripts, -1) {
		for _, key := range uniqueKey.FindAllStringSubmatch(s.scripts, -1) {
			if key[1] == dropped[1] && len(theirs) > 0 && slices.Equal(columnsOf(key[2]), theirs) {
				return s.ours != ""
			}
		}
	}
	return false
}

// namesOf are the columns of a key, or those that a list names, in alphabetical
// order and lower case.
func namesOf(text string) []string {
	var list []string
	if json.Unmarshal([]byte(text), &list) != nil {
		var key map[string]any
		if json.Unmarshal(payloadOf([]byte(text)), &key) != nil {
			return nil
		}
		list = slices.Collect(maps.Keys(key))
	}
	return columnsOf(strings.Join(list, ","))
}

// columnsOf cuts a list of columns as a statement has it.
func columnsOf(text string) []string {
	var list []string
	for name := range strings.SplitSeq(strings.ToLower(text), ",") {
		list = append(list, strings.Trim(name, "`\" \t\n"))
	}
	slices.Sort(list)
	return list
}

var messagesByAddress = regexp.MustCompile(`io\.debezium\.connector\.postgresql\.LogicalDecodingMessageMonitor\$LogicalDecodingMessageId@[0-9a-f]+`)

// addressOfMessages: the counts are the same, but for the name, whose address
// also decides on the order.
func addressOfMessages(s *spot) bool {
	if !s.postgres() || !strings.HasSuffix(s.path, "data_collections") || !messagesByAddress.MatchString(s.theirs) {
		return false
	}
	return slices.Equal(itemsOf(s.ours), itemsOf(messagesByAddress.ReplaceAllString(s.theirs, "LOGICAL_DECODING_MESSAGE")))
}

// itemsOf are the items of an array in the order of their texts.
func itemsOf(text string) []string {
	var list []string
	members, _ := membersOf([]byte(text))
	for _, m := range members {
		list = append(list, text[m.start:m.end])
	}
	slices.Sort(list)
	return list
}

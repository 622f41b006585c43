package golden

import (
	"cmp"
	"slices"
	"strings"
)

const (
	jsonConverter   = "org.apache.kafka.connect.json.JsonConverter"
	stringConverter = "org.apache.kafka.connect.storage.StringConverter"
	simpleConverter = "org.apache.kafka.connect.storage.SimpleHeaderConverter"
)

// converters translates the properties of key, value and header converter. The
// worker's own is the JsonConverter with schemas.
func (s *Settings) converters() {
	for part, prefix := range map[string]string{"key": "key_", "value": ""} {
		s.converter(part)
		// Ours for keys follow those for values, theirs don't: each is said.
		s.Format[prefix+"decimal_format"] = strings.ToLower(cmp.Or(s.config[part+".converter.decimal.format"], "base64"))
		s.Format[prefix+"replace_null_with_default"] = !strings.EqualFold(s.config[part+".converter.replace.null.with.default"], "false")
	}
	switch class := s.config["header.converter"]; {
	case class == "" || class == simpleConverter:
	case class == stringConverter:
		s.Format["header"] = "string"
	case class == jsonConverter:
		s.Format["header"] = s.jsonFormat("header")
	default:
		s.notYet("header.converter", class)
	}
}

// takeConverter takes the properties of converters; false for any other. What a
// converter that we don't know was told isn't told again.
func (s *Settings) takeConverter(name, value string) bool {
	part, option, ok := strings.Cut(name, ".converter")
	if !ok || part != "key" && part != "value" && part != "header" {
		return false
	}
	class := s.config[part+".converter"]
	switch option = strings.TrimPrefix(option, "."); {
	case option == "" || class != "" && class != jsonConverter && !isAvro(class):
	case slices.Contains(harmlessOptions, option) || strings.HasPrefix(option, "apicurio.registry.url"):
	case isAvro(class) && avroOptions[option] != nil && avroOptions[option](s, part, value):
	default:
		s.notYet(name, value)
	}
	return true
}

// harmlessOptions of a converter are read elsewhere or change nothing.
var harmlessOptions = []string{"schemas.enable", "decimal.format", "replace.null.with.default", "schemas.cache.size", "schema.registry.url", "max.schemas.per.subject"}

// avroOptions are those of converters to Avro.
var avroOptions = map[string]func(s *Settings, part, value string) bool{
	"apicurio.registry.auto-register":   eitherWay,
	"apicurio.registry.find-latest":     is("true"),
	"apicurio.registry.as-confluent":    is("true"),
	"apicurio.registry.headers.enabled": is("false"),
	"auto.register.schemas":             eitherWay,
	"enhanced.avro.schema.support":      is("false"),
	"connect.meta.data":                 is("true"),
	"key.subject.name.strategy":         subjectNames("key"),
	"value.subject.name.strategy":       subjectNames("value"),
}

func is(want string) func(*Settings, string, string) bool {
	return func(_ *Settings, _, value string) bool { return strings.EqualFold(value, want) }
}

// eitherWay: who may not register schemas finds them in the registry, where a
// recording has records. Those of a replay are new to its registry: it registers
// them, and the records are the same.
func eitherWay(_ *Settings, _, value string) bool {
	return strings.EqualFold(value, "false") || strings.EqualFold(value, "true")
}

// subjectNames takes the strategy for one part; that for the other part has no
// meaning in its converter.
func subjectNames(of string) func(*Settings, string, string) bool {
	return func(s *Settings, part, value string) bool {
		name, known := map[string]string{
			"TopicNameStrategy": "topic", "RecordNameStrategy": "record", "TopicRecordNameStrategy": "topic_record",
		}[strings.TrimPrefix(value, "io.confluent.kafka.serializers.subject.")]
		if part == of {
			s.Registry[part+"_subject_name_strategy"] = name
		}
		return known || part != of
	}
}

func (s *Settings) converter(part string) {
	class := s.config[part+".converter"]
	switch {
	case class == "" || class == jsonConverter:
		s.Format[part] = s.jsonFormat(part)
	case isAvro(class):
		s.Avro = true
		s.Format[part] = "avro"
	case class == stringConverter:
		s.Format[part] = "string"
	case part == "value" && slices.Contains(bytesConverters, class):
		s.Format[part] = "bytes"
	default:
		s.notYet(part+".converter", class)
	}
}

// bytesConverters write bytes as they are. What isn't bytes is left to another
// converter.
var bytesConverters = []string{"io.debezium.converters.BinaryDataConverter", "io.debezium.converters.ByteArrayConverter", "org.apache.kafka.connect.converters.ByteArrayConverter"}

// jsonFormat: with schemas, unless they are switched off.
func (s *Settings) jsonFormat(part string) string {
	if strings.EqualFold(s.config[part+".converter.schemas.enable"], "false") {
		return "json"
	}
	return "json_schema"
}

func isAvro(class string) bool {
	return strings.HasPrefix(class, "io.") && strings.HasSuffix(class, ".AvroConverter")
}

package golden

import (
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
	for _, part := range []string{"key", "value"} {
		s.converter(part)
	}
	s.decimalFormat()
	switch class := s.config["header.converter"]; {
	case class == "" || class == simpleConverter:
	case class == stringConverter:
		s.Format["header"] = "string"
	case class == jsonConverter && s.config["header.converter.schemas.enable"] == "false":
		s.Format["header"] = "json"
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
	case option == "replace.null.with.default":
		if part == "value" {
			s.Format["replace_null_with_default"] = strings.EqualFold(value, "true")
		}
	case isAvro(class) && avroOptions[option] != nil && avroOptions[option](s, part, value):
	default:
		s.notYet(name, value)
	}
	return true
}

// harmlessOptions of a converter are read elsewhere or change nothing.
var harmlessOptions = []string{"schemas.enable", "decimal.format", "schemas.cache.size", "schema.registry.url", "max.schemas.per.subject"}

// avroOptions are those of converters to Avro.
var avroOptions = map[string]func(s *Settings, part, value string) bool{
	"apicurio.registry.auto-register":   is("true"),
	"apicurio.registry.find-latest":     is("true"),
	"apicurio.registry.as-confluent":    is("true"),
	"apicurio.registry.headers.enabled": is("false"),
	"auto.register.schemas":             is("true"),
	"enhanced.avro.schema.support":      is("false"),
	"connect.meta.data":                 is("true"),
	"key.subject.name.strategy":         subjectNames,
	"value.subject.name.strategy":       subjectNames,
}

func is(want string) func(*Settings, string, string) bool {
	return func(_ *Settings, _, value string) bool { return strings.EqualFold(value, want) }
}

// subjectNames: which subject a schema has is nothing that a record shows.
func subjectNames(*Settings, string, string) bool { return true }

func (s *Settings) converter(part string) {
	class := s.config[part+".converter"]
	switch {
	case class == "" || class == jsonConverter:
		s.Format[part] = "json_schema"
		if strings.EqualFold(s.config[part+".converter.schemas.enable"], "false") {
			s.Format[part] = "json"
		}
	case isAvro(class):
		s.Avro = true
		s.Format[part] = "avro"
	default:
		s.notYet(part+".converter", class)
	}
}

func isAvro(class string) bool {
	return strings.HasPrefix(class, "io.") && strings.HasSuffix(class, ".AvroConverter")
}

// decimalFormat: one key of ours holds for both parts.
func (s *Settings) decimalFormat() {
	key, value := s.config["key.converter.decimal.format"], s.config["value.converter.decimal.format"]
	if value != "" {
		s.Format["decimal_format"] = strings.ToLower(value)
	}
	if key != "" && !strings.EqualFold(key, value) && !strings.EqualFold(key, "base64") {
		s.notYet("key.converter.decimal.format", key)
	}
}

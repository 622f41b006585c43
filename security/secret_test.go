package security_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.yaml.in/yaml/v3"

	"cdc/security"
)

const plain = "ge\"heim-%d"

// login is a value that holds a secret as configurations do.
type login struct {
	User     string
	Password security.Secret
	Old      []security.Secret
	Next     *security.Secret
	ByName   map[string]security.Secret
}

func newLogin() login {
	secret := security.Secret(plain)
	return login{"cdc", secret, []security.Secret{secret}, &secret, map[string]security.Secret{"a": secret}}
}

// TestSecretIsNeverPrinted prints a secret, and values that hold one, in every
// way that the service has.
func TestSecretIsNeverPrinted(t *testing.T) {
	secret := security.Secret(plain)
	for name, value := range map[string]any{"secret": secret, "pointer": &secret, "struct": newLogin(), "struct pointer": new(newLogin())} {
		for way, show := range printers() {
			text := show(t, value)
			if strings.Contains(text, "heim") || strings.Contains(text, fmt.Sprintf("%x", "heim")) {
				t.Errorf("%s by %s: %s", name, way, text)
			}
		}
	}
}

func printers() map[string]func(testing.TB, any) string {
	all := map[string]func(testing.TB, any) string{
		"json": func(t testing.TB, v any) string { return marshal(t, v, json.Marshal) },
		"yaml": func(t testing.TB, v any) string { return marshal(t, v, yaml.Marshal) },
		"xml": func(t testing.TB, _ any) string {
			type one struct{ Password security.Secret }
			return marshal(t, one{plain}, xml.Marshal)
		},
		"zap json":     func(_ testing.TB, v any) string { return logged(v, zapcore.NewJSONEncoder) },
		"zap console":  func(_ testing.TB, v any) string { return logged(v, zapcore.NewConsoleEncoder) },
		"fmt.Sprint":   func(_ testing.TB, v any) string { return fmt.Sprint(v) },
		"fmt.Errorf":   func(_ testing.TB, v any) string { return fmt.Errorf("connect as %v", v).Error() },
		"fmt.Sprintln": func(_ testing.TB, v any) string { return fmt.Sprintln(v) },
	}
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%#q", "%x", "%X", "% x", "%d", "%t", "%f", "%c", "%5.2s", "%z"} {
		all[verb] = func(_ testing.TB, v any) string { return fmt.Sprintf(verb, v) }
	}
	return all
}

func marshal(t testing.TB, v any, with func(any) ([]byte, error)) string {
	t.Helper()
	text, err := with(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func logged(v any, encoder func(zapcore.EncoderConfig) zapcore.Encoder) string {
	var b strings.Builder
	core := zapcore.NewCore(encoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&b), zap.DebugLevel)
	log := zap.New(core)
	log.Info("message", zap.Any("any", v), zap.Reflect("reflect", v))
	log.Sugar().Infow("message", "sugar", v)
	log.Sugar().Infof("message %v %d", v, v)
	return b.String()
}

// What a reader of `cdc config print` sees: that there is a secret, or none.
func TestSecretShowsWhetherItIsSet(t *testing.T) {
	for secret, want := range map[security.Secret]string{plain: "********", "": ""} {
		if got := secret.String(); got != want {
			t.Errorf("String: %q, want %q", got, want)
		}
		if got := fmt.Sprintf("<%s>", secret); got != "<"+want+">" {
			t.Errorf("%%s: %q, want %q", got, want)
		}
	}
	if got := security.Secret(plain).Reveal(); got != plain {
		t.Errorf("Reveal: %q, want %q", got, plain)
	}
}

// A secret is read as the text that it is.
func TestSecretIsReadFromYAML(t *testing.T) {
	var l login
	if err := yaml.Unmarshal([]byte(`password: 'a: "b" $c'`), &l); err != nil {
		t.Fatal(err)
	}
	if got, want := l.Password.Reveal(), `a: "b" $c`; got != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

package registry

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"cdc/event"
	"cdc/security"
)

// Config says where the schema registry is and how schemas are put
// there. Beside each setting stands that of Confluent's converter.
type Config struct {
	// URLs are the addresses of one registry's API, tried in this order
	// (schema.registry.url). Apicurio's ends in /apis/ccompat/v7.
	URLs Addresses `yaml:"url"`
	// Username and Password are sent as basic authentication
	// (basic.auth.user.info).
	Username string          `yaml:"username"`
	Password security.Secret `yaml:"password"`
	// BearerToken is sent instead of them (bearer.auth.token).
	BearerToken security.Secret `yaml:"bearer_token"`
	// TLS holds for https addresses; without a mode they are verified with the
	// system's certificates.
	TLS security.TLS `yaml:"tls"`
	// KeySubject and ValueSubject say how subjects are named
	// (key.subject.name.strategy, value.subject.name.strategy): topic, record or
	// topic_record; topic when empty.
	KeySubject   SubjectStrategy `yaml:"key_subject_name_strategy"`
	ValueSubject SubjectStrategy `yaml:"value_subject_name_strategy"`
	// AutoRegister puts a schema that isn't there under its subject; when false a
	// missing schema is an error (auto.register.schemas). True when nil.
	AutoRegister *bool `yaml:"auto_register"`
	// Normalize has the registry compare schemas in their normal form
	// (normalize.schemas).
	Normalize bool `yaml:"normalize"`
	// RequestTimeout is how long the registry may take to answer; 10 s when 0.
	RequestTimeout time.Duration `yaml:"request_timeout"`
}

// Addresses is a list, which YAML may also hold as the single address that most
// people have.
type Addresses []string

// UnmarshalYAML takes a list or one address.
func (a *Addresses) UnmarshalYAML(decode func(any) error) error {
	*a = nil
	var list []string
	if err := decode(&list); err == nil {
		*a = list
		return nil
	}
	var one string
	if err := decode(&one); err != nil {
		return err
	}
	if one != "" {
		*a = Addresses{one}
	}
	return nil
}

// SubjectStrategy says how the subject of a schema is named.
type SubjectStrategy string

// The strategies.
const (
	// SubjectTopic: <topic>-key and <topic>-value.
	SubjectTopic SubjectStrategy = "topic"
	// SubjectRecord: the full name of the record's schema.
	SubjectRecord SubjectStrategy = "record"
	// SubjectTopicRecord: <topic>-<full name of the record's schema>.
	SubjectTopicRecord SubjectStrategy = "topic_record"
)

// Subject returns the name of the subject for the key ("key") or the value
// ("value") of a topic's records, whose schema has this full name.
func (s SubjectStrategy) Subject(topic, part, record string) string {
	switch s {
	case SubjectRecord:
		return record
	case SubjectTopicRecord:
		return topic + "-" + record
	default:
		return topic + "-" + part
	}
}

func (s SubjectStrategy) check() error {
	if slices.Contains([]SubjectStrategy{SubjectTopic, SubjectRecord, SubjectTopicRecord}, s) {
		return nil
	}
	return fmt.Errorf("%q is not one of topic, record, topic_record", string(s))
}

// answerIn is how long a registry may take when nothing else is said.
const answerIn = 10 * time.Second

// Complete returns c with every empty setting filled in. URLs have no default.
func (c Config) Complete() Config {
	c.KeySubject = cmp.Or(c.KeySubject, SubjectTopic)
	c.ValueSubject = cmp.Or(c.ValueSubject, SubjectTopic)
	if c.AutoRegister == nil {
		c.AutoRegister = new(true)
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = answerIn
	}
	return c
}

// Validate reports the first setting that can't work. The error begins with
// its path below the registry. Nothing is opened.
func (c Config) Validate() error {
	c = c.Complete()
	if err := c.checkURLs(); err != nil {
		return err
	}
	if err := c.KeySubject.check(); err != nil {
		return fmt.Errorf("key_subject_name_strategy: %w", err)
	}
	if err := c.ValueSubject.check(); err != nil {
		return fmt.Errorf("value_subject_name_strategy: %w", err)
	}
	if c.RequestTimeout < 0 {
		return fmt.Errorf("request_timeout: %s is not a time to wait", c.RequestTimeout)
	}
	return c.checkIdentity()
}

func (c Config) checkURLs() error {
	if len(c.URLs) == 0 {
		return errors.New(`url: at least one address like "http://127.0.0.1:8081" is needed`)
	}
	for i, text := range c.URLs {
		u, err := url.Parse(text)
		switch {
		case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.RawQuery != "", u.Fragment != "":
			// The text may hold a password.
			return fmt.Errorf(`url[%d]: not an address like "http://127.0.0.1:8081"`, i)
		case u.User != nil:
			return fmt.Errorf("url[%d]: holds a user; set username and password instead", i)
		case u.Scheme == "http" && c.TLS.Enabled():
			return fmt.Errorf("tls.mode: has no effect on url[%d], which isn't https", i)
		}
	}
	return nil
}

func (c Config) checkIdentity() error {
	switch {
	case c.Username != "" && c.BearerToken != "":
		return errors.New("bearer_token: set either it or username and password")
	case c.Username == "" && c.Password != "":
		return errors.New("username: needed with a password")
	case c.TLS.Mode == security.Prefer || c.TLS.Mode == security.Disable && c.encrypted():
		return fmt.Errorf("tls.mode: %s has no meaning here, where the url says whether to encrypt", c.TLS.Mode)
	}
	if err := c.TLS.Validate(); err != nil {
		return fmt.Errorf("tls.%w", err)
	}
	return nil
}

func (c Config) encrypted() bool {
	return slices.ContainsFunc(c.URLs, func(u string) bool { return strings.HasPrefix(u, "https:") })
}

// client returns a client of the registry. Files are read now.
func (c Config) client() (*sr.Client, *http.Transport, error) {
	// Without a host: the transport fills in that of the URL.
	encrypted, err := c.TLS.Config("")
	if err != nil {
		return nil, nil, fmt.Errorf("%w: registry: tls.%w", event.ErrConfig, err)
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: encrypted, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
	}
	opts := []sr.ClientOpt{
		sr.URLs(c.URLs...), sr.UserAgent("cdc"),
		sr.HTTPClient(&http.Client{Transport: transport, Timeout: c.RequestTimeout}),
	}
	switch {
	case c.Username != "":
		opts = append(opts, sr.BasicAuth(c.Username, c.Password.Reveal()))
	case c.BearerToken != "":
		opts = append(opts, sr.BearerToken(c.BearerToken.Reveal()))
	}
	if c.Normalize {
		opts = append(opts, sr.DefaultParams(sr.Normalize))
	}
	client, err := sr.NewClient(opts...)
	if err != nil {
		return nil, nil, fmt.Errorf("registry: %w", err)
	}
	return client, transport, nil
}

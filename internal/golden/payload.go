package golden

import "strings"

// PayloadOnly has the case compared without schemas, whatever was recorded.
func (c *Case) PayloadOnly() {
	for _, part := range []string{"key", "value"} {
		c.Config[part+".converter.schemas.enable"] = "false"
	}
	c.payload = true
	for i, p := range c.Volatile {
		c.Volatile[i] = strings.Replace(p, ".payload.", ".", 1)
	}
}

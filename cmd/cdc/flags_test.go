package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What stands in back quotes in the help of a flag is the name of its value: one word.
func TestValuesOfFlagsHaveNames(t *testing.T) {
	for list := []*cobra.Command{newRoot()}; len(list) > 0; list = list[1:] {
		cmd := list[0]
		list = slices.Concat(list, cmd.Commands())
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if name, _ := pflag.UnquoteUsage(f); strings.Contains(name, " ") {
				t.Errorf("%s shows --%s %s", cmd.CommandPath(), f.Name, name)
			}
		})
	}
}

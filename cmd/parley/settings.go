package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/alecthomas/kong"
	"gopkg.in/yaml.v3"
)

// settingsFile is what a --config file says: for flags, by their names, a string or a list of strings. One file serves all
// commands, each of which takes what it has a flag for. The command line and the environment go before it.
type settingsFile map[string]any

var _ kong.Resolver = settingsFile(nil)

// loadSettings reads a YAML mapping. Values are taken as they are written, so that they mean what they do in a flag:
// a duration has its unit here too.
func loadSettings(r io.Reader) (kong.Resolver, error) {
	written := map[string]yaml.Node{}
	if err := yaml.NewDecoder(r).Decode(&written); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("--config: %w", err)
	}
	settings := settingsFile{}
	for name, node := range written {
		value, err := settingOf(&node)
		if err != nil {
			return nil, fmt.Errorf("--config: line %d: %s %w", node.Line, name, err)
		}
		settings[name] = value
	}
	return settings, nil
}

// settingOf is a value of the file as a flag takes it.
func settingOf(node *yaml.Node) (any, error) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch {
	case node.Kind == yaml.ScalarNode && node.Tag == "!!null":
		return nil, errors.New(`has no value; the empty one is ""`)
	case node.Kind == yaml.ScalarNode:
		return node.Value, nil
	case node.Kind != yaml.SequenceNode:
		return nil, errors.New("is neither a value nor a list of values")
	}
	list := []any{}
	for _, item := range node.Content {
		if item.Kind != yaml.ScalarNode {
			return nil, errors.New("is not a list of plain values")
		}
		list = append(list, item.Value)
	}
	return list, nil
}

// Validate refuses settings that no command has: a misspelt one would be a default that nobody wanted.
func (s settingsFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, command := range app.Leaves(false) {
		for _, group := range command.AllFlags(false) {
			for _, flag := range group {
				known[flag.Name] = true
			}
		}
	}
	var strange []string
	for name := range s {
		if !known[name] {
			strange = append(strange, name)
		}
	}
	if len(strange) == 0 {
		return nil
	}
	return fmt.Errorf("--config: there is no setting %q", slices.Min(strange))
}

// Resolve gives a flag its value unless the environment does; flags on the command line are not asked for.
func (s settingsFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Tag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if value, ok := s[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}

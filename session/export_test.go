package session

import (
	"maps"
	"slices"
)

// MethodNames lists the registry, what is not offered yet included.
func MethodNames() []string {
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(methods)), unsupported...)))
}

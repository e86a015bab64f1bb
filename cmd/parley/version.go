package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is set by the linker for released binaries.
var release = ""

// version is the release, else the commit that the binary was built from, else "dev".
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "dev"
}

// versionCommand prints what this is.
type versionCommand struct{}

// Run prints version, Go release and platform.
func (versionCommand) Run(std stdio) error {
	_, err := fmt.Fprintf(std.out, "parley %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

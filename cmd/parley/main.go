package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait for the first to be done
	os.Exit(run(ctx, os.Args[1:], stdio{os.Stdin, os.Stdout, os.Stderr}))
}

// stdio is what a command talks through.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// commands is the command line.
type commands struct {
	Config kong.ConfigFlag `help:"YAML file with settings, named as the flags are." placeholder:"FILE"`

	Dev     devCommand     `cmd:"" help:"Run the whole server with nothing to configure, on loopback only."`
	Serve   serveCommand   `cmd:"" help:"Run the server for production."`
	Chat    chatCommand    `cmd:"" help:"Talk in a conversation, line by line."`
	Token   tokenCommand   `cmd:"" help:"Print an access token."`
	Doctor  doctorCommand  `cmd:"" help:"Check configuration, store, clock and limits, and say what to do."`
	Backup  backupCommand  `cmd:"" help:"Copy a SQLite store, also while a hub runs on it."`
	Restore restoreCommand `cmd:"" help:"Put a backup in place of a SQLite store; a new epoch begins."`
	Export  exportCommand  `cmd:"" help:"Write down what is known of a user, or all of a conversation, as JSON Lines."`
	Erase   eraseCommand   `cmd:"" help:"Have a user be forgotten, or a conversation be gone, for good."`
	Bench   benchCommand   `cmd:"" help:"Load a hub, or servers of its own, check every delivery and say what it cost."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2 // unknown flags, bad values, impossible combinations
)

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run is main without the process: it parses args, runs the command until it ends or ctx does, and answers the exit
// code. Whatever is wrong is said in one line.
func run(ctx context.Context, args []string, std stdio) (code int) {
	var cli commands
	parser, err := newParser(&cli, ctx, std)
	if err != nil {
		return complain(std, exitError, err)
	}
	defer func() {
		if r := recover(); r != nil {
			c, ok := r.(exited)
			if !ok {
				panic(r)
			}
			code = int(c)
		}
	}()
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return complain(std, exitUsage, err)
	}
	if err := parsed.Run(); err != nil {
		if errors.As(err, new(usageError)) {
			return complain(std, exitUsage, err)
		}
		return complain(std, exitError, err)
	}
	return exitOK
}

// exited carries kong's wish to end the process, as after --help.
type exited int

func complain(std stdio, code int, err error) int {
	fmt.Fprintf(std.err, "parley: %s\n", inLine(err))
	return code
}

// inLine is an error in one line, also where it joins several.
func inLine(err error) string { return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n", "; ") }

func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return "hub"
	}
	return name
}

// newParser makes the parser of the command line.
func newParser(cli *commands, ctx context.Context, std stdio) (*kong.Kong, error) { //nolint:revive // ctx goes to the commands
	return kong.New(cli,
		kong.Name("parley"),
		kong.Description("A self-hosted conversations server."),
		kong.DefaultEnvars("PARLEY"),
		kong.Configuration(loadSettings),
		kong.Writers(std.out, std.err),
		kong.Exit(func(c int) { panic(exited(c)) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(std),
		kong.Vars{"hostname": hostname()},
	)
}

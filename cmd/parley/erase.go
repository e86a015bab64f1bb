package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"parley/store/postgres"
)

// exportCommand writes down what is known of a user, or all of a conversation.
type exportCommand struct {
	subjectFlags
	To string `help:"File to write, which must not exist; by default the standard output." placeholder:"FILE"`
}

// Run writes JSON Lines; of a file that is not whole nothing stays.
func (c *exportCommand) Run(ctx context.Context, std stdio) (err error) {
	path, err := c.path("Export")
	if err != nil {
		return err
	}
	to := std.out
	if c.To != "" {
		file, err := os.OpenFile(c.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, os.ErrExist) {
			return usagef("--to: %s exists already", c.To)
		}
		if err != nil {
			return usagef("--to: %w", err)
		}
		to = file
		defer func() {
			if err = errors.Join(err, file.Close()); err != nil {
				os.Remove(c.To) //nolint:errcheck // what failed first tells more
			}
		}()
	}
	return c.reach(ctx, std, func(s *served) error {
		answer, err := s.ask(ctx, http.MethodGet, path)
		if err != nil {
			return err
		}
		defer answer.Body.Close() //nolint:errcheck // only read
		if _, err := io.Copy(to, answer.Body); err != nil {
			return fmt.Errorf("the export is not whole: %w", err)
		}
		return nil
	})
}

// eraseCommand has a user be forgotten, or a conversation be gone for good.
type eraseCommand struct {
	subjectFlags
	Yes bool `help:"Do it: there is no way back."`
}

// Run returns when all is gone. It may be called again, also where it was cut short.
func (c *eraseCommand) Run(ctx context.Context, std stdio) error {
	path, err := c.path("Erase")
	if err != nil {
		return err
	}
	if !c.Yes {
		return usagef("this cannot be undone; say --yes to erase %s", c.subject())
	}
	return c.reach(ctx, std, func(s *served) error {
		answer, err := s.ask(ctx, http.MethodPost, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s is erased\n", c.subject())
		return answer.Body.Close()
	})
}

// checkThere refuses a store that is not there: opening it would make one.
func checkThere(url string) error {
	if postgres.IsURL(url) {
		return nil
	}
	path, err := storePath(url)
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return usagef("--store: %s: %w", filepath.Base(path), errors.Unwrap(err))
	}
	return nil
}

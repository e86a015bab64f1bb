package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"parley/hub"
	"parley/session/client"
	"parley/session/wire"
)

// chatCommand is a client for people with a terminal.
type chatCommand struct {
	Identity     string `help:"Who you are." required:""`
	Conversation string `help:"Sid or unique name; it is made where nobody has that name." required:""`
	URL          string `name:"url" help:"The server." default:"http://127.0.0.1:8080"`
	Token        string `help:"Access token; else one is minted with --api-key, else asked of the server's /dev/token."`

	keyFlags
}

// history is how many messages are printed at the start.
const history = 30

// chat is one running client.
type chat struct {
	command *chatCommand
	client  *client.Client

	mu    sync.Mutex // guards out and all below
	out   io.Writer
	sid   hub.ConversationSID // known once joined; events before that wait
	early []client.Event
	shown int64 // newest message printed
}

// Run joins the conversation, prints what was and is said, and sends what is typed, until the input or ctx ends.
func (c *chatCommand) Run(ctx context.Context, std stdio) error {
	ch := &chat{command: c, out: std.out, shown: hub.NoIndex}
	cl, err := client.Dial(ctx, client.Config{
		URL: c.URL, Token: c.token, Name: "parley-chat", OnEvent: ch.event, OnState: ch.state,
	})
	if _, refused := errors.AsType[*client.Error](err); err != nil && !refused { // what was configured is wrong
		return usageError{err}
	}
	if err != nil {
		return err
	}
	defer cl.Close()
	ch.client = cl
	if err := ch.open(ctx); err != nil {
		return err
	}
	return ch.talk(ctx, std.in)
}

// token is the one given, one minted, or one asked of a dev server.
func (c *chatCommand) token(ctx context.Context) (string, error) {
	if c.Token != "" {
		return c.Token, nil
	}
	if len(c.APIKey) > 0 || c.APIKeyFile != "" {
		return c.mint(c.Identity, "", time.Hour)
	}
	target := strings.Replace(strings.TrimSuffix(c.URL, "/"), "ws", "http", 1)
	if !strings.HasPrefix(c.URL, "ws") {
		target = strings.TrimSuffix(c.URL, "/")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target+"/dev/token?identity="+url.QueryEscape(c.Identity), nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<10))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the server gives no tokens (%s): use --token or --api-key", resp.Status)
	}
	return strings.TrimSpace(string(text)), err
}

// open enters the conversation, making it where nobody has, and prints the end of its history.
func (ch *chat) open(ctx context.Context) error {
	target := ch.command.Conversation
	thread, err := ch.enter(ctx, target)
	if errors.Is(err, hub.ErrAbsent) && hub.ConversationRef(target).SID() == "" {
		_, err = ch.client.CreateConversation(ctx, client.NewConversation{UniqueName: target, FriendlyName: target})
		if err == nil || errors.Is(err, &hub.Error{Code: hub.CodeUniqueNameTaken}) { // someone was quicker
			thread, err = ch.enter(ctx, target)
		}
	}
	if err != nil {
		return err
	}
	page, err := ch.client.Messages(ctx, string(thread.SID), client.MessageQuery{Size: history})
	if err != nil {
		return err
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	fmt.Fprintf(ch.out, "-- %s as %s\n", target, ch.command.Identity)
	if thread.UnreadMessagesCount != nil {
		fmt.Fprintf(ch.out, "-- %d unread\n", *thread.UnreadMessagesCount)
	}
	for i := range page.Messages {
		ch.print(&page.Messages[i])
	}
	ch.sid = thread.SID
	for _, e := range ch.early {
		ch.show(e)
	}
	ch.early = nil
	return nil
}

// enter joins, or finds that one is in already.
func (ch *chat) enter(ctx context.Context, target string) (*client.Conversation, error) {
	joined, err := ch.client.Join(ctx, target)
	if errors.Is(err, &hub.Error{Code: hub.CodeAlreadyIn}) {
		return ch.client.Conversation(ctx, target)
	}
	if err != nil {
		return nil, err
	}
	return &joined.Conversation, nil
}

// talk sends each line and moves the read horizon along.
func (ch *chat) talk(ctx context.Context, in io.Reader) error {
	lines, failed := make(chan string), make(chan error, 1)
	go func() {
		scan := bufio.NewScanner(in)
		for scan.Scan() {
			select {
			case lines <- scan.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- scan.Err()
	}()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	read := hub.NoIndex
	for {
		select {
		case line := <-lines:
			if strings.TrimSpace(line) == "" {
				continue
			}
			if _, err := ch.client.Send(ctx, string(ch.sid), client.Draft{Body: line}); err != nil {
				return err
			}
		case <-tick.C:
			read = ch.markRead(ctx, read)
		case err := <-failed:
			ch.markRead(ctx, read)
			return err
		case <-ch.client.Done():
			return ch.client.Err()
		case <-ctx.Done():
			return nil
		}
	}
}

// markRead says that what was printed was read.
func (ch *chat) markRead(ctx context.Context, read int64) int64 {
	ch.mu.Lock()
	shown := ch.shown
	ch.mu.Unlock()
	if shown <= read {
		return read
	}
	if _, err := ch.client.AdvanceRead(ctx, string(ch.sid), shown); err != nil {
		return read // the next tick tries again
	}
	return shown
}

// event prints what happens in the conversation.
func (ch *chat) event(e client.Event) {
	ch.mu.Lock()
	defer ch.mu.Unlock()
	if ch.sid == "" {
		ch.early = append(ch.early, e)
		return
	}
	ch.show(e)
}

// show prints one event. ch.mu is held.
func (ch *chat) show(e client.Event) {
	if e.ConversationSID != ch.sid {
		return
	}
	switch e.Method {
	case wire.EventMessageAdded:
		ch.print(e.Message)
	case wire.EventMessageUpdated:
		if e.Message.Body != "" {
			fmt.Fprintf(ch.out, "-- %s changed #%d: %s\n", e.Message.LastUpdatedBy, e.Message.Index, e.Message.Body)
		}
	case wire.EventMessageRemoved:
		fmt.Fprintf(ch.out, "-- #%d was removed\n", e.Message.Index)
	case wire.EventParticipantJoined:
		fmt.Fprintf(ch.out, "-- %s joined\n", e.Participant.Identity)
	case wire.EventParticipantLeft:
		fmt.Fprintf(ch.out, "-- %s left\n", e.Participant.Identity)
	case wire.EventTypingStarted:
		fmt.Fprintf(ch.out, "-- %s is typing\n", e.Identity)
	case wire.EventConversationLeft:
		fmt.Fprintf(ch.out, "-- you are no longer in the conversation\n")
	}
}

// print prints a message that is newer than all before. ch.mu is held.
func (ch *chat) print(m *client.Message) {
	if m.Index <= ch.shown {
		return
	}
	ch.shown = m.Index
	fmt.Fprintf(ch.out, "%s  %s: %s\n", m.DateCreated.Local().Format("15:04:05"), m.Author, m.Body)
}

// state says when the connection comes and goes.
func (ch *chat) state(c client.Change) {
	if c.State != client.StateWaiting {
		return
	}
	ch.mu.Lock()
	defer ch.mu.Unlock()
	fmt.Fprintln(ch.out, "-- connection lost, trying again")
}

package rest

import (
	"net/url"
	"strings"
	"time"

	"parley/hub"
)

// call is one request that may be served.
type call struct {
	api     *API
	place   *place
	path    map[string]string // values of the path, unescaped
	service hub.ServiceSID    // that the path names, or the default one; it exists
	bearer  string            // identity of who acts by an access token, "" for the account
	values  map[string]any    // of the parameters that were given, by name
	sent    url.Values        // all that was given, for the addresses of a list's pages
	base    string            // absolute, of what stands in the same scope: https://host/v1, or that of the service
	origin  string            // https://host, or the public URL
	self    string            // the path as it was sent
	once    *hub.Once         // what the request's Idempotency-Key stands for, nil where it has none
}

// actor is who acts: the account itself, or a user where the operation takes access tokens.
func (c *call) actor() hub.Actor { return hub.Actor{Service: c.service, Identity: c.bearer} }

// value is what was given for a parameter, nil where nothing was. Asking for one that is not the operation's is a mistake
// in the program.
func (c *call) value(name string) any {
	for i := range c.place.params {
		if c.place.params[i].name == name {
			return c.values[name]
		}
	}
	panic("rest: " + c.place.id + " has no parameter " + name)
}

// given reports whether a parameter was, be it as null.
func (c *call) given(name string) bool {
	c.value(name)
	_, given := c.values[name]
	return given
}

// get is what was given for a parameter, or the zero value.
func get[T any](c *call, name string) T {
	v, _ := c.value(name).(T)
	return v
}

// opt is what was given for a parameter, nil where nothing was.
func opt[T any](c *call, name string) *T {
	if v, ok := c.value(name).(T); ok {
		return &v
	}
	return nil
}

func (c *call) text(name string) string            { return get[string](c, name) }
func (c *call) list(name string) []string          { return get[[]string](c, name) }
func (c *call) time(name string) time.Time         { return get[time.Time](c, name) }
func (c *call) duration(name string) time.Duration { return get[time.Duration](c, name) }
func (c *call) attributes() hub.Attributes         { return hub.Attributes(c.text("Attributes")) }
func (c *call) optText(name string) *string        { return opt[string](c, name) }
func (c *call) optFlag(name string) *bool          { return opt[bool](c, name) }

func (c *call) optAttributes() *hub.Attributes {
	if s := c.optText("Attributes"); s != nil {
		a := hub.Attributes(*s)
		return &a
	}
	return nil
}

// url is the address of something in the call's scope.
func (c *call) url(segments ...string) string {
	var b strings.Builder
	b.WriteString(c.base)
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

// whenGiven is what was given for a parameter, the zero value for null, nil where nothing was given.
func whenGiven[T any](c *call, name string) *T {
	if !c.given(name) {
		return nil
	}
	return new(get[T](c, name))
}

package rest

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// An operation is one entry of the table: all that is to know of it but for what it does is data, which the router, the
// reading of parameters, the document and its tests share.
type operation struct {
	id     string // its name in the document, as Twilio's
	about  string // one sentence, for the document
	method string
	scope  scope
	path   string  // below the scope's roots. A segment {Name} stands for any one segment
	params []param // of the query where the method is GET, else of the body
	page   *paging // of lists
	status int     // of success
	answer any     // a value of the type that it answers with, nil for nothing. Of lists: of one entry
	// made is the path below the scope's root where what a POST made is found by its sid; "": below the operation's own.
	made  string
	serve func(ctx context.Context, c *call) (any, error)
	// stream takes the place of serve where what comes or goes is no form and no JSON: it answers by itself. An error before
	// it has begun to is answered as any.
	stream func(w http.ResponseWriter, r *http.Request, c *call) error
	body   string // the media type of what a stream takes
	access access
}

// access says who may ask for an operation.
type access int

const (
	byAccount access = iota // whoever knows the account's secrets
	byToken                 // or has an access token: then that user acts
	byLink                  // whoever has its address, which is signed
)

// A scope says below which roots a path stands.
type scope int

const (
	both    scope = iota // the default service's, and each service's own
	account              // the account's: of no service
	service              // of a service that is named
	parley               // as both, for what Twilio does not have
	hubs                 // as account, for what Twilio does not have
)

const (
	root        = "/v1"
	parleyRoot  = root + "/parley"
	serviceRoot = "/Services/{ChatServiceSid}"
)

// roots are what the paths of a scope begin with.
func (s scope) roots() []string {
	switch s {
	case account:
		return []string{root}
	case service:
		return []string{root + serviceRoot}
	case parley:
		return []string{parleyRoot, parleyRoot + serviceRoot}
	case hubs:
		return []string{parleyRoot}
	default:
		return []string{root, root + serviceRoot}
	}
}

// paging is how a list is cut.
type paging struct {
	key       string // of the entries in the answer
	otherwise int    // entries of a page where none are asked for
	most      int
}

// operations is the table of all operations.
func operations() []operation {
	return slices.Concat(
		conversationOperations, gatherOperations, messageOperations, receiptOperations, participantOperations, seatOperations,
		scopedWebhookOperations, userOperations, userConversationOperations, roleOperations, serviceOperations, bindingOperations,
		notificationsOperations, configurationOperations, webhooksOperations, addressOperations, credentialOperations,
		mediaOperations, searchOperations, operatorOperations, eraseOperations,
	)
}

// A place is one path of one operation.
type place struct {
	*operation
	path   string
	scoped bool // the path names the service
}

// places are all paths of a table.
func places(table []operation) (all []place) {
	for i := range table {
		for _, root := range table[i].scope.roots() {
			all = append(all, place{
				operation: &table[i], path: root + table[i].path, scoped: strings.Contains(root, serviceRoot),
			})
		}
	}
	return all
}

// takesBody reports whether its parameters come in the body.
func (o *operation) takesBody() bool { return o.method == http.MethodPost }

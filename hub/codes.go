package hub

import (
	"maps"
	"slices"
)

// Code tells errors apart. Domain errors bear Twilio's numbers; those below zero are JSON-RPC 2.0's.
type Code int

// The codes, in the groups of Twilio's error dictionary.
const (
	CodeParse          Code = -32700
	CodeInvalidRequest Code = -32600
	CodeUnknownMethod  Code = -32601
	CodeInvalidParams  Code = -32602
	CodeInternal       Code = -32603

	CodeUnauthenticated Code = 20003
	CodePageSize        Code = 20007
	CodeTokenExpired    Code = 20104
	CodeTokenLifetime   Code = 20157
	CodeNothingToUpdate Code = 20161
	CodePageToken       Code = 19038
	CodeNotFound        Code = 20404
	CodeConflict        Code = 20409 // Parley's own: what is asked for is not possible as things are
	CodeUnavailable     Code = 20503

	CodeNameMissing       Code = 50000
	CodeServiceNameLong   Code = 50003
	CodeUniqueNameLong    Code = 50004
	CodeServiceAbsent     Code = 50050
	CodeObjectRate        Code = 50063
	CodeRate              Code = 50074
	CodePreURL            Code = 50077
	CodePostURL           Code = 50078
	CodeRoleAbsent        Code = 50100
	CodePermissionUnknown Code = 50104
	CodeRoleType          Code = 50105
	CodeForbidden         Code = 50107
	CodeMemberRoleAbsent  Code = 50109
	CodeUserAbsent        Code = 50200
	CodeUserExists        Code = 50201
	CodeIdentityMissing   Code = 50204
	CodeIdentityIsSID     Code = 50206
	CodeIdentityLong      Code = 50207
	CodeNotifyLevel       Code = 50210
	CodeUserConflict      Code = 50213
	CodeBarred            Code = 50250 // Parley's own: the user may not come in
	CodeUserConversations Code = 50214
	CodeKey               Code = 50251 // Parley's own: an Idempotency-Key that cannot be
	CodeKeyReused         Code = 50252 // Parley's own: an Idempotency-Key that stands for another request

	CodeAttributesLong     Code = 50303
	CodeAttributesNotJSON  Code = 50304
	CodeUniqueNameIsSID    Code = 50306
	CodeDateCreated        Code = 50307
	CodeDateUpdated        Code = 50308
	CodeDates              Code = 50309
	CodeAuthorLong         Code = 50310
	CodeMessagingService   Code = 50340
	CodeConversationAbsent Code = 50350
	CodeUniqueNameTaken    Code = 50353
	CodeWebhookAbsent      Code = 50360
	CodeWebhooks           Code = 50361
	CodeTriggers           Code = 50362
	CodeWebhookTarget      Code = 50363
	CodeWebhookURLMissing  Code = 50364
	CodeWebhookURL         Code = 50365
	CodeWebhookMethod      Code = 50366
	CodeWebhookFilter      Code = 50367
	CodeTriggerMissing     Code = 50368
	CodeTriggerLong        Code = 50369
	CodeWebhookFlow        Code = 50370
	CodeWebhookReplay      Code = 50372
	CodeInactiveTimer      Code = 50375
	CodeClosedTimer        Code = 50376
	CodeClosed             Code = 50377
	CodeState              Code = 50378
	CodeTimersState        Code = 50382
	CodeCreateClosed       Code = 50384
	CodeDateRange          Code = 50396

	CodeParticipantAbsent  Code = 50402
	CodeAddressInvalid     Code = 50407
	CodeProxyInvalid       Code = 50408
	CodeAddressIsProxy     Code = 50409
	CodeChannelsDiffer     Code = 50414
	CodePairTaken          Code = 50416
	CodeParticipants       Code = 50417
	CodeParticipantEmpty   Code = 50411
	CodeIdentityAndAddress Code = 50211
	CodeReadIndex          Code = 50421
	CodeParticipantJSON    Code = 50424
	CodePairsTaken         Code = 50425
	CodeParticipantsAtOnce Code = 50426
	CodeProxyFixed         Code = 50439
	CodeNoProxy            Code = 50441
	CodeIdentityFixed      Code = 50444
	CodeSeatQuery          Code = 50451
	CodeGroupMMS           Code = 50452
	CodeNonChat            Code = 50422
	CodeAlreadyIn          Code = 50433

	CodeMessageAbsent    Code = 50500
	CodeBodyLong         Code = 50504
	CodeSubjectLong      Code = 50505
	CodeMessageIndex     Code = 50516
	CodeReaction         Code = 50550 // Parley's own: name too long, or too many names
	CodeNonce            Code = 50551 // Parley's own: longer than MaxNonce bytes
	CodeContentSID       Code = 50526
	CodeContentVariables Code = 50527
	CodeReceiptAbsent    Code = 50552 // Parley's own: Twilio has no number for it
	CodeMediaAbsent      Code = 50506 // no such media, or not the sender's
	CodeMediaCount       Code = 50507 // too many of one message
	CodeMediaTaken       Code = 50508 // it belongs to a message
	CodeMediaCategory    Code = 50509
	CodeMediaName        Code = 50510
	CodeMediaType        Code = 50511
	CodeMediaLarge       Code = 50512
)

// CodeInfo is what a code means to the outside.
type CodeInfo struct {
	Status   int  // of the same failure over HTTP
	Definite bool // this attempt did not and will not happen
	Retry    bool // the same request may succeed later
	Close    int  // close code where the failure ends a websocket, 0 where a reply says it
}

// Codes lists every code, in order.
func Codes() []Code { return slices.Sorted(maps.Keys(codeInfo)) }

// Info is what c means; an unlisted code is treated as internal, and a test keeps that from happening.
func (c Code) Info() CodeInfo {
	if info, ok := codeInfo[c]; ok {
		return info
	}
	return codeInfo[CodeInternal]
}

// Definite reports whether a failure with this code certainly changed nothing.
func (c Code) Definite() bool { return c.Info().Definite }

func bad(status int) CodeInfo { return CodeInfo{Status: status, Definite: true} }

// codeInfo is the one table from codes to HTTP status, definiteness and close code. A status that
// was never seen of Twilio follows one rule: 400 for what is malformed, 404 for what is absent, 409 for what
// stands in the way.
var codeInfo = map[Code]CodeInfo{
	CodeParse:          bad(400),
	CodeInvalidRequest: bad(400),
	CodeUnknownMethod:  bad(404),
	CodeInvalidParams:  bad(400),
	CodeInternal:       {Status: 500, Retry: true},

	CodeUnauthenticated: {Status: 401, Definite: true, Close: 4401},
	CodeTokenExpired:    {Status: 401, Definite: true, Close: 4401},
	CodeTokenLifetime:   {Status: 401, Definite: true, Close: 4401},
	CodeServiceAbsent:   {Status: 404, Definite: true, Close: 4401},
	CodePageSize:        bad(400),
	CodeNothingToUpdate: bad(400),
	CodePageToken:       bad(400),
	CodeNotFound:        bad(404),
	CodeConflict:        bad(409),
	CodeUnavailable:     {Status: 503, Definite: true, Retry: true},
	CodeObjectRate:      {Status: 429, Definite: true, Retry: true},
	CodeRate:            {Status: 429, Definite: true, Retry: true},

	CodeNameMissing:       bad(400),
	CodeServiceNameLong:   bad(400),
	CodeUniqueNameLong:    bad(400),
	CodePreURL:            bad(400),
	CodePostURL:           bad(400),
	CodeRoleAbsent:        bad(404),
	CodeMemberRoleAbsent:  bad(404),
	CodePermissionUnknown: bad(400),
	CodeRoleType:          bad(400),
	CodeForbidden:         bad(403),
	CodeUserAbsent:        bad(404),
	CodeUserExists:        bad(409),
	CodeUserConflict:      {Status: 409, Definite: true, Retry: true},
	CodeIdentityMissing:   bad(400),
	CodeIdentityIsSID:     bad(400),
	CodeIdentityLong:      bad(400),
	CodeNotifyLevel:       bad(400),
	CodeBarred:            {Status: 403, Definite: true, Close: 4403},
	CodeUserConversations: bad(403),
	CodeKey:               bad(400),
	CodeKeyReused:         bad(422),

	CodeAttributesLong:     bad(400),
	CodeAttributesNotJSON:  bad(400),
	CodeUniqueNameIsSID:    bad(400),
	CodeAuthorLong:         bad(400),
	CodeConversationAbsent: bad(404),
	CodeUniqueNameTaken:    bad(409),
	CodeMessagingService:   bad(400),
	CodeWebhookAbsent:      bad(404),
	CodeWebhooks:           bad(403),
	CodeTriggers:           bad(400),
	CodeWebhookTarget:      bad(400),
	CodeWebhookURLMissing:  bad(400),
	CodeWebhookURL:         bad(400),
	CodeWebhookMethod:      bad(400),
	CodeWebhookFilter:      bad(400),
	CodeTriggerMissing:     bad(400),
	CodeTriggerLong:        bad(400),
	CodeWebhookFlow:        bad(400),
	CodeWebhookReplay:      bad(400),
	CodeInactiveTimer:      bad(400),
	CodeClosedTimer:        bad(400),
	CodeClosed:             bad(409),
	CodeState:              bad(400),
	CodeCreateClosed:       bad(400),
	CodeTimersState:        bad(400),
	CodeDateRange:          bad(400),
	CodeDateCreated:        bad(400),
	CodeDateUpdated:        bad(400),
	CodeDates:              bad(400),

	CodeParticipantAbsent:  bad(404),
	CodeAddressInvalid:     bad(400),
	CodeProxyInvalid:       bad(400),
	CodeAddressIsProxy:     bad(400),
	CodeChannelsDiffer:     bad(400),
	CodePairTaken:          bad(409),
	CodeParticipants:       bad(403),
	CodeParticipantEmpty:   bad(400),
	CodeIdentityAndAddress: bad(400),
	CodeReadIndex:          bad(400),
	CodeParticipantJSON:    bad(400),
	CodePairsTaken:         bad(409),
	CodeParticipantsAtOnce: bad(400),
	CodeProxyFixed:         bad(400),
	CodeNoProxy:            bad(400),
	CodeIdentityFixed:      bad(400),
	CodeSeatQuery:          bad(400),
	CodeGroupMMS:           bad(400),
	CodeNonChat:            bad(403),
	CodeAlreadyIn:          bad(409),

	CodeReceiptAbsent:    bad(404),
	CodeContentSID:       bad(400),
	CodeContentVariables: bad(400),
	CodeMessageAbsent:    bad(404),
	CodeBodyLong:         bad(400),
	CodeSubjectLong:      bad(400),
	CodeMessageIndex:     bad(400),
	CodeReaction:         bad(400),
	CodeNonce:            bad(400),
	CodeMediaAbsent:      bad(404),
	CodeMediaCount:       bad(400),
	CodeMediaTaken:       bad(409),
	CodeMediaCategory:    bad(400),
	CodeMediaName:        bad(400),
	CodeMediaType:        bad(400),
	CodeMediaLarge:       bad(413),
}

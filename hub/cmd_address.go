package hub

import "strings"

// CreateAddress configures an address. The account's alone. Answers *Address.
type CreateAddress struct {
	Type, Address, FriendlyName, Country string
	AutoCreationFields
}

func (*CreateAddress) op() string              { return "address.create" }
func (*CreateAddress) target() ConversationRef { return "" }

func (cmd *CreateAddress) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	a := &Address{
		SID: AddressSID(newSID("IG", clock())), Type: strings.ToLower(cmd.Type), Address: cmd.Address, FriendlyName: cmd.FriendlyName,
		Country: cmd.Country, DateCreated: t.now, DateUpdated: t.now,
	}
	if err := a.check(t.limits); err != nil {
		return nil, err
	}
	if err := t.takeCreation(a, &cmd.AutoCreationFields); err != nil {
		return nil, err
	}
	if taken, err := t.Record(RecordAddress, "", RecordRef(a.Address)); err != nil || taken != nil {
		if err == nil {
			err = Errorf(CodeConflict, "the address is configured already, as %s", taken.SID)
		}
		return nil, err
	}
	r, err := a.record()
	if err != nil {
		return nil, err
	}
	return a, t.AddRecord(r)
}

// takeCreation takes over what is to be made for strangers. The service that it is made in must be there.
func (t *turn) takeCreation(a *Address, f *AutoCreationFields) error {
	if f.Service != nil && *f.Service != "" {
		s, err := t.Service(*f.Service)
		if err != nil {
			return err
		}
		if s == nil {
			return Errorf(CodeInvalidParams, "AutoCreation.ConversationServiceSid names no service")
		}
	}
	return a.AutoCreation.take(f)
}

// UpdateAddress changes what is not nil. The account's alone. Answers *Address.
type UpdateAddress struct {
	Ref          RecordRef // sid, or the address
	FriendlyName *string
	AutoCreationFields
}

func (*UpdateAddress) op() string              { return "address.update" }
func (*UpdateAddress) target() ConversationRef { return "" }

func (cmd *UpdateAddress) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	r, err := t.record(RecordAddress, "", cmd.Ref)
	if err != nil {
		return nil, err
	}
	if cmd.FriendlyName == nil && cmd.empty() {
		return nil, errNothing
	}
	a, err := addressOf(r)
	if err != nil {
		return nil, err
	}
	set(&a.FriendlyName, cmd.FriendlyName)
	if err := a.check(t.limits); err != nil {
		return nil, err
	}
	if err := t.takeCreation(a, &cmd.AutoCreationFields); err != nil {
		return nil, err
	}
	a.DateUpdated = t.now
	if r, err = a.record(); err != nil {
		return nil, err
	}
	return a, t.PutRecord(r)
}

// record finds a record that must be there.
func (t *turn) record(kind RecordKind, scope string, ref RecordRef) (*Record, error) {
	if ref == "" {
		return nil, errNotFound
	}
	r, err := t.Record(kind, scope, ref)
	if err == nil && r == nil {
		err = errNotFound
	}
	return r, err
}

// DeleteRecord removes an address (by sid or address), a credential, or a push binding of a service. The account's alone.
// Answers nil.
type DeleteRecord struct {
	Kind  RecordKind
	Scope string
	Ref   RecordRef
}

func (*DeleteRecord) op() string              { return "record.delete" }
func (*DeleteRecord) target() ConversationRef { return "" }

func (cmd *DeleteRecord) run(t *turn) (any, error) {
	if err := t.needAccount(); err != nil {
		return nil, err
	}
	r, err := t.record(cmd.Kind, cmd.Scope, cmd.Ref)
	if err != nil {
		return nil, err
	}
	return nil, t.DropRecord(r)
}

package rest

import (
	"reflect"
	"strings"

	"parley/hub"
)

// What a model's JSON looks like is told by its Go type: pointers may be null, members with omitempty may be missing. What a type
// cannot say stands in the member's tag doc, separated by commas: null (it may be null), the two letters of a sid, or the values
// that there are, separated by |.

// answer is the schema of what an operation answers: its model, or a page of a list.
func (d *drawing) answer(p *place) object {
	model := d.schema(reflect.TypeOf(p.answer))
	if p.page == nil {
		return model
	}
	return object{
		"type": "object", "required": []string{"meta", p.page.key},
		"properties": object{
			"meta":     reference("schemas", "ListMeta"),
			p.page.key: object{"type": "array", "items": model, "maxItems": p.page.most},
		},
	}
}

var metaSchema = func() object {
	address := object{"type": "string", "format": "uri"}
	count := object{"type": "integer", "minimum": 0}
	return object{
		"type": "object", "description": "Which page of a list this is, and where the others are.",
		"required": []string{"page", "page_size", "first_page_url", "previous_page_url", "url", "next_page_url", "key"},
		"properties": object{
			"page": count, "page_size": count, "first_page_url": address, "previous_page_url": orNullSchema(address), "url": address,
			"next_page_url": orNullSchema(address), "key": object{"type": "string", "description": "The member that holds the entries."},
			"complete": object{"type": "boolean", "description": "Of searches: whether nothing was missed for having been said just now."},
		},
	}
}()

// known are the schemas of types that have no members, or show none.
var known = map[reflect.Type]object{
	reflect.TypeFor[date]():                {"type": "string", "format": "date-time", "pattern": `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`},
	reflect.TypeFor[hub.ServiceSID]():      sidSchema("IS"),
	reflect.TypeFor[hub.UserSID]():         sidSchema("US"),
	reflect.TypeFor[hub.ConversationSID](): sidSchema("CH"),
	reflect.TypeFor[hub.ParticipantSID]():  sidSchema("MB"),
	reflect.TypeFor[hub.MessageSID]():      sidSchema("IM"),
	reflect.TypeFor[hub.RoleSID]():         sidSchema("RL"),
	reflect.TypeFor[hub.ReceiptSID]():      sidSchema("DY"),
	reflect.TypeFor[hub.WebhookSID]():      sidSchema("WH"),
	reflect.TypeFor[hub.AddressSID]():      sidSchema("IG"),
	reflect.TypeFor[hub.CredentialSID]():   sidSchema("CR"),
	reflect.TypeFor[hub.BindingSID]():      sidSchema("BS"),
	reflect.TypeFor[hub.State](): {
		"type": "string", "enum": []string{string(hub.StateActive), string(hub.StateInactive), string(hub.StateClosed)},
	},
	reflect.TypeFor[hub.Kind]():              {"type": "string"},
	reflect.TypeFor[hub.RoleType]():          {"type": "string", "enum": []string{"conversation", "service"}},
	reflect.TypeFor[hub.NotificationLevel](): {"type": "string", "enum": []string{"default", "muted"}},
}

// named are what members of some names are, whatever their model.
var named = map[string]object{
	"attributes":                            {"contentMediaType": "application/json"},
	"conversation_attributes":               {"contentMediaType": "application/json"},
	"url":                                   {"format": "uri"},
	"account_sid":                           sidSchema("AC"),
	"chat_service_sid":                      sidSchema("IS"),
	"conversation_service_sid":              sidSchema("IS"),
	"default_chat_service_sid":              sidSchema("IS"),
	"service_sid":                           sidSchema("IS"),
	"messaging_service_sid":                 sidSchema("MG"),
	"default_messaging_service_sid":         sidSchema("MG"),
	"conversation_sid":                      sidSchema("CH"),
	"message_sid":                           sidSchema("IM"),
	"participant_sid":                       sidSchema("MB"),
	"user_sid":                              sidSchema("US"),
	"participant_user_sid":                  sidSchema("US"),
	"role_sid":                              sidSchema("RL"),
	"default_chat_service_role_sid":         sidSchema("RL"),
	"default_conversation_role_sid":         sidSchema("RL"),
	"content_sid":                           sidSchema("HX"),
	"credential_sid":                        sidSchema("CR"),
	"channel_sid":                           sidSchema("CH"),
	"channel_message_sid":                   sidSchema(""),
	"flow_sid":                              sidSchema("FW"),
	"studio_flow_sid":                       sidSchema("FW"),
	"default_conversation_creator_role_sid": sidSchema("RL"),
}

// schema is what values of a type look like. Structs become models of the document.
func (d *drawing) schema(t reflect.Type) object {
	if s, ok := known[t]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNullSchema(d.schema(t.Elem()))
	case reflect.Struct:
		return d.model(t)
	case reflect.Slice:
		return object{"type": "array", "items": d.schema(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": d.schema(t.Elem())}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int32, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Interface:
		return object{}
	default:
		panic("rest: the document has no schema for " + t.String())
	}
}

// renamed are the models whose type has not the name that the document gives them.
var renamed = map[string]string{"Tenant": "Service", "Bindings": "ConversationBindings", "Binding": "MessagingBinding"}

// model is a reference to the schema of a struct, which is drawn once.
func (d *drawing) model(t reflect.Type) object {
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	if other, ok := renamed[name]; ok {
		name = other
	}
	if _, drawn := d.models[name]; !drawn {
		d.models[name] = object{} // for a model that holds itself
		m := object{"type": "object", "properties": object{}, "required": []string{}}
		d.members(m, t)
		d.models[name] = m
	}
	return reference("schemas", name)
}

func (d *drawing) members(m object, t reflect.Type) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			d.members(m, f.Type)
			continue
		case name == "-" || !f.IsExported():
			continue
		}
		s := d.member(name, f)
		if strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero") {
			if f.Type.Kind() == reflect.Pointer { // it is left out where it would be null
				s = d.member(name, reflect.StructField{Type: f.Type.Elem(), Tag: f.Tag})
			}
		} else {
			m["required"] = append(m["required"].([]string), name)
		}
		m["properties"].(object)[name] = s
	}
}

// member is the schema of a model's member: by its tag, its name, its type.
func (d *drawing) member(name string, f reflect.StructField) object {
	t, null := f.Type, f.Type.Kind() == reflect.Pointer
	if null {
		t = t.Elem()
	}
	s := d.schema(t)
	if more, ok := named[name]; ok && t.Kind() == reflect.String {
		s = s.with(more)
	}
	for option := range strings.SplitSeq(f.Tag.Get("doc"), ",") {
		switch {
		case option == "":
		case option == "null":
			null = true
		case len(option) == 2 && option == strings.ToUpper(option):
			s = sidSchema(option)
		default:
			s = s.with(object{"enum": strings.Split(option, "|")})
		}
	}
	if null {
		return orNullSchema(s)
	}
	return s
}

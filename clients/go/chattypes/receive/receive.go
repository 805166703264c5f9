// Package receive has the messages of a server. The types are generated; this file tells which of them has come.
package receive

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Read is a *NewUser, *DelUser, *UserList, *ChatMessage or *ImageMessage, or nil for a type that is not known here, which a client
// ignores. What is no message is an error.
func Read(data []byte) (any, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("no message: %w", err)
	}
	var tag *string
	if err := json.Unmarshal(fields["type"], &tag); err != nil || tag == nil {
		return nil, fmt.Errorf("no message: its type is no string")
	}
	var message any
	switch *tag {
	case "newuser":
		message = &NewUser{}
	case "deluser":
		message = &DelUser{}
	case "users":
		message = &UserList{}
	case "chat":
		message = &ChatMessage{}
	case "image":
		message = &ImageMessage{}
	default:
		return nil, nil
	}
	if err := whole(reflect.TypeOf(message).Elem(), fields); err != nil {
		return nil, fmt.Errorf("%s: %w", *tag, err)
	}
	return message, json.Unmarshal(data, message)
}

// encoding/json takes a missing field, null and a key in another case for an empty one.
func whole(kind reflect.Type, fields map[string]json.RawMessage) error {
	for i := 0; i < kind.NumField(); i++ {
		field := kind.Field(i)
		name, optional, _ := strings.Cut(field.Tag.Get("json"), ",")
		value, found := fields[name]
		if !found && optional == "" {
			return fmt.Errorf("%s is missing", name)
		}
		if string(value) == "null" && field.Type.Kind() == reflect.String {
			return fmt.Errorf("%s is null", name)
		}
	}
	return nil
}

// Package send has the messages of a client. The types are generated; this file sets their tags and looks whether they are whole.
package send

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Message is one of Join, Leave, UsersRequest, Chat and Image.
type Message interface{ tagged() any }

func (m Join) tagged() any         { m.Event = "join"; return m }
func (m Leave) tagged() any        { m.Event = "leave"; return m }
func (m UsersRequest) tagged() any { m.Event = "users"; return m }
func (m Chat) tagged() any         { m.Event = "chat"; return m }
func (m Image) tagged() any        { m.Event = "image"; return m }

// JSON is the message as it goes out, with its event. A required field that is empty is an error.
func JSON(message Message) ([]byte, error) {
	value := reflect.ValueOf(message.tagged())
	for i := 0; i < value.NumField(); i++ {
		name, optional, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
		if optional == "" && value.Field(i).IsZero() {
			return nil, fmt.Errorf("%s: %s is missing", value.Type().Name(), name)
		}
	}
	return json.Marshal(value.Interface())
}

// Some is a value for an optional field.
func Some(text string) *string { return &text }

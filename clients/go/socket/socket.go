// Package socket is as much of a Socket.IO client as the example needs, over WebSocket. What does not come within five seconds is an error.
package socket

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

const patience = 5 * time.Second

// Event is one event of the server: its name, and its first argument.
type Event struct {
	Name     string
	Argument json.RawMessage
}

// Socket is one connection.
type Socket struct {
	frames    *frames
	connected chan struct{}
	events    chan Event
	lock      sync.Mutex
	calls     int
	acks      map[string]chan []json.RawMessage
}

// Dial connects to the default namespace of the server at an address such as http://127.0.0.1:5005.
func Dial(url string) (*Socket, error) {
	frames, err := dial(url, "/socket.io/?EIO=4&transport=websocket")
	if err != nil {
		return nil, err
	}
	s := &Socket{
		frames:    frames,
		connected: make(chan struct{}, 1),
		events:    make(chan Event, 1024),
		acks:      map[string]chan []json.RawMessage{},
	}
	go s.read()
	if err := frames.text("40"); err != nil {
		return nil, err
	}
	select {
	case <-s.connected:
		return s, nil
	case <-time.After(patience):
		s.Close()
		return nil, errors.New("the server did not connect the namespace")
	}
}

// Emit sends a message as the event `chat`, and waits for nothing.
func (s *Socket) Emit(message []byte) error {
	return s.frames.text(fmt.Sprintf(`42["chat",%s]`, message))
}

// Call sends a message as the event `chat`, and waits for its acknowledgement: the arguments of it.
func (s *Socket) Call(message []byte) ([]json.RawMessage, error) {
	acked := make(chan []json.RawMessage, 1)
	s.lock.Lock()
	s.calls++
	id := fmt.Sprint(s.calls)
	s.acks[id] = acked
	s.lock.Unlock()
	if err := s.frames.text(fmt.Sprintf(`42%s["chat",%s]`, id, message)); err != nil {
		return nil, err
	}
	select {
	case args := <-acked:
		return args, nil
	case <-time.After(patience):
		return nil, errors.New("no acknowledgement came")
	}
}

// Events are all that come, until the connection ends. More than 1024 that nobody takes hold up what comes after them.
func (s *Socket) Events() <-chan Event { return s.events }

// Receive waits for the argument of the next event `chat`.
func (s *Socket) Receive() (json.RawMessage, error) {
	end := time.After(patience)
	for {
		select {
		case event, more := <-s.events:
			if !more {
				return nil, errors.New("the connection has ended")
			}
			if event.Name == "chat" {
				return event.Argument, nil
			}
		case <-end:
			return nil, errors.New("no event came")
		}
	}
}

// Close ends the connection.
func (s *Socket) Close() error { return s.frames.close() }

func (s *Socket) read() {
	defer close(s.events)
	defer s.frames.close()
	for {
		packet, err := s.frames.next()
		if err != nil || packet == "1" {
			return
		}
		switch {
		case packet == "2":
			if s.frames.text("3") != nil {
				return
			}
		case strings.HasPrefix(packet, "40"):
			select {
			case s.connected <- struct{}{}:
			default:
			}
		case strings.HasPrefix(packet, "42"), strings.HasPrefix(packet, "43"):
			s.take(packet)
		}
	}
}

// An event or an acknowledgement: kind, number, and a list. What is neither is ignored.
func (s *Socket) take(packet string) {
	list := strings.IndexByte(packet, '[')
	var args []json.RawMessage
	if list < 0 || json.Unmarshal([]byte(packet[list:]), &args) != nil {
		return
	}
	if packet[1] == '3' {
		s.lock.Lock()
		defer s.lock.Unlock()
		if acked, ok := s.acks[packet[2:list]]; ok {
			delete(s.acks, packet[2:list])
			acked <- args
		}
		return
	}
	var event Event
	if len(args) > 1 && json.Unmarshal(args[0], &event.Name) == nil {
		event.Argument = args[1]
		s.events <- event
	}
}

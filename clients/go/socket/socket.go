// Package socket is as much of a Socket.IO client as the example needs, over long-polling. It has no timeouts but those of HTTP.
package socket

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Socket is one connection.
type Socket struct {
	url    string
	client http.Client
	acks   int
	events []json.RawMessage
}

// Dial connects to the default namespace of the server at an address such as http://127.0.0.1:5005.
func Dial(url string) (*Socket, error) {
	s := &Socket{
		url:    strings.TrimSuffix(url, "/") + "/socket.io/?EIO=4&transport=polling",
		client: http.Client{Timeout: time.Minute},
	}
	packets, err := s.poll()
	if err != nil {
		return nil, err
	}
	var open struct{ Sid string }
	if err := json.Unmarshal([]byte(strings.TrimPrefix(packets[0], "0")), &open); err != nil {
		return nil, fmt.Errorf("the server said %q to the handshake", packets[0])
	}
	s.url += "&sid=" + open.Sid
	if err := s.post("40"); err != nil {
		return nil, err
	}
	return s, s.until(func(packet string) bool { return strings.HasPrefix(packet, "40") })
}

// Call sends a message as the event `chat`, and waits for its acknowledgement: the arguments of it.
func (s *Socket) Call(message []byte) (args []json.RawMessage, err error) {
	s.acks++
	if err := s.post(fmt.Sprintf(`42%d["chat",%s]`, s.acks, message)); err != nil {
		return nil, err
	}
	ack := fmt.Sprintf("43%d[", s.acks)
	err = s.until(func(packet string) bool {
		return strings.HasPrefix(packet, ack) && json.Unmarshal([]byte(packet[len(ack)-1:]), &args) == nil
	})
	return args, err
}

// Receive waits for the argument of the next event `chat`.
func (s *Socket) Receive() (json.RawMessage, error) {
	if len(s.events) == 0 {
		if err := s.until(func(string) bool { return len(s.events) > 0 }); err != nil {
			return nil, err
		}
	}
	event := s.events[0]
	s.events = s.events[1:]
	return event, nil
}

// Close ends the session.
func (s *Socket) Close() error { return s.post("41") }

// Takes what comes, until a packet is the one.
func (s *Socket) until(done func(packet string) bool) error {
	for found := false; !found; {
		packets, err := s.poll()
		if err != nil {
			return err
		}
		for _, packet := range packets {
			var event []json.RawMessage
			switch {
			case packet == "2":
				if err := s.post("3"); err != nil {
					return err
				}
			case strings.HasPrefix(packet, `42["chat",`) && json.Unmarshal([]byte(packet[2:]), &event) == nil && len(event) == 2:
				s.events = append(s.events, event[1])
			}
			found = done(packet) || found
		}
	}
	return nil
}

func (s *Socket) poll() ([]string, error) {
	response, err := s.client.Get(s.url)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the server answered %s: %.200s", response.Status, body)
	}
	return strings.Split(string(body), "\x1e"), err
}

func (s *Socket) post(packet string) error {
	response, err := s.client.Post(s.url, "text/plain;charset=UTF-8", strings.NewReader(packet))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return nil
}

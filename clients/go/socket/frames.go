package socket

import (
	"bufio"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// The longest message that is read, in bytes.
const longest = 16 << 20

const (
	more   = 0x0
	text   = 0x1
	closed = 0x8
	ping   = 0x9
	pong   = 0xa
)

// As much of WebSocket as Socket.IO needs: texts, and no extensions.
type frames struct {
	conn   net.Conn
	reader *bufio.Reader
	lock   sync.Mutex
}

func dial(url, path string) (*frames, error) {
	request, err := http.NewRequest("GET", url, nil)
	if err != nil {
		return nil, err
	}
	if request, err = http.NewRequest("GET", "http://"+request.URL.Host+path, nil); err != nil {
		return nil, err
	}
	nonce := make([]byte, 16)
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	key := base64.StdEncoding.EncodeToString(nonce)
	request.Header.Set("Connection", "Upgrade")
	request.Header.Set("Upgrade", "websocket")
	request.Header.Set("Sec-WebSocket-Version", "13")
	request.Header.Set("Sec-WebSocket-Key", key)
	conn, err := net.DialTimeout("tcp", request.URL.Host, patience)
	if err != nil {
		return nil, err
	}
	f := &frames{conn: conn, reader: bufio.NewReader(conn)}
	if err := f.shake(request, key); err != nil {
		conn.Close()
		return nil, err
	}
	return f, nil
}

func (f *frames) shake(request *http.Request, key string) error {
	f.conn.SetDeadline(time.Now().Add(3 * patience))
	if err := request.Write(f.conn); err != nil {
		return err
	}
	response, err := http.ReadResponse(f.reader, request)
	if err != nil {
		return err
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	accept := base64.StdEncoding.EncodeToString(sum[:])
	if response.StatusCode != http.StatusSwitchingProtocols || response.Header.Get("Sec-WebSocket-Accept") != accept {
		return fmt.Errorf("the server answered %s", response.Status)
	}
	return f.conn.SetDeadline(time.Time{})
}

// The next text. Pings are answered on the way.
func (f *frames) next() (string, error) {
	var message []byte
	for {
		kind, last, payload, err := f.frame(longest - len(message))
		if err != nil {
			return "", err
		}
		switch kind {
		case ping:
			if err := f.write(pong, payload); err != nil {
				return "", err
			}
		case pong:
		case text, more:
			if message = append(message, payload...); last {
				return string(message), nil
			}
		default:
			return "", errors.New("the server has closed")
		}
	}
}

func (f *frames) frame(room int) (kind byte, last bool, payload []byte, err error) {
	var head [8]byte
	if _, err = io.ReadFull(f.reader, head[:2]); err != nil {
		return
	}
	kind, last = head[0]&0xf, head[0]&0x80 != 0
	size := uint64(head[1])
	if size >= 0x80 {
		err = errors.New("the server masks what it sends")
		return
	}
	switch size {
	case 126:
		_, err = io.ReadFull(f.reader, head[:2])
		size = uint64(binary.BigEndian.Uint16(head[:2]))
	case 127:
		_, err = io.ReadFull(f.reader, head[:8])
		size = binary.BigEndian.Uint64(head[:8])
	}
	if err == nil && size > uint64(room) {
		err = errors.New("the server sends too much")
	}
	if err != nil {
		return
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(f.reader, payload)
	return
}

func (f *frames) text(packet string) error { return f.write(text, []byte(packet)) }

func (f *frames) write(kind byte, payload []byte) error {
	frame := []byte{0x80 | kind}
	switch size := len(payload); {
	case size < 126:
		frame = append(frame, 0x80|byte(size))
	case size < 1<<16:
		frame = append(frame, 0x80|126, byte(size>>8), byte(size))
	default:
		frame = append(frame, 0x80|127)
		frame = append(frame, make([]byte, 8)...)
		binary.BigEndian.PutUint64(frame[2:], uint64(size))
	}
	mask := make([]byte, 4)
	if _, err := rand.Read(mask); err != nil {
		return err
	}
	frame = append(frame, mask...)
	for at, part := range payload {
		frame = append(frame, part^mask[at%4])
	}
	f.lock.Lock()
	defer f.lock.Unlock()
	_, err := f.conn.Write(frame)
	return err
}

func (f *frames) close() error {
	f.write(closed, nil)
	return f.conn.Close()
}

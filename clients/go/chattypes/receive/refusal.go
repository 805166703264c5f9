package receive

// The answer to a message that is not carried out. It goes to the sender alone, as the
// event `message` with one string, the JSON text of this object (rule `refusal.form`); in
// an acknowledgement it is the object itself. Keys that are not named here may be there; a
// receiver ignores them.
//
// `code`: Why, as one of a closed list of numbers.
type Refusal struct {
	Code int64 `json:"code"`
	// The kind of message that was refused, as its `event` has it.
	Event *string `json:"event,omitempty"`
	// Why, in words for a person. The wording may change at any time.
	Message string `json:"message"`
	// After code 30: the milliseconds to wait before the next try, at most a minute.
	RetryMS *int64 `json:"retry_ms,omitempty"`
}

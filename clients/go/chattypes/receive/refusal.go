package receive

// The answer to a message that is not carried out. It goes to the sender alone, as the
// event `message` with one string, the JSON text of this object (rule `refusal.form`); in
// an acknowledgement it is the object itself. Further keys may be there; a receiver ignores
// them.
//
// `code`: Why, as one of a closed list of numbers.
type Refusal struct {
	Code int64 `json:"code"`
	// Why, in words for a person. The wording may change at any time.
	Message string `json:"message"`
}

package bot

import "context"

// Reader is somebody of the team who looks at a conversation in the console.
type Reader struct {
	ID     AgentID `json:"id"`
	Name   string  `json:"name"`
	Typing bool    `json:"typing"` // she writes to the customer
}

// Attendance knows who looks at which conversation.
type Attendance interface {
	// Readers are those who are seen to look at a conversation, by name.
	Readers(id ConversationID) []Reader
	// Attended tells of conversations whose readers changed, until ctx ends. Whoever does not keep up misses some; and that
	// somebody has stopped typing is told of nobody: it shows in Readers after some seconds.
	Attended(ctx context.Context) <-chan ConversationID
}

package bot

import (
	"context"
	"errors"
	"fmt"
)

// ErrReused means that a name given to Once belongs to another text already.
var ErrReused = errors.New("bot: the name of this act belongs to another one")

// onceKey is the key of the name of an act.
type onceKey struct{}

// Once names the reply or the note that a Desk writes under the context it returns. The same text written again into the
// same conversation under the same name, however often and after any crash, is written and sent once: the first message
// is returned. Another text under it is ErrReused.
func Once(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, onceKey{}, name)
}

// repeated is a message that is there already.
type repeated struct{ Message }

func (r *repeated) Error() string { return "bot: message " + string(r.ID) + " is there already" }

// once returns the name of the act, empty when it has none, or that it was done before. Since a change of a conversation
// is saved only over the version that was read here, two that run at the same moment cannot both find nothing.
func (d *desk) once(ctx context.Context, text string, private bool) (string, error) {
	name, _ := ctx.Value(onceKey{}).(string)
	if name == "" {
		return "", nil
	}
	messages, err := d.b.cfg.Store.Messages(ctx, d.conv.ID, 0, 0)
	if err != nil {
		return "", err
	}
	for _, m := range messages {
		switch {
		case m.Once != name:
		case m.Text != text || m.Private != private:
			return "", fmt.Errorf("message %s: %w", m.ID, ErrReused)
		default:
			return "", &repeated{m}
		}
	}
	return name, nil
}

// written is the message that a reply or a note has become.
func written(d *desk, err error) (Message, error) {
	var before *repeated
	switch {
	case errors.As(err, &before):
		return before.Message, nil
	case err != nil:
		return Message{}, err
	}
	return d.out[len(d.out)-1], nil
}

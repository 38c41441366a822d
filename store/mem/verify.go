package mem

import (
	"context"

	"huiyin/bot"
	"huiyin/store"
)

// Verify looks whether the records agree with each other.
func (s *Store) Verify(ctx context.Context, progress store.Progress) (store.Report, error) {
	var r store.Report
	err := s.do(ctx, func() error {
		r = store.Report{
			Contacts: len(s.contacts), Facts: len(s.facts), Gaps: len(s.gaps), Articles: len(s.articles),
			Pending: len(s.pending), Quarantined: len(s.quarantined),
		}
		done := 0
		for id, conv := range s.conversations {
			s.verify(id, conv, &r)
			if done++; progress != nil {
				progress(done, len(s.conversations))
			}
		}
		s.verifyFiles(&r)
		for _, id := range s.addresses {
			if _, ok := s.contacts[id]; !ok {
				r.Problem("an address is of contact %s, who does not exist", id)
			}
		}
		for id, a := range s.pending {
			if s.seen[address{a.Inbox, a.SourceID}].event != id {
				r.Problem("event %d is pending but not remembered", id)
			}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	return r, r.Err()
}

func (s *Store) verify(id bot.ConversationID, conv *conversation, r *store.Report) {
	r.Conversations++
	r.Messages += len(conv.messages)
	if conv.ID != id || conv.Version == 0 || conv.LastSeq != uint64(len(conv.messages)) {
		r.Problem("conversation %s: version %d, LastSeq %d, %d messages", id, conv.Version, conv.LastSeq, len(conv.messages))
	}
	for i, m := range conv.messages {
		if store.Unsent(m) {
			r.Unsent++
		}
		at := ref{id, uint64(i) + 1}
		if m.Seq != at.seq || m.Conversation != id || m.ID != store.MessageID(id, at.seq) {
			r.Problem("conversation %s: message %s at place %d", id, m.ID, i+1)
		}
	}
}

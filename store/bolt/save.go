package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/store"
)

// Save implements bot.ConversationStore. What cannot be stored is found before anything is written, so that a conflict
// costs the other writers of the same transaction nothing.
func (s *Store) Save(ctx context.Context, c bot.Change) error {
	if err := store.CheckChange(&c); err != nil {
		return err
	}
	enc, err := encodeChange(c)
	if err != nil {
		return err
	}
	news := false
	err = s.write(ctx, func(x *txn) error {
		p := plan{change: c, encoded: enc}
		if err := p.check(x); err != nil {
			return err
		}
		events := s.hooks.kinds().Happened(p.before, c)
		news = len(events) > 0
		if err := p.write(x); err != nil {
			return err
		}
		return x.addEvents(events)
	})
	s.hooks.tell(err == nil && news)
	return err
}

// encoded are the records of a change, made before its turn to write comes.
type encoded struct {
	conversation, contact []byte
	messages, facts, gaps [][]byte
	log                   [][]byte
}

func encodeChange(c bot.Change) (encoded, error) {
	var e encoded
	var err error
	one := func(v any) []byte {
		b, failed := encode(v)
		if failed != nil {
			err = failed
		}
		return b
	}
	if c.Conversation.ID != "" {
		c.Conversation.Version++
		e.conversation = one(c.Conversation)
	}
	if c.Contact != nil {
		e.contact = one(c.Contact)
	}
	for _, m := range c.Messages {
		e.messages = append(e.messages, one(m))
	}
	for _, f := range c.Facts {
		e.facts = append(e.facts, one(f))
	}
	for _, g := range c.Gaps {
		e.gaps = append(e.gaps, one(g))
	}
	for _, l := range c.Log {
		e.log = append(e.log, one(l))
	}
	return e, err
}

// plan is a change and what it replaces.
type plan struct {
	change   bot.Change
	encoded  encoded
	before   bot.Conversation
	replaced []bot.Message // the stored one in place of each message; zero: it is new
	merged   []bot.Message // what is to be stored in its place
	gaps     []kb.Gap      // the stored one in place of each gap
}

// check finds out whether the change may be written. It reads only.
func (p *plan) check(x *txn) error {
	c := p.change
	for _, id := range c.Done {
		if x.get(tPending, number(nil, id)) == nil {
			return fmt.Errorf("event %d is finished already: %w", id, bot.ErrConflict)
		}
	}
	if c.Conversation.ID == "" {
		return nil
	}
	var err error
	if p.before, _, err = recall[bot.Conversation](x, conversationKey(c.Conversation.ID)); err != nil {
		return err
	}
	if p.before.Version != c.Conversation.Version {
		return fmt.Errorf("conversation %s: version %d was read, %d is stored: %w",
			c.Conversation.ID, c.Conversation.Version, p.before.Version, bot.ErrConflict)
	}
	if err := store.CheckSeqs(p.before.LastSeq, c); err != nil {
		return err
	}
	if err := p.checkContact(x); err != nil {
		return err
	}
	if err := p.checkMessages(x); err != nil {
		return err
	}
	return p.checkGaps(x)
}

// writeContact writes a contact as she was encoded, or with the score that she was asked for or gave, the arms of
// experiments that she saw, since she was read, and the names that she had before; what is noted about her stays as it is stored.
func (p *plan) writeContact(x *txn) error {
	key := []byte(p.change.Contact.ID)
	stored := x.get(tContacts, key)
	if !bytes.Contains(stored, []byte(`"email"`)) && !bytes.Contains(stored, []byte(`"phone"`)) && !bytes.Contains(stored, []byte(`"former"`)) &&
		!bytes.Contains(stored, []byte(`"nps`)) && !bytes.Contains(stored, []byte(`"arms"`)) && !bytes.Contains(stored, []byte(`"noted"`)) && p.change.Contact.Noted.Empty() { // most have none of them, and need not be decoded
		return errors.Join(x.reindex(nil, contactIndex(*p.change.Contact)), x.put(tContacts, key, p.encoded.contact))
	}
	var before bot.Contact
	if stored != nil {
		if err := decode(stored, &before); err != nil {
			return err
		}
	}
	after := *p.change.Contact
	store.KeepScore(&after, before)
	store.KeepArms(&after, before)
	store.KeepFormer(&after, before)
	after.Noted = before.Noted
	return errors.Join(x.reindex(contactIndex(before), contactIndex(after)), x.save(tContacts, key, after))
}

func (p *plan) checkContact(x *txn) error {
	c := p.change
	erased := p.before.Contact != c.Conversation.Contact && x.has(tErased, contactHash(c.Conversation.Contact))
	if erased || c.Contact != nil && x.has(tErased, contactHash(c.Contact.ID)) {
		return fmt.Errorf("the contact of conversation %s was erased: %w", c.Conversation.ID, bot.ErrConflict)
	}
	a := c.Address
	if a == nil {
		return nil
	}
	if owner := x.get(tAddresses, addressKey(a.Inbox, a.SourceID)); owner != nil && string(owner) != string(a.Contact) {
		return fmt.Errorf("the address belongs to contact %s: %w", owner, bot.ErrConflict)
	}
	if (c.Contact == nil || c.Contact.ID != a.Contact) && x.get(tContacts, []byte(a.Contact)) == nil {
		return fmt.Errorf("%w: the address is of contact %s, who does not exist", store.ErrInvalid, a.Contact)
	}
	return nil
}

func (p *plan) checkMessages(x *txn) error {
	p.replaced, p.merged = make([]bot.Message, len(p.change.Messages)), make([]bot.Message, len(p.change.Messages))
	for i, m := range p.change.Messages {
		p.merged[i] = m
		if m.Seq > p.before.LastSeq {
			if err := x.checkFiles(bot.Message{}, m); err != nil {
				return err
			}
			continue
		}
		stored, found, err := recall[bot.Message](x, messageKey(m.Conversation, m.Seq))
		if err == nil && !found {
			err = fmt.Errorf("%w: message %d of conversation %s is missing", store.ErrCorrupt, m.Seq, m.Conversation)
		}
		if err != nil {
			return err
		}
		p.replaced[i] = stored
		if p.merged[i], err = store.MergeMessage(stored, m); err != nil {
			return err
		}
		if err := x.checkFiles(stored, p.merged[i]); err != nil {
			return err
		}
	}
	return nil
}

func (p *plan) checkGaps(x *txn) error {
	p.gaps = make([]kb.Gap, len(p.change.Gaps))
	for i, g := range p.change.Gaps {
		key := x.get(tGapIDs, []byte(g.ID))
		if key == nil {
			continue
		}
		stored, _, err := record[kb.Gap](x, tGaps, key)
		if err != nil {
			return err
		}
		if stored.Conversation != g.Conversation {
			return fmt.Errorf("%w: gap %s is of another conversation", store.ErrInvalid, g.ID)
		}
		p.gaps[i] = stored
	}
	return nil
}

// write stores what check found good.
func (p *plan) write(x *txn) error {
	c := p.change
	for _, id := range c.Done {
		if err := x.finish(number(nil, id)); err != nil {
			return err
		}
	}
	for i, f := range c.Facts {
		if err := x.addFact(c.Conversation.ID, f, p.encoded.facts[i]); err != nil {
			return err
		}
	}
	for _, l := range p.encoded.log {
		if err := x.addLog(l); err != nil {
			return err
		}
	}
	if c.Conversation.ID == "" {
		return nil
	}
	if err := p.writeConversation(x); err != nil {
		return err
	}
	for i, g := range c.Gaps {
		if err := x.saveGap(p.gaps[i], g, p.encoded.gaps[i]); err != nil {
			return err
		}
	}
	if c.Contact != nil {
		if err := p.writeContact(x); err != nil {
			return err
		}
	}
	if a := c.Address; a != nil {
		if err := x.put(tAddresses, addressKey(a.Inbox, a.SourceID), []byte(a.Contact)); err != nil {
			return err
		}
		return x.put(tAddressesOf, addressOfKey(*a), nil)
	}
	return nil
}

func (p *plan) writeConversation(x *txn) error {
	c := p.change.Conversation
	if err := x.reindex(conversationIndex(p.before), conversationIndex(c)); err != nil {
		return err
	}
	if p.before.ID != "" && p.before.Contact != c.Contact {
		if err := x.touchMessages(c.ID); err != nil {
			return err
		}
	}
	key := conversationKey(c.ID)
	if err := x.put(tConversations, key, p.encoded.conversation); err != nil {
		return err
	}
	c.Version++ // as it was encoded
	x.known.note(key, p.encoded.conversation, c)
	for i, m := range p.merged {
		value := p.encoded.messages[i]
		if p.replaced[i].Seq != 0 { // it may have been merged into something else than was encoded
			var err error
			if value, err = encode(m); err != nil {
				return err
			}
		}
		if err := x.reindex(messageIndex(p.replaced[i]), messageIndex(m)); err != nil {
			return err
		}
		if err := x.refile(p.replaced[i], m); err != nil {
			return err
		}
		if err := x.putMessage(m, value); err != nil {
			return err
		}
	}
	return nil
}

// addFact writes a fact, and the reference by which its conversation finds it.
func (x *txn) addFact(id bot.ConversationID, f bot.Fact, value []byte) error {
	if err := x.touch(f.End); err != nil {
		return err
	}
	n, err := x.next(tFacts)
	if err != nil {
		return err
	}
	key := number(instant(nil, f.End), n)
	if err := x.put(tFacts, key, value); err != nil || id == "" {
		return err
	}
	return x.put(tConversations, factRef(id, key), nil)
}

// addLog appends an entry to the audit log. Each entry bears the hash of itself and of the hash before it, so that
// Verify notices when one was changed, taken out or put in.
func (x *txn) addLog(value []byte) error {
	_, last := x.bucket(tAudit).Cursor().Last()
	if last != nil && len(last) < sha256.Size {
		return fmt.Errorf("%w: the audit log", store.ErrCorrupt)
	}
	entry := chained(last, value)
	n, err := x.next(tAudit)
	if err != nil {
		return err
	}
	return x.put(tAudit, number(nil, n), entry)
}

// chained is an entry of the audit log, its hash before it, behind another entry (nil: it is the first).
func chained(before, value []byte) []byte {
	h := sha256.New()
	h.Write(before[:min(len(before), sha256.Size)])
	h.Write(value)
	return append(h.Sum(make([]byte, 0, sha256.Size+len(value))), value...)
}

// saveGap writes a gap in place of the one stored under its id, if any.
func (x *txn) saveGap(before, after kb.Gap, value []byte) error {
	if before.ID != "" {
		if err := x.delete(tGaps, gapKey(before)); err != nil {
			return err
		}
	}
	if err := x.reindex(gapIndex(before), gapIndex(after)); err != nil {
		return err
	}
	return x.put(tGaps, gapKey(after), value)
}

package main

import (
	"huiyin/console"
	"huiyin/feedback/topics"
	"huiyin/nlp"
)

// seeded is the topic that a message's words name; empty: none, or there is no taxonomy.
func (a *App) seeded(text string) string {
	if c, ok := a.topics.(seeded); ok {
		return c.Seeded(text)
	}
	return ""
}

// incidents is the console's switch for known incidents.
func (a *App) incidents() *console.Incidents {
	return &console.Incidents{Switch: a.Bot, Topics: a.subjectsOfTopics, Intents: a.subjectsOfIntents}
}

// subjectsOfTopics are the topics of the taxonomy, in its order.
func (a *App) subjectsOfTopics() []console.Subject {
	c, ok := a.topics.(*topics.Classifier)
	if !ok {
		return nil
	}
	var out []console.Subject
	for _, t := range c.Taxonomy().Topics {
		out = append(out, subjectOf(t.ID, t.Name))
	}
	return out
}

// subjectOf is a part of the taxonomy as staff read it.
func subjectOf(id string, name map[string]string) console.Subject {
	return console.Subject{ID: id, Name: map[nlp.Lang]string{nlp.LangChinese: name["zh"], nlp.LangEnglish: name["en"]}}
}

// groupOf is the group of the taxonomy that a topic is in; empty: none.
func (a *App) groupOf(topic string) string {
	c, ok := a.topics.(*topics.Classifier)
	if !ok {
		return ""
	}
	for _, t := range c.Taxonomy().Topics {
		if t.ID == topic {
			return t.Parent
		}
	}
	return ""
}

// subjectsOfGroups are the groups of the taxonomy, in its order.
func (a *App) subjectsOfGroups() []console.Subject {
	c, ok := a.topics.(*topics.Classifier)
	if !ok {
		return nil
	}
	var out []console.Subject
	for _, g := range c.Taxonomy().Groups {
		out = append(out, subjectOf(g.ID, g.Name))
	}
	return out
}

// subjectsOfIntents are what customers may want, but for small talk.
func (a *App) subjectsOfIntents() []console.Subject {
	var out []console.Subject
	for _, i := range a.dialogue.Current().Intents {
		if !i.SmallTalk {
			out = append(out, console.Subject{ID: i.Name, Name: i.Title})
		}
	}
	return out
}

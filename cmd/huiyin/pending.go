package main

import "huiyin/feedback"
import "context"
import "errors"
import "io"
import "huiyin/kb"

type benchKB struct{}
type benchMine struct{}
type mineCmd struct{}
type backupCmd struct{}
type restoreCmd struct{}
type verifyCmd struct{}
type doctorCmd struct{}
type contactCmd struct{}
type trainCmd struct{}
type kbCheck struct{}
type kbGaps struct{}
type kbReplay struct{}

type noTopics struct{}

func (noTopics) Assign(_ context.Context, items []feedback.Item) ([]feedback.Assignment, error) {
	return make([]feedback.Assignment, len(items)), nil
}
func kbWriteExplanation(io.Writer, string, kb.Answer) error { return errors.New("x") }

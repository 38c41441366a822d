package main

import "errors"
import "io"
import "huiyin/kb"

type benchKB struct{}
type benchMine struct{}
type backupCmd struct{}
type restoreCmd struct{}
type verifyCmd struct{}
type doctorCmd struct{}
type contactCmd struct{}
type trainCmd struct{}
type kbCheck struct{}
type kbGaps struct{}
type kbReplay struct{}

func kbWriteExplanation(io.Writer, string, kb.Answer) error { return errors.New("x") }

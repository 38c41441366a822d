package store

import (
	"cmp"
	"fmt"
	"slices"

	"huiyin/bot"
	"huiyin/nlp"
)

// CheckMacro makes sure that a macro can be stored.
func CheckMacro(m bot.Macro) error {
	if err := CheckID("id of the macro", m.ID); err != nil {
		return err
	}
	if err := CheckID("name of the macro", m.Name); err != nil {
		return err
	}
	if m.Empty() {
		return fmt.Errorf("%w: macro %s does nothing", ErrInvalid, m.ID)
	}
	return nil
}

// NextMacro is a macro as it is to be stored beside all others, as bot.MacroStore's SaveMacro promises.
func NextMacro(all []bot.Macro, m bot.Macro) (bot.Macro, error) {
	if err := CheckMacro(m); err != nil {
		return m, err
	}
	var stored uint64
	for _, other := range all {
		switch {
		case other.ID == m.ID:
			stored = other.Version
		case nlp.Fold(other.Name) == nlp.Fold(m.Name):
			return m, fmt.Errorf("another macro is called %q: %w", m.Name, bot.ErrTaken)
		}
	}
	switch {
	case stored != m.Version:
		return m, fmt.Errorf("macro %s: version %d was read, %d is stored: %w", m.ID, m.Version, stored, bot.ErrConflict)
	case stored == 0 && len(all) >= bot.MostMacros:
		return m, fmt.Errorf("%d macros: %w", len(all), bot.ErrFull)
	}
	m.Version++
	return m, nil
}

// SortMacros orders macros by name.
func SortMacros(all []bot.Macro) {
	slices.SortFunc(all, func(a, b bot.Macro) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
}

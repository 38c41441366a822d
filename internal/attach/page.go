package attach

import _ "embed"

//go:embed tray.js
var script []byte

//go:embed tray.css
var style []byte

// Script is the module that pages import to upload files before they are sent, and to show those of messages.
func Script() []byte { return script }

// Style is what the module's elements look like. The page around it defines the colours.
func Style() []byte { return style }

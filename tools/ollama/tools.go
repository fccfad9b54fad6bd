//go:build tools

// Package tools keeps malgo among the requirements: it carries the header miniaudio.h that Ollama compiles with.
package tools

import _ "github.com/gen2brain/malgo"

// Package pipeline is the engine.
package pipeline

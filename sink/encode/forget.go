package encode

// Forget lets go of everything that was compiled for views and targets. It is called
// when the rules that made them are no longer used; what others need is compiled
// again.
func (e *Encoder) Forget() { e.plans.Reset() }

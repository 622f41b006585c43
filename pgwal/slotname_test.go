package pgwal

import "testing"

func TestSlotName(t *testing.T) {
	for want, c := range map[string]Config{"cdc_shop_eu_1": {}, "mine": {Slot: "mine"}} {
		if got := c.SlotName("Shop.EU-1"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

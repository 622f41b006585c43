// Package rules holds the example rule files, for use as they are: the demo
// runs on Orders.
package rules

import _ "embed"

// Orders is orders.yaml: orderId and status when an order is new or its status
// changes.
//
//go:embed orders.yaml
var Orders []byte

// OrdersShipping is orders-shipping.yaml: orderId and status when an order is
// new or its status becomes "shipping".
//
//go:embed orders-shipping.yaml
var OrdersShipping []byte

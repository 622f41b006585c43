package expr

import (
	"errors"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

var errFarTime = &Error{msg: "a date or time outside of the years 1 to 9999 can't be compared by < or >", mend: "test the column in another way"}

var farType = types.NewOpaqueType("far time").WithTraits(traits.ComparerType)

// farTime is a time that CEL's timestamp doesn't reach, infinity among them. It
// is no NULL, equals only itself, and can't be used in any other way.
type farTime int64

// ConvertToNative isn't supported.
func (f farTime) ConvertToNative(reflect.Type) (any, error) {
	return nil, errors.New("a time so far away has no native form")
}

// ConvertToType isn't supported.
func (f farTime) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errFarTime) }

// Equal compares with another such time.
func (f farTime) Equal(other ref.Val) ref.Val {
	g, ok := other.(farTime)
	return types.Bool(ok && f == g)
}

// Compare always fails.
func (f farTime) Compare(ref.Val) ref.Val { return types.WrapErr(errFarTime) }

// Type returns a type of its own: CEL takes whatever says that it is a timestamp
// for its own kind of timestamp.
func (f farTime) Type() ref.Type { return farType }

// Value returns the number of days or microseconds.
func (f farTime) Value() any { return int64(f) }

// composedType is the CEL type of arrays and values of several parts.
var composedType = types.NewOpaqueType("an array or composed value")

// composed is such a value. It can be compared with another one, and with null.
type composed string

// ConvertToNative isn't supported.
func (c composed) ConvertToNative(reflect.Type) (any, error) { return nil, errList }

// ConvertToType isn't supported.
func (c composed) ConvertToType(ref.Type) ref.Val { return types.WrapErr(errList) }

// Equal compares what is stored.
func (c composed) Equal(other ref.Val) ref.Val {
	d, ok := other.(composed)
	return types.Bool(ok && c == d)
}

// Type returns the type of all composed values.
func (c composed) Type() ref.Type { return composedType }

// Value returns the value itself.
func (c composed) Value() any { return c }

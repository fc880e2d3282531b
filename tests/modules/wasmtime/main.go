package main

import (
	"errors"
	"fmt"

	"github.com/bytecodealliance/wasmtime-go/v37"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

const text = `(module
  (func (export "gcd") (param i32 i32) (result i32)
    (local i32)
    block loop
      local.get 1 i32.eqz br_if 1
      local.get 1 local.get 0 local.get 1 i32.rem_u local.set 1 local.set 0
      br 0
    end end
    local.get 0)
  (func (export "trap") unreachable))`

func main() {
	wasm, err := wasmtime.Wat2Wasm(text)
	check(err)
	store := wasmtime.NewStore(wasmtime.NewEngine())
	module, err := wasmtime.NewModule(store.Engine, wasm)
	check(err)
	instance, err := wasmtime.NewInstance(store, module, nil)
	check(err)
	gcd, err := instance.GetFunc(store, "gcd").Call(store, 6, 27)
	check(err)
	_, err = instance.GetFunc(store, "trap").Call(store)
	var trap *wasmtime.Trap
	fmt.Println(gcd, errors.As(err, &trap), *trap.Code() == wasmtime.UnreachableCodeReached)
	_, err = wasmtime.Wat2Wasm("(module (nonsense))")
	fmt.Println(err != nil)
}
